//! Tells each end of a carrier when the other is gone, in whatever way: the request was dropped, the actor panicked,
//! the thread ended.

use std::convert::Infallible;

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
}

impl Parted {
    /// Resolves when the transport is gone.
    pub(crate) async fn wait(self) {
        drop(self.0.await);
    }
}
