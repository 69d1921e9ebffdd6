//! How many connections are taken over: the HTTP server no longer counts them, nor waits for them at its end.
//! Part of [`super`]. Each is also a part of its session's share of `max_connections`, which caps them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;

/// The number of one server.
#[derive(Clone, Default)]
pub(crate) struct Tally(Arc<Shared>);

#[derive(Default)]
struct Shared {
    count: AtomicUsize,
    emptied: Notify,
}

/// One of them, as long as it lives.
pub(super) struct Counted(Arc<Shared>);

impl Tally {
    pub(super) fn count(&self) -> Counted {
        self.0.count.fetch_add(1, Ordering::AcqRel);
        Counted(Arc::clone(&self.0))
    }

    /// Resolves when none is left.
    pub(crate) async fn emptied(&self) {
        loop {
            let emptied = self.0.emptied.notified();
            if self.0.count.load(Ordering::Acquire) == 0 {
                return;
            }
            emptied.await;
        }
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        if self.0.count.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.0.emptied.notify_waiters();
        }
    }
}
