//! A server to run protocol suites and clients against: `PORT=3100 cargo run --example conformance`.
//!
//! `/engine.io/` echoes every message, text and binary. `/socket.io/` has the namespaces `/` and `/custom`: on connect
//! both emit `auth` with the handshake's auth object; on `/` the event `message` comes back as `message-back`, and
//! `message-with-ack` is acked with its arguments.

use std::time::Duration;

use actix_socketio::{
    Builder, Connection, Cors, DisconnectReason, EmitError, Event, Frame, Handler, Message,
    MessageHandler, Refusal, Socket, SocketIo,
};
use actix_web::web::ServiceConfig;
use serde_json::Value;

#[path = "support/port.rs"]
mod port;
#[path = "support/serve.rs"]
mod serve;

use serve::serve;

/// Sends back what it gets.
struct Echo;

impl MessageHandler for Echo {
    fn message(&self, connection: &Connection, message: Message) {
        // A connection that is gone has nobody to echo to.
        let _gone = connection.send(&message);
    }
}

/// The root namespace.
struct Root;

impl Handler for Root {
    type Data = ();

    async fn connect(&self, socket: &Socket, auth: Value) -> Result<(), Refusal> {
        tell_auth(socket, &auth)
    }

    async fn event(&self, socket: &Socket, event: Event) {
        // A socket that is gone needs no answer.
        let _gone = answer(socket, event);
    }

    fn disconnect(&self, _: &Socket, _: DisconnectReason) {}
}

/// A namespace that only greets.
struct Custom;

impl Handler for Custom {
    type Data = ();

    async fn connect(&self, socket: &Socket, auth: Value) -> Result<(), Refusal> {
        tell_auth(socket, &auth)
    }

    async fn event(&self, _: &Socket, _: Event) {}

    fn disconnect(&self, _: &Socket, _: DisconnectReason) {}
}

fn tell_auth(socket: &Socket, auth: &Value) -> Result<(), Refusal> {
    socket
        .emit("auth", auth)
        .map_err(|_| Refusal::CloseTransport)
}

fn answer(socket: &Socket, event: Event) -> Result<(), EmitError> {
    let Event {
        name,
        args,
        attachments,
        ack,
    } = event;
    match (name.as_str(), ack) {
        ("message", _) => socket.send(&Frame::binary_event("message-back", &args, attachments)?),
        ("message-with-ack", Some(ack)) => ack.send_args(&args, attachments),
        _ => Ok(()),
    }
}

/// Times so short that suites need not wait.
fn quick(builder: Builder<()>) -> Builder<()> {
    builder
        .ping_interval(Duration::from_millis(300))
        .ping_timeout(Duration::from_millis(200))
        .max_payload(1_000_000)
        .connect_timeout(Duration::from_secs(1))
        .cors(Cors::any())
}

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let port = port::from_environment()?;
    let engineio = quick(SocketIo::builder())
        .path("/engine.io/")
        .messages(Echo)
        .build();
    let socketio = quick(SocketIo::builder())
        .handler(Root)
        .namespace("/custom", Custom)
        .build();
    let routes = move |routes: &mut ServiceConfig| {
        routes
            .service(engineio.service())
            .service(socketio.service());
    };
    serve(port, routes)?.await
}
