//! An echo server: `cargo run --example echo -- 3100`, then connect any Socket.IO client. A second argument is the
//! time between pings in milliseconds.
//!
//! `message` comes back as `message-back`, `message-with-ack` is acked with its arguments, `join` and `leave` take a
//! room, `shout` `{room,data}` sends `shouted` to it, `leave-me` disconnects.

use std::error::Error as StdError;
use std::io::{Error, ErrorKind};
use std::str::FromStr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use actix_socketio::{
    Cors, DisconnectReason, EmitError, Emitter, Event, Frame, Handler, Refusal, Socket, SocketIo,
};
use actix_web::{App, HttpServer};
use serde_json::{Value, json};

type BoxError = Box<dyn StdError + Send + Sync>;

#[derive(Default)]
struct Echo {
    emitter: Arc<OnceLock<Emitter>>,
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

/// The argument at this place, or what it is without one.
fn argument<T: FromStr<Err: Into<BoxError>>>(place: usize, without: T) -> std::io::Result<T> {
    match std::env::args().nth(place) {
        Some(text) => text
            .parse()
            .map_err(|error| Error::new(ErrorKind::InvalidInput, error)),
        None => Ok(without),
    }
}

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let port: u16 = argument(1, 3100)?;
    let ping_interval = Duration::from_millis(argument(2, 25_000)?);
    let echo = Echo::default();
    let emitter = Arc::clone(&echo.emitter);
    let socketio = SocketIo::builder()
        .ping_interval(ping_interval)
        .ping_timeout(ping_interval)
        .cors(Cors::any())
        .handler(echo)
        .build();
    emitter.get_or_init(|| socketio.emitter());
    let mounted = socketio.clone();
    let server = HttpServer::new(move || App::new().service(mounted.service()))
        .h1_allow_half_closed(false)
        .disable_signals()
        .workers(2)
        .bind(("127.0.0.1", port))?
        .run();
    let handle = server.handle();
    actix_web::rt::spawn(server);
    println!("listening");
    actix_web::rt::signal::ctrl_c().await?;
    let left = socketio.shutdown(Duration::from_secs(5)).await;
    handle.stop(true).await;
    println!("stopped, {left} sessions left");
    Ok(())
}
