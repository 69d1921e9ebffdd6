//! The sessions of this node, by the end of their tokens: handler -> [sessions] -> socket.
//!
//! One sweep for all, by the wall clock that deadlines follow, so that a step of it is noticed too. What the log
//! says of logins and members ends sessions here, on whatever node it happened. Bound: one entry per socket, and
//! one doubt per person with a socket.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use actix_socketio::{Gone, Socket};
use log::warn;
use tokio::time::MissedTickBehavior;

use crate::{
    auth::Identity,
    clock::Clock,
    domain::{OrganizationId, UserId},
    events::{Heard, Notice},
    operations::Operations,
};

use super::{
    ending::{self, Ending},
    error::is_undecided,
    schedule::{Due, Schedule, Ticket},
};

/// Between two sweeps: how late an expiry may be noticed, and how soon a doubt is looked into again.
const SWEEP: Duration = Duration::from_millis(250);

/// Somebody with a socket here.
#[derive(Clone)]
struct Guest {
    socket: Socket,
    identity: Arc<Identity>,
}

/// These may not be what they were: the database has to be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Doubt {
    /// One member.
    Member(OrganizationId, UserId),
    /// Anybody of it.
    Everybody(OrganizationId),
}

impl Doubt {
    fn concerns(self, who: &Identity) -> bool {
        match self {
            Self::Member(organization, user) => {
                who.organization_id == organization && who.user_id == Some(user)
            }
            Self::Everybody(organization) => who.organization_id == organization,
        }
    }
}

/// Who is connected to this node.
#[derive(Default)]
pub(super) struct Sessions {
    guests: Mutex<Schedule<Guest>>,
    doubts: Mutex<HashSet<Doubt>>,
}

/// A socket's place among the sessions; given up when dropped.
pub(super) struct Admission {
    ticket: Ticket,
    sessions: Arc<Sessions>,
}

impl Sessions {
    /// Looks after them on the calling thread until the last reference is gone.
    pub(super) fn start(clock: Clock, operations: Operations) -> Arc<Self> {
        let sessions = Arc::new(Self::default());
        let sweep = move |sessions: Arc<Self>| {
            sessions.end_due(&clock);
            std::future::ready(())
        };
        actix::spawn(every_sweep(Arc::downgrade(&sessions), sweep));
        let settle = move |sessions: Arc<Self>| {
            let operations = operations.clone();
            async move { sessions.settle(&operations).await }
        };
        actix::spawn(every_sweep(Arc::downgrade(&sessions), settle));
        sessions
    }

    /// Ends the socket when its token or its login ends, unless it goes first.
    pub(super) fn admit(self: &Arc<Self>, socket: Socket, identity: Identity) -> Admission {
        let expires_at = identity.expires_at;
        let identity = Arc::new(identity);
        let guest = Guest { socket, identity };
        Admission {
            ticket: self.guests().insert(guest, expires_at),
            sessions: Arc::clone(self),
        }
    }

    /// Every socket that is let in.
    pub(super) fn sockets(&self) -> Vec<Socket> {
        let guests = self.guests();
        guests
            .iter()
            .map(|(_, guest)| guest.socket.clone())
            .collect()
    }

    /// Acts on what the log says to servers.
    pub(super) fn hear(&self, organization: OrganizationId, heard: Heard) {
        match heard {
            Heard::Notice(Notice::LoginEnded { session_id }) => {
                let of_login = |who: &Identity| {
                    who.organization_id == organization && who.session == Some(session_id)
                };
                for (ticket, _) in self.matching(of_login) {
                    self.end(ticket, Ending::Revoked);
                }
            }
            Heard::Notice(Notice::MemberChanged { user_id }) => {
                self.doubt(Doubt::Member(organization, user_id));
            }
            Heard::Missed => self.doubt(Doubt::Everybody(organization)),
        }
    }

    fn doubt(&self, doubt: Doubt) {
        if !self.matching(|who| doubt.concerns(who)).is_empty() {
            self.doubts().insert(doubt);
        }
    }

