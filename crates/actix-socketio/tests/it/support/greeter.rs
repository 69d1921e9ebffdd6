//! A namespace that says its name.

use actix_socketio::{DisconnectReason, Event, Frame, Handler, Refusal, Socket};
use serde_json::Value;

/// Emits `hello` with its namespace; `echo` comes back as `back`. Auth `{"room":..}` joins, `{"refuse":..}` refuses.
#[derive(Clone)]
pub(crate) struct Greeter;

impl Handler for Greeter {
    type Data = ();

    async fn connect(&self, socket: &Socket, auth: Value) -> Result<(), Refusal> {
        if let Some(message) = auth.get("refuse").and_then(Value::as_str) {
            return Err(Refusal::message(message));
        }
        if let Some(room) = auth.get("room").and_then(Value::as_str) {
            socket.join([room]).await.expect("the hub is there");
        }
        socket
            .emit("hello", &socket.namespace())
            .expect("the client is there");
        Ok(())
    }

    async fn event(&self, socket: &Socket, event: Event) {
        assert_eq!(event.name, "echo");
        let back = Frame::binary_event("back", &event.args, event.attachments).expect("JSON");
        socket.send(&back).expect("the client is there");
    }

    fn disconnect(&self, _: &Socket, _: DisconnectReason) {}
}
