//! What is kept for one connected socket.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use actix_socketio::Gone;

use crate::{actors::WatchGuard, auth::Identity};

use super::{
    limiter::{Limiter, Verdict},
    recovery::Generation,
    rooms::Rooms,
    sessions::Admission,
};

/// One socket's side of us; gone with the socket, and with it its admission and its organization's watcher.
pub(super) struct Session {
    /// Locked while one of them changes.
    pub(super) rooms: tokio::sync::Mutex<Rooms>,
    /// Since it is in its rooms.
    generation: OnceLock<Generation>,
    limiter: Mutex<Limiter>,
    admission: Admission,
    _watch: WatchGuard,
}

impl Session {
    pub(super) fn new(admission: Admission, watch: WatchGuard) -> Self {
        Self {
            rooms: tokio::sync::Mutex::default(),
            generation: OnceLock::new(),
            limiter: Mutex::default(),
            admission,
            _watch: watch,
        }
    }

    /// It is in its rooms, as the holder of its id.
    pub(super) async fn begin(&self, rooms: Rooms, generation: Generation) {
        *self.rooms.lock().await = rooms;
        self.generation.get_or_init(|| generation);
    }

    /// As which holder of its id it came in, once it has.
    pub(super) fn generation(&self) -> Option<Generation> {
        self.generation.get().copied()
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
