//! Sockets leave when their tokens end: handler -> [expiry] -> socket. One sweep for all sockets of this node,
//! by the wall clock that deadlines follow, so that a step of it is noticed too. Bound: one entry per socket.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use actix_socketio::Socket;
use log::{debug, info};
use serde::Serialize;
use tokio::time::MissedTickBehavior;

use crate::{clock::Clock, domain::Timestamp};

use super::schedule::{Due, Schedule, Ticket};

/// Between two sweeps: how late an expiry may be noticed.
const SWEEP: Duration = Duration::from_millis(250);

/// `42["session:expiring",{"expiresAt":"2026-11-24T05:40:12.000Z"}]`
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct SessionExpiring {
    expires_at: Timestamp,
}

/// `42["session:expired",{"reason":"expired"}]`
#[derive(Debug, Serialize)]
struct SessionExpired {
    reason: ExpiryReason,
}

/// Why a session is over.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
enum ExpiryReason {
    /// The token's time is up.
    Expired,
}

/// The sockets of this node by the end of their tokens.
pub(super) struct Expiries {
    schedule: Mutex<Schedule<Socket>>,
}

/// A socket's place among the expiries; given up when dropped.
pub(super) struct Expiry {
    ticket: Ticket,
    expiries: Arc<Expiries>,
}

impl Expiries {
    /// Sweeps on the calling thread until the last reference is gone.
    pub(super) fn start(clock: Clock) -> Arc<Self> {
        let expiries = Arc::new(Self {
            schedule: Mutex::default(),
        });
        actix::spawn(sweep(Arc::downgrade(&expiries), clock));
        expiries
    }

    /// Ends the socket at `expires_at`, unless it goes first.
    pub(super) fn register(self: &Arc<Self>, socket: Socket, expires_at: Timestamp) -> Expiry {
        Expiry {
            ticket: self.lock().insert(socket, expires_at),
            expiries: Arc::clone(self),
        }
    }

    /// Every socket that is let in.
    pub(super) fn sockets(&self) -> Vec<Socket> {
        self.lock().everybody()
    }

    fn end_due(&self, now: Timestamp) {
        let due = self.lock().due(now);
        for one in due {
            match one {
                Due::Expiring(socket, expires_at) => {
                    tell(&socket, "session:expiring", &SessionExpiring { expires_at });
                }
                Due::Expired(socket) => {
                    info!(socket = socket.id(); "token expired: disconnecting");
                    let reason = ExpiryReason::Expired;
                    tell(&socket, "session:expired", &SessionExpired { reason });
                    socket.disconnect(true);
                }
            }
        }
    }

    /// No step under this lock can panic half-way.
    fn lock(&self) -> MutexGuard<'_, Schedule<Socket>> {
        self.schedule.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Expiry {
    fn drop(&mut self) {
        self.expiries.lock().remove(self.ticket);
    }
}

async fn sweep(expiries: Weak<Expiries>, clock: Clock) {
    let mut sweeps = tokio::time::interval(SWEEP);
    sweeps.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        sweeps.tick().await;
        let Some(expiries) = expiries.upgrade() else {
            return;
        };
        expiries.end_due(clock.now());
    }
}

fn tell(socket: &Socket, name: &str, payload: &impl Serialize) {
    if let Err(error) = socket.emit(name, payload) {
        debug!(socket = socket.id(), error:% = error; "{name} not sent");
    }
}