    fn end_due(&self, clock: &Clock) {
        let due = self.guests().due(clock.now());
        for one in due {
            match one {
                Due::Expiring(guest, expires_at) => ending::warn(&guest.socket, expires_at),
                Due::Expired(guest) => ending::end(&guest.socket, Ending::Expired),
            }
        }
    }

    fn end(&self, ticket: Ticket, reason: Ending) {
        let guest = self.guests().remove(ticket);
        if let Some(guest) = guest {
            ending::end(&guest.socket, reason);
        }
    }

    /// Asks the database about those in doubt. What it cannot answer now is asked again.
    async fn settle(&self, operations: &Operations) {
        let doubts = std::mem::take(&mut *self.doubts());
        for doubt in doubts {
            for (ticket, guest) in self.matching(|who| doubt.concerns(who)) {
                match operations.present(Identity::clone(&guest.identity)).await {
                    Ok(present) => self.correct(ticket, &guest.identity, present),
                    Err(error) if is_undecided(error.code()) => {
                        warn!(error:% = error; "member not looked up: trying again");
                        self.doubts().insert(doubt);
                        break;
                    }
                    Err(_) => self.end(ticket, Ending::Revoked),
                }
            }
        }
    }

    /// Unless the socket has come with another token meanwhile.
    fn correct(&self, ticket: Ticket, known: &Arc<Identity>, present: Identity) {
        if let Some(guest) = self.guests().get_mut(ticket)
            && Arc::ptr_eq(&guest.identity, known)
        {
            guest.identity = Arc::new(present);
        }
    }

    fn matching(&self, wanted: impl Fn(&Identity) -> bool) -> Vec<(Ticket, Guest)> {
        let guests = self.guests();
        let found = guests.iter().filter(|(_, guest)| wanted(&guest.identity));
        found
            .map(|(ticket, guest)| (ticket, guest.clone()))
            .collect()
    }

    /// No step under this lock can panic half-way.
    fn guests(&self) -> MutexGuard<'_, Schedule<Guest>> {
        self.guests.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn doubts(&self) -> MutexGuard<'_, HashSet<Doubt>> {
        self.doubts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Admission {
    /// Who the socket is now.
    ///
    /// # Errors
    /// [`Gone`] if its session is over.
    pub(super) fn identity(&self) -> Result<Arc<Identity>, Gone> {
        let mut guests = self.sessions.guests();
        let guest = guests.get_mut(self.ticket).ok_or(Gone)?;
        Ok(Arc::clone(&guest.identity))
    }

    /// The socket comes with another token. What ended while that was looked up is noticed at the next sweep.
    ///
    /// # Errors
    /// [`Gone`] if its session is over.
    pub(super) fn renew(&self, identity: Identity) -> Result<(), Gone> {
        let doubt = match identity.user_id {
            Some(user) => Doubt::Member(identity.organization_id, user),
            None => Doubt::Everybody(identity.organization_id),
        };
        self.confirm(identity)?;
        self.sessions.doubts().insert(doubt);
        Ok(())
    }

    /// The socket is this, by the database.
    ///
    /// # Errors
    /// [`Gone`] if its session is over.
    pub(super) fn confirm(&self, identity: Identity) -> Result<(), Gone> {
        let mut guests = self.sessions.guests();
        if !guests.reschedule(self.ticket, identity.expires_at) {
            return Err(Gone);
        }
        if let Some(guest) = guests.get_mut(self.ticket) {
            guest.identity = Arc::new(identity);
        }
        Ok(())
    }
}

impl Drop for Admission {
    fn drop(&mut self) {
        self.sessions.guests().remove(self.ticket);
    }
}

async fn every_sweep<F: Future<Output = ()>>(
    sessions: Weak<Sessions>,
    work: impl Fn(Arc<Sessions>) -> F,
) {
    let mut sweeps = tokio::time::interval(SWEEP);
    sweeps.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        sweeps.tick().await;
        let Some(sessions) = sessions.upgrade() else {
            return;
        };
        work(sessions).await;
    }
}
