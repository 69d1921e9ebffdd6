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
    unread: VecDeque<(String, Value)>,
    next_ack: u32,
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
        let mut client = Self {
            wire,
            unread: VecDeque::new(),
            next_ack: 0,
        };
        client.send(format!("0{auth}")).await;
        match client.receive("the answer to CONNECT").await {
            Packet::Connected => Ok(client),
            Packet::Refused { message, data } => Err(ConnectError { message, data }),
            other => panic!("expected the answer to CONNECT, got {other:?}"),
        }
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
            let marks = name == "sensor:readings:batch"
                && payload["unitId"] == mark.unit_id
                && payload["readings"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .any(|reading| reading["temperature"] == mark.celsius);
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
                Packet::Event { name, payload } => self.unread.push_back((name, payload)),
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
            Packet::Event { name, payload } => (name, payload),
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

    async fn send(&mut self, text: String) {
        assert!(
            self.wire.outgoing.send(text).await.is_ok(),
            "the connection has ended"
        );
    }
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
