//! The application under test: it does what events ask for, and records what it was called for.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use actix_socketio::{
    Ack, Answer, DisconnectReason, EmitError, Emitter, Event, Frame, Handler, Refusal, Socket,
};
use serde_json::{Value, json};
use tokio::sync::{Semaphore, mpsc};

/// What the handler was called for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Seen {
    Connected(String),
    Event(String, Vec<Value>),
    Disconnected(String, DisconnectReason),
    Unanswered(String),
}

pub(crate) struct Application {
    pub(crate) seen: mpsc::UnboundedSender<Seen>,
    pub(crate) emitter: Arc<OnceLock<Emitter>>,
    /// Event `hold` waits for a permit, and so do the answer to `ask-late` and a connect with auth `{"hold":true}`.
    pub(crate) gate: Arc<Semaphore>,
}

impl Handler for Application {
    type Data = String;

    async fn connect(&self, socket: &Socket, auth: Value) -> Result<String, Refusal> {
        if auth.get("hold").is_some() {
            let permit = self
                .gate
                .acquire()
                .await
                .map_err(|_| Refusal::CloseTransport)?;
            permit.forget();
        }
        if let Some(message) = auth.get("refuse").and_then(Value::as_str) {
            return Err(Refusal::message(message).with_data(json!({ "code": 7 })));
        }
        if auth.get("close").is_some() {
            return Err(Refusal::CloseTransport);
        }
        assert!(auth.get("panic").is_none(), "asked to panic");
        let room = auth.get("room").and_then(Value::as_str).unwrap_or("lobby");
        socket
            .join([room])
            .await
            .map_err(|_| Refusal::CloseTransport)?;
        // Who is let in after leaving is still let in, and then disconnected.
        let _gone = socket.emit("welcome", &auth);
        self.tell(Seen::Connected(socket.id().to_owned()));
        Ok(room.to_owned())
    }

    async fn event(&self, socket: &Socket<String>, event: Event) {
        self.tell(Seen::Event(event.name.clone(), event.args.clone()));
        self.answer(socket, event)
            .await
            .expect("the test's client is there");
    }

    fn disconnect(&self, socket: &Socket<String>, reason: DisconnectReason) {
        self.tell(Seen::Disconnected(socket.id().to_owned(), reason));
    }
}

impl Application {
    fn tell(&self, seen: Seen) {
        self.seen.send(seen).expect("the test listens");
    }

    async fn answer(&self, socket: &Socket<String>, event: Event) -> Result<(), EmitError> {
        let Event {
            name,
            args,
            attachments,
            ack,
        } = event;
        match (name.as_str(), args.as_slice()) {
            ("echo", args) => socket.send(&Frame::binary_event("back", args, attachments)?),
            ("ask", args) => match ack {
                Some(ack) => ack.send_args(args, attachments),
                None => Ok(()),
            },
            ("ask-late", _) => {
                self.answer_late(ack.expect("the client waits"), args);
                Ok(())
            }
            ("join", [Value::String(room)]) => {
                socket
                    .join([room.as_str()])
                    .await
                    .expect("the hub is there");
                socket.emit("joined", room)
            }
            ("rooms", []) => {
                let mut rooms = socket.rooms().await.expect("the hub is there");
                rooms.retain(|room| &**room != socket.id());
                rooms.sort();
                socket.emit(
                    "rooms",
                    &rooms.iter().map(|room| &**room).collect::<Vec<_>>(),
                )
            }
            ("ask-me", [what]) => self.ask(socket, what).await,
            ("burst", _) => (0..3)
                .try_for_each(|number| socket.send_volatile(&Frame::event("volatile", &number)?)),
            ("shout", [rooms, except, what]) => self.shout(rooms, except, what),
            ("flood", [Value::Number(bytes)]) => {
                let pad = "x".repeat(1000);
                for _ in 0..bytes.as_u64().unwrap_or(0) / 1000 {
                    let _refused = socket.emit("flood", &pad);
                }
                Ok(())
            }
            ("congest", _) => socket.emit("congested", &self.congest()?),
            ("hold", _) => {
                self.gate.acquire().await.expect("never closed").forget();
                Ok(())
            }
            ("leave", [Value::Bool(close)]) => {
                socket.emit("last", &0)?;
                socket.disconnect(*close);
                Ok(())
            }
            ("panic", _) => panic!("asked to panic"),
            _ => Ok(()),
        }
    }

    fn answer_late(&self, ack: Ack, args: Vec<Value>) {
        let gate = Arc::clone(&self.gate);
        actix_web::rt::spawn(async move {
            gate.acquire().await.expect("never closed").forget();
            ack.send_args(&args, Vec::new()).expect("it is there");
        });
    }

    async fn ask(&self, socket: &Socket<String>, what: &Value) -> Result<(), EmitError> {
        let limit = Duration::from_millis(what["limit"].as_u64().unwrap_or(5000));
        match socket.ask("question", what, limit).await {
            Ok(Answer { args, attachments }) => {
                socket.send(&Frame::binary_event("answered", &args, attachments)?)
            }
            Err(error) => {
                self.tell(Seen::Unanswered(error.to_string()));
                Ok(())
            }
        }
    }

    fn shout(&self, rooms: &Value, except: &Value, what: &Value) -> Result<(), EmitError> {
        let names =
            |rooms: &Value| serde_json::from_value::<Vec<String>>(rooms.clone()).expect("names");
        let refused = self
            .emitter()
            .to(names(rooms))
            .except(names(except))
            .emit("shouted", what)?;
        assert_eq!(refused, [], "the hubs are not busy");
        Ok(())
    }

    /// Delivers more than the hub of this thread takes, which cannot run meanwhile. True: it refused some.
    fn congest(&self) -> Result<bool, EmitError> {
        let frame = Frame::event("unheard", &0)?;
        Ok((0..5000).any(|_| !self.emitter().to(["nobody"]).send(&frame).is_empty()))
    }

    fn emitter(&self) -> &Emitter {
        self.emitter.get().expect("set by the server")
    }
}
