//! The namespaces `/dyn-<digits>`: each socket is told `hello` with the name of its own.

use std::time::Duration;

use actix_socketio::{DisconnectReason, Event, Handler, MemoryRecovery, Recovery, Refusal, Socket};
use serde_json::Value;

use super::data::Visitor;

pub(crate) struct Greeter(MemoryRecovery<Visitor>);

impl Greeter {
    pub(crate) fn new(window: Duration) -> Self {
        Self(MemoryRecovery::new(window))
    }
}

impl Handler for Greeter {
    type Data = Visitor;

    async fn connect(&self, socket: &Socket, auth: Value) -> Result<Visitor, Refusal> {
        socket
            .emit("hello", &socket.namespace())
            .map_err(|_| Refusal::CloseTransport)?;
        Ok(Visitor::of(&auth))
    }

    async fn event(&self, _: &Socket<Visitor>, _: Event) {}

    fn disconnect(&self, _: &Socket<Visitor>, _: DisconnectReason) {}

    fn recovery(&self) -> Option<&impl Recovery<Visitor>> {
        Some(&self.0)
    }
}
