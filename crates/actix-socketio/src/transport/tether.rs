//! Tells each end of a carrier when the other is gone, in whatever way: the request was dropped, the actor panicked,
//! the thread ended.

use std::convert::Infallible;
use std::task::{Context, Poll};

use tokio::sync::oneshot;

/// The transport's end.
pub(crate) struct Tether(oneshot::Sender<Infallible>);

/// The session's end.
pub(crate) struct Parted(oneshot::Receiver<Infallible>);

pub(crate) fn tether() -> (Tether, Parted) {
    let (sender, receiver) = oneshot::channel();
    (Tether(sender), Parted(receiver))
}

impl Tether {
    /// Resolves when the session is gone.
    pub(crate) async fn wait(mut self) {
        self.0.closed().await;
    }

    /// Ready when the session is gone.
    pub(crate) fn poll_gone(&mut self, task: &mut Context<'_>) -> Poll<()> {
        self.0.poll_closed(task)
    }
}

impl Parted {
    /// Resolves when the transport is gone.
    pub(crate) async fn wait(self) {
        drop(self.0.await);
    }
}
