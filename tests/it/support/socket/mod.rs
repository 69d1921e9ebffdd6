//! A Socket.IO client that speaks the wire itself: `packet` reads it, `polling` and `websocket` carry it.
//!
//! Written from the protocol and not with this project's codec, so that a mistake there does not cancel out here.

mod packet;
mod polling;
mod websocket;

use std::collections::VecDeque;

use actix_web::rt::task::JoinHandle;
use actix_web::rt::time::timeout;
use serde_json::Value;
use tokio::sync::mpsc;

use super::app::Mark;
use super::{DEADLINE, Http};
pub(crate) use packet::Identity;
use packet::Packet;

/// Packets that a test may leave unread; over it the client stops reading, and the test fails.
const UNREAD: usize = 10_000;

/// How packets travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Transport {
    /// HTTP long-polling, without an upgrade.
    Polling,
    /// A WebSocket from the start.
    WebSocket,
}

/// What a refused client is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ConnectError {
    /// The error's message.
    pub(crate) message: String,
    /// The error's data; `null` without.
    pub(crate) data: Value,
}

/// A connected client. Dropping it cuts the connection without a word.
pub(crate) struct Client {
    wire: Wire,
    identity: Identity,
    /// What came last with the last event that had one.
    offset: Option<String>,
    unread: VecDeque<(String, Value)>,
    next_ack: u32,
}

/// What is left of a client whose transport is gone.
#[derive(Debug, Clone)]
pub(crate) struct Lost {
    pub(crate) identity: Identity,
    pub(crate) offset: Option<String>,
}

/// What an event was answered.
#[derive(Debug)]
pub(crate) struct Reply(pub(crate) Value);

/// The two ends of a transport: texts of Engine.IO messages (what follows the `4`). `incoming` ends with the connection.
struct Wire {
    outgoing: mpsc::Sender<String>,
    incoming: mpsc::Receiver<String>,
    pumps: Vec<JoinHandle<()>>,
}

impl Drop for Wire {
    fn drop(&mut self) {
        for pump in &self.pumps {
            pump.abort();
        }
    }
}

impl Client {
    /// Connects to the namespace `/` with this auth object.
    ///
    /// # Errors
    /// [`ConnectError`] if the server refuses; no answer at all is a panic.
    pub(crate) async fn connect(
        http: &Http,
        transport: Transport,
        auth: &Value,
    ) -> Result<Self, ConnectError> {
        let wire = match transport {
            Transport::Polling => polling::open(http).await,
            Transport::WebSocket => websocket::open(http).await,
        };
        match Self::ask_in(wire, auth).await {
            Some(answer) => answer,
            None => panic!("expected the answer to CONNECT, but the connection ended"),
        }
    }

    /// Comes back as `lost`: shows its pid and offset with this auth object. What comes before the answer is unread
    /// then. None if the server closes the transport instead.
    pub(crate) async fn return_as(
        http: &Http,
        transport: Transport,
        auth: &Value,
        lost: &Lost,
    ) -> Option<Result<Self, ConnectError>> {
        let wire = match transport {
            Transport::Polling => polling::open(http).await,
            Transport::WebSocket => websocket::open(http).await,
        };
        let mut auth = auth.clone();
        auth["pid"] = lost.identity.pid.clone().into();
        if let Some(offset) = &lost.offset {
            auth["offset"] = offset.as_str().into();
        }
        Self::ask_in(wire, &auth).await
    }

    async fn ask_in(wire: Wire, auth: &Value) -> Option<Result<Self, ConnectError>> {
        let nobody = Identity {
            sid: String::new(),
            pid: None,
        };
        let mut client = Self {
            wire,
            identity: nobody,
            offset: None,
            unread: VecDeque::new(),
            next_ack: 0,
        };
        client.send(format!("0{auth}")).await;
        loop {
            match Packet::parse(&client.next_text("the answer to CONNECT").await?) {
                Packet::Connected(identity) => {
                    client.identity = identity;
                    return Some(Ok(client));
                }
                Packet::Refused { message, data } => {
                    let unread = &client.unread;
                    assert!(unread.is_empty(), "told before it was refused: {unread:?}");
                    return Some(Err(ConnectError { message, data }));
                }
                Packet::Event {
                    name,
                    payload,
                    offset,
                } => client.keep(name, payload, offset),
                other => panic!("expected the answer to CONNECT, got {other:?}"),
            }
        }
    }

    /// Who it is.
    pub(crate) const fn identity(&self) -> &Identity {
        &self.identity
    }

    /// What it would need to come back, as of what it has read.
    pub(crate) fn shown(&self) -> Lost {
        Lost {
            identity: self.identity.clone(),
            offset: self.offset.clone(),
        }
    }

    /// Its transport is gone without a word. What it needs to come back.
    pub(crate) fn cut(self) -> Lost {
        self.shown()
    }

    /// Leaves by DISCONNECT.
    pub(crate) async fn leave(&self) {
        self.send("1".to_owned()).await;
    }

    /// The server closes the transport. What came before, and what it needs to come back.
    pub(crate) async fn read_to_end(mut self) -> (Lost, Vec<(String, Value)>) {
        while let Some(text) = self.next_text("the end").await {
            match Packet::parse(&text) {
                Packet::Event {
                    name,
                    payload,
                    offset,
                } => self.keep(name, payload, offset),
                other => panic!("expected the end, got {other:?}"),
            }
        }
        let unread = self.unread.drain(..).collect();
        (self.cut(), unread)
    }

