//! What is kept for one connected socket.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::{actors::WatchGuard, auth::Identity};

use super::{
    expiry::Expiry,
    limiter::{Limiter, Verdict},
    subscriptions::Subscriptions,
};

/// One socket's side of us; gone with the socket, and with it its timer and its organization's watcher.
pub(super) struct Session {
    /// Who it is.
    pub(super) identity: Identity,
    /// Locked while a subscription changes.
    pub(super) subscriptions: tokio::sync::Mutex<Subscriptions>,
    limiter: Mutex<Limiter>,
    _watch: WatchGuard,
    _expiry: Expiry,
}

impl Session {
    pub(super) fn new(identity: Identity, watch: WatchGuard, expiry: Expiry) -> Self {
        Self {
            identity,
            subscriptions: tokio::sync::Mutex::default(),
            limiter: Mutex::default(),
            _watch: watch,
            _expiry: expiry,
        }
    }

    /// Counts an event at `now`, monotonic time.
    pub(super) fn judge(&self, now: Duration) -> Verdict {
        // A limiter that a panic interrupted still limits.
        let mut limiter = self.limiter.lock().unwrap_or_else(PoisonError::into_inner);
        limiter.judge(now)
    }
}
