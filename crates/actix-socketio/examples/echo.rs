//! An echo server: `cargo run --example echo -- 3100`, then connect any Socket.IO client.
//!
//! `message` comes back as `message-back`, `message-with-ack` is acked with its arguments, `join` and `leave` take a
//! room, `shout` `{room,data}` sends `shouted` to it, `leave-me` disconnects.

use std::io::{Error, ErrorKind};
use std::time::Duration;

use actix_socketio::{
    Cors, DisconnectReason, EmitError, Emitter, Event, Frame, Handler, Refusal, Socket, SocketIo,
};
use actix_web::{App, HttpServer};
use serde_json::{Value, json};
use std::sync::OnceLock;

#[derive(Default)]
struct Echo {
    emitter: std::sync::Arc<OnceLock<Emitter>>,
}

impl Handler for Echo {
    type Data = ();

    async fn connect(&self, socket: &Socket, auth: Value) -> Result<(), Refusal> {
        if let Some(reason) = auth.get("refuse").and_then(Value::as_str) {
            return Err(Refusal::message(reason).with_data(json!({ "code": "refused" })));
        }
        socket
            .emit("auth", &auth)
            .map_err(|_| Refusal::CloseTransport)
    }

    async fn event(&self, socket: &Socket, event: Event) {
        if let Err(error) = self.answer(socket, event).await {
            println!("{}: {error}", socket.id());
        }
    }

    fn disconnect(&self, socket: &Socket, reason: DisconnectReason) {
        println!("{} disconnected: {reason}", socket.id());
    }
}

impl Echo {
    async fn answer(&self, socket: &Socket, event: Event) -> Result<(), EmitError> {
        let Event {
            name,
            args,
            attachments,
            ack,
        } = event;
        match (name.as_str(), args.as_slice()) {
            ("message", args) => {
                socket.send(&Frame::binary_event("message-back", args, attachments)?)
            }
            ("message-with-ack", args) => match ack {
                Some(ack) => ack.send_args(args, attachments),
                None => Ok(()),
            },
            ("join", [Value::String(room)]) => {
                socket
                    .join([room.as_str()])
                    .await
                    .map_err(|_| EmitError::Closed)?;
                ack.map_or(Ok(()), |ack| ack.send(&"joined"))
            }
            ("leave", [Value::String(room)]) => {
                socket
                    .leave([room.as_str()])
                    .await
                    .map_err(|_| EmitError::Closed)?;
                ack.map_or(Ok(()), |ack| ack.send(&"left"))
            }
            ("shout", [what]) => {
                let room = what["room"].as_str().unwrap_or_default();
                let refused = match self.emitter.get() {
                    Some(emitter) => emitter.to([room]).emit("shouted", &what["data"])?,
                    None => Vec::new(),
                };
                if !refused.is_empty() {
                    println!("{} hubs are full", refused.len());
                }
                Ok(())
            }
            ("leave-me", _) => {
                socket.disconnect(true);
                Ok(())
            }
            _ => socket.emit("unknown", &name),
        }
    }
}

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let port = match std::env::args().nth(1) {
        Some(port) => port
            .parse()
            .map_err(|error| Error::new(ErrorKind::InvalidInput, error))?,
        None => 3100,
    };
    let echo = Echo::default();
    let emitter = std::sync::Arc::clone(&echo.emitter);
    let socketio = SocketIo::builder()
        .ping_interval(Duration::from_millis(300))
        .ping_timeout(Duration::from_millis(200))
        .connect_timeout(Duration::from_secs(1))
        .cors(Cors::any())
        .handler(echo)
        .build();
    emitter.get_or_init(|| socketio.emitter());
    let mounted = socketio.clone();
    let server = HttpServer::new(move || App::new().service(mounted.service()))
        .h1_allow_half_closed(false)
        .workers(2)
        .bind(("127.0.0.1", port))?
        .run();
    println!("listening");
    server.await?;
    let left = socketio.shutdown(Duration::from_secs(5)).await;
    println!("stopped, {left} sessions left");
    Ok(())
}