    /// Whether the mark's batch comes before the server ends the connection.
    pub(crate) async fn is_reached_by(&mut self, mark: &Mark) -> bool {
        while let Some(text) = self.next_text("the mark or the end").await {
            if let Packet::Event { name, payload, .. } = Packet::parse(&text)
                && is_batch_of(mark, &name, &payload)
            {
                return true;
            }
        }
        false
    }

    /// The names of what came and was not read yet, but for `stream:position`.
    pub(crate) fn unread_names(&self) -> Vec<&str> {
        let names = self.unread.iter().map(|(name, _)| name.as_str());
        names.filter(|name| *name != "stream:position").collect()
    }

    fn keep(&mut self, name: String, payload: Value, offset: Option<String>) {
        self.offset = offset.or(self.offset.take());
        self.unread.push_back((name, payload));
    }

    /// The payload of the next event of this name. Events of other names stay for later.
    pub(crate) async fn expect(&mut self, name: &str) -> Value {
        let known = self.unread.iter().position(|(unread, _)| unread == name);
        if let Some((_, payload)) = known.and_then(|at| self.unread.remove(at)) {
            return payload;
        }
        loop {
            let (came, payload) = self.event(name).await;
            if came == name {
                return payload;
            }
            self.unread.push_back((came, payload));
        }
    }

    /// Everything unread up to the mark concerns the mark's unit alone, or says how far the stream is; and the mark
    /// comes.
    pub(crate) async fn expect_only(&mut self, mark: &Mark) {
        for (name, payload) in self.until(mark).await {
            if name == "stream:position" {
                continue;
            }
            assert_eq!(payload["unitId"], mark.unit_id, "stray {name}: {payload}");
        }
    }

    /// Everything unread up to the mark's batch, in order, and with it.
    pub(crate) async fn until(&mut self, mark: &Mark) -> Vec<(String, Value)> {
        let mut seen = Vec::new();
        loop {
            let (name, payload) = match self.unread.pop_front() {
                Some(unread) => unread,
                None => self.event("the mark").await,
            };
            let marks = is_batch_of(mark, &name, &payload);
            seen.push((name, payload));
            if marks {
                return seen;
            }
        }
    }

    /// Sends an event and asks for no acknowledgement.
    pub(crate) async fn tell(&mut self, name: &str, arguments: Vec<Value>) {
        let mut event = vec![Value::from(name)];
        event.extend(arguments);
        self.send(format!("2{}", Value::from(event))).await;
    }

    /// Sends an event and waits for its acknowledgement.
    pub(crate) async fn emit(&mut self, name: &str, argument: impl Into<Value>) -> Reply {
        self.emit_args(name, vec![argument.into()]).await
    }

    /// Sends an event with these arguments and waits for its acknowledgement.
    pub(crate) async fn emit_args(&mut self, name: &str, arguments: Vec<Value>) -> Reply {
        let id = self.next_ack;
        self.next_ack += 1;
        let mut event = vec![Value::from(name)];
        event.extend(arguments);
        self.send(format!("2{id}{}", Value::from(event))).await;
        loop {
            match self.receive("an acknowledgement").await {
                Packet::Ack { id: acked, payload } if acked == id => return Reply(payload),
                Packet::Event {
                    name,
                    payload,
                    offset,
                } => self.keep(name, payload, offset),
                other => panic!("expected the acknowledgement of {name}, got {other:?}"),
            }
        }
    }

    /// The server ends the connection: by DISCONNECT or by closing the transport. What came before is read and dropped.
    pub(crate) async fn expect_end(&mut self) {
        while let Some(text) = self.next_text("the end").await {
            if Packet::parse(&text) == Packet::Disconnected {
                return;
            }
        }
    }

    async fn event(&mut self, awaited: &str) -> (String, Value) {
        match self.receive(awaited).await {
            Packet::Event {
                name,
                payload,
                offset,
            } => {
                self.offset = offset.or(self.offset.take());
                (name, payload)
            }
            other => panic!("expected {awaited}, got {other:?}"),
        }
    }

    async fn receive(&mut self, awaited: &str) -> Packet {
        match self.next_text(awaited).await {
            Some(text) => Packet::parse(&text),
            None => panic!("expected {awaited}, but the connection ended"),
        }
    }

    async fn next_text(&mut self, awaited: &str) -> Option<String> {
        match timeout(DEADLINE, self.wire.incoming.recv()).await {
            Ok(text) => text,
            Err(_) => panic!("{awaited} did not come; unread: {:?}", self.unread),
        }
    }

    async fn send(&self, text: String) {
        assert!(
            self.wire.outgoing.send(text).await.is_ok(),
            "the connection has ended"
        );
    }
}

fn is_batch_of(mark: &Mark, name: &str, payload: &Value) -> bool {
    let readings = payload["readings"].as_array().into_iter().flatten();
    let mut readings = readings.map(|reading| &reading["temperature"]);
    name == "sensor:readings:batch"
        && payload["unitId"] == mark.unit_id
        && readings.any(|celsius| *celsius == mark.celsius)
}

impl Reply {
    /// The answer of an event that was done.
    #[track_caller]
    pub(crate) fn expect_ok(self) -> Value {
        assert_eq!(self.0["ok"], true, "{}", self.0);
        self.0
    }

    /// The event was refused with this code.
    #[track_caller]
    pub(crate) fn expect_error(self, code: &str) {
        assert_eq!(self.0["ok"], false, "{}", self.0);
        assert_eq!(self.0["error"]["code"], code, "{}", self.0);
    }
}
