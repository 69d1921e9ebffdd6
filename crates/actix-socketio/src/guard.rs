//! What looks at each event before the application does: validation, rate limits. session -> *guard* -> handler.

use std::future::Future;

use log::debug;
use serde_json::Value;

use crate::event::Event;
use crate::handler::{DisconnectReason, Handler, Refusal};
use crate::recovery::Recovery;
use crate::socket::Socket;

/// Why an event is not let through; whom it is told is the guard's choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection(pub String);

/// Looks at each event of a socket with data `D`. Functions are guards too.
///
/// ```
/// use actix_socketio::{Event, Guard, Rejection, Socket};
///
/// fn no_strangers(socket: &Socket<bool>, event: &Event) -> Result<(), Rejection> {
///     match (socket.data(), event.name.as_str()) {
///         (false, "delete") => Err(Rejection("not allowed".into())),
///         _ => Ok(()),
///     }
/// }
/// fn takes(_: impl Guard<bool>) {}
/// takes(no_strangers);
/// ```
pub trait Guard<D>: Send + Sync + 'static {
    /// Called in the order of arrival, before [`Handler::event`].
    ///
    /// # Errors
    /// The event is not to be handled.
    fn check(&self, socket: &Socket<D>, event: &Event) -> Result<(), Rejection>;

    /// What happens with a rejected event; by default it is logged, and its ack is never sent.
    fn rejected(&self, socket: &Socket<D>, event: Event, rejection: Rejection) {
        let Rejection(reason) = rejection;
        debug!(socket = socket.id(), event = event.name.as_str(), reason = reason.as_str(); "event rejected");
    }
}

impl<D, F> Guard<D> for F
where
    F: Fn(&Socket<D>, &Event) -> Result<(), Rejection> + Send + Sync + 'static,
{
    fn check(&self, socket: &Socket<D>, event: &Event) -> Result<(), Rejection> {
        self(socket, event)
    }
}

/// A handler behind a guard: [`Handler::guarded`]. The guard that was added last looks first.
#[derive(Clone, Debug)]
pub struct Guarded<H, G> {
    pub(crate) handler: H,
    pub(crate) guard: G,
}

impl<H: Handler, G: Guard<H::Data>> Handler for Guarded<H, G> {
    type Data = H::Data;

    fn connect(
        &self,
        socket: &Socket,
        auth: Value,
    ) -> impl Future<Output = Result<Self::Data, Refusal>> {
        self.handler.connect(socket, auth)
    }

    async fn event(&self, socket: &Socket<Self::Data>, event: Event) {
        match self.guard.check(socket, &event) {
            Ok(()) => self.handler.event(socket, event).await,
            Err(rejection) => self.guard.rejected(socket, event, rejection),
        }
    }

    fn recovery(&self) -> Option<&impl Recovery<Self::Data>> {
        self.handler.recovery()
    }

    fn disconnect(&self, socket: &Socket<Self::Data>, reason: DisconnectReason) {
        self.handler.disconnect(socket, reason);
    }
}
