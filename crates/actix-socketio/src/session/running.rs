//! How many event handlers of one session run. They run beside its actor, and go on when it is over.
//! Bound: [`RUNNING`]; over it events wait, and with them whoever brings more.

use std::cell::Cell;
use std::panic::AssertUnwindSafe;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::thread;

use futures_util::FutureExt as _;
use futures_util::future::LocalBoxFuture;
use log::error;

use crate::queue::{Failure, Queue};
use crate::registry::Slot;

/// Event handlers of one session at once.
const RUNNING: usize = 64;

pub(super) struct Running {
    count: Rc<Cell<usize>>,
    queue: Arc<Queue>,
    slot: Arc<Slot>,
}

/// One running handler, which counts as a part of its session.
struct Ticket {
    count: Rc<Cell<usize>>,
    queue: Arc<Queue>,
    _slot: Arc<Slot>,
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.count.set(self.count.get() - 1);
        self.queue.wake();
    }
}

impl Running {
    pub(super) fn new(queue: Arc<Queue>, slot: Arc<Slot>) -> Self {
        Self {
            count: Rc::default(),
            queue,
            slot,
        }
    }

    pub(super) fn is_full(&self) -> bool {
        self.count.get() >= RUNNING
    }

    /// Starts a handler at once, so in the order of arrival and before anything that follows; what it does not finish
    /// at once goes on as a task of this thread.
    pub(super) fn start(&self, handler: LocalBoxFuture<'static, ()>) {
        let mut handler = AssertUnwindSafe(handler).catch_unwind();
        // The task polls it again, and with that leaves its own waker.
        let mut unwatched = Context::from_waker(Waker::noop());
        match handler.poll_unpin(&mut unwatched) {
            Poll::Ready(end) => heed(&end, &self.queue),
            Poll::Pending => {
                let ticket = self.ticket();
                actix::spawn(async move { heed(&handler.await, &ticket.queue) });
            }
        }
    }

    fn ticket(&self) -> Ticket {
        self.count.set(self.count.get() + 1);
        Ticket {
            count: Rc::clone(&self.count),
            queue: Arc::clone(&self.queue),
            _slot: Arc::clone(&self.slot),
        }
    }
}

fn heed(end: &thread::Result<()>, queue: &Queue) {
    if end.is_err() {
        error!(actor = "session"; "event handler panicked");
        queue.fail(Failure::Panic);
    }
}
