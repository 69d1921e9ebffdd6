//! What is kept for one connected socket.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use actix_socketio::Gone;

use crate::{actors::WatchGuard, auth::Identity};

use super::{
    limiter::{Limiter, Verdict},
    sessions::Admission,
    subscriptions::Subscriptions,
};

/// One socket's side of us; gone with the socket, and with it its admission and its organization's watcher.
pub(super) struct Session {
    /// Locked while a subscription changes.
    pub(super) subscriptions: tokio::sync::Mutex<Subscriptions>,
    limiter: Mutex<Limiter>,
    admission: Admission,
    _watch: WatchGuard,
}

impl Session {
    pub(super) fn new(admission: Admission, watch: WatchGuard) -> Self {
        Self {
            subscriptions: tokio::sync::Mutex::default(),
            limiter: Mutex::default(),
            admission,
            _watch: watch,
        }
    }

    /// Who it is now.
    pub(super) fn identity(&self) -> Result<Arc<Identity>, Gone> {
        self.admission.identity()
    }

    /// It has come with another token.
    pub(super) fn renew(&self, identity: Identity) -> Result<(), Gone> {
        self.admission.renew(identity)
    }

    /// Counts an event at `now`, monotonic time.
    pub(super) fn judge(&self, now: Duration) -> Verdict {
        // A limiter that a panic interrupted still limits.
        let mut limiter = self.limiter.lock().unwrap_or_else(PoisonError::into_inner);
        limiter.judge(now)
    }
}
