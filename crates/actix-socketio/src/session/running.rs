//! How many event handlers of one session run. They run beside its actor, and go on when it is over.
//! Bound: [`RUNNING`]; over it events wait, and with them whoever brings more.

use std::cell::Cell;
use std::panic::AssertUnwindSafe;
use std::rc::Rc;
use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::LocalBoxFuture;
use log::error;

use crate::queue::{Failure, Queue};

/// Event handlers of one session at once.
const RUNNING: usize = 64;

pub(super) struct Running {
    count: Rc<Cell<usize>>,
    queue: Arc<Queue>,
}

/// One running handler.
struct Ticket {
    count: Rc<Cell<usize>>,
    queue: Arc<Queue>,
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.count.set(self.count.get() - 1);
        self.queue.wake();
    }
}

impl Running {
    pub(super) fn new(queue: Arc<Queue>) -> Self {
        Self {
            count: Rc::default(),
            queue,
        }
    }

    pub(super) fn is_full(&self) -> bool {
        self.count.get() >= RUNNING
    }

    /// Runs a handler on this thread; tasks of a thread start in the order of their spawning.
    pub(super) fn spawn(&self, handler: LocalBoxFuture<'static, ()>) {
        self.count.set(self.count.get() + 1);
        let ticket = Ticket {
            count: Rc::clone(&self.count),
            queue: Arc::clone(&self.queue),
        };
        actix::spawn(async move {
            if AssertUnwindSafe(handler).catch_unwind().await.is_err() {
                error!(actor = "session"; "event handler panicked");
                ticket.queue.fail(Failure::Panic);
            }
        });
    }
}
