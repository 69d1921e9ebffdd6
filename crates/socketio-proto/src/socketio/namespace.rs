//! What the messages of one client mean: engineio::Session -> *client* -> the application, per namespace.
//!
//! Bounds: [`limits::NAMESPACES`] namespaces; one packet waiting for at most [`limits::ATTACHMENTS`] attachments, each
//! at most `maxPayload`.

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde_json::{Map, Value};

use super::frame::Frame;
use super::packet::Packet;
use super::{Encoding, msgpack};
use crate::engineio::Message;
use crate::limits;

/// Says whether a namespace exists; others are refused with `Invalid namespace`.
pub type Known = Arc<dyn Fn(&str) -> bool + Send + Sync>;

/// What a message asks of the application.
#[derive(Clone, Debug)]
pub enum Action {
    /// The client wants to join; answer with [`Client::accept`] or [`Client::refuse`].
    Connect {
        /// The namespace to join.
        namespace: String,
        /// The client's `auth`.
        auth: Map<String, Value>,
    },
    /// An event in a joined namespace.
    Event {
        /// The namespace it came in.
        namespace: String,
        /// The event's name.
        name: String,
        /// The arguments; binary is a [`super::placeholder`].
        args: Vec<Value>,
        /// The binary attachments.
        attachments: Vec<Bytes>,
        /// The client waits for an ack of this id.
        ack: Option<u64>,
    },
    /// An answer to an event of the server. An id that nobody waits for is to be ignored.
    Ack {
        /// The namespace it came in.
        namespace: String,
        /// The id the server gave.
        id: u64,
        /// The arguments.
        args: Vec<Value>,
        /// The binary attachments.
        attachments: Vec<Bytes>,
    },
    /// The client left a namespace.
    Disconnect {
        /// The namespace it left.
        namespace: String,
    },
    /// To be sent as it is.
    Reply(Frame),
    /// The session must be closed.
    Close(Violation),
}

/// Why a session is closed by this layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Violation {
    /// A packet that no client may send, or binary where none is expected.
    BadPacket,
    /// A good packet at the wrong time: an event before CONNECT, a second CONNECT.
    OutOfOrder,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Asked,
    Joined,
}

#[derive(Debug)]
struct Partial {
    packet: Packet,
    wanted: usize,
    attachments: Vec<Bytes>,
}

/// The namespaces of one client by value.
pub struct Client {
    known: Known,
    /// None until the client's first message shows it.
    encoding: Option<Encoding>,
    stages: Vec<(String, Stage)>,
    partial: Option<Partial>,
    connect_by: Option<Duration>,
}

impl Client {
    /// A client that must have joined one of the `known` namespaces by `connect_by` (the caller's monotonic clock).
    /// Without an `encoding` its first message says which it is: binary is msgpack.
    pub const fn new(known: Known, encoding: Option<Encoding>, connect_by: Duration) -> Self {
        Self {
            known,
            encoding,
            stages: Vec::new(),
            partial: None,
            connect_by: Some(connect_by),
        }
    }

    /// When a client that has joined nothing is to be closed. None once it has joined.
    pub const fn next_deadline(&self) -> Option<Duration> {
        self.connect_by
    }

    /// The namespace is joined.
    pub fn is_joined(&self, namespace: &str) -> bool {
        self.stage(namespace) == Some(Stage::Joined)
    }

    /// How the client wants to be written to.
    pub fn encoding(&self) -> Encoding {
        self.encoding.unwrap_or(Encoding::Json)
    }

    /// Takes one Engine.IO message. None: an attachment is still to come.
    pub fn handle(&mut self, message: Message) -> Option<Action> {
        let encoding = *self.encoding.get_or_insert(match message {
            Message::Text(_) => Encoding::Json,
            Message::Binary(_) => Encoding::Msgpack,
        });
        match (encoding, message, self.partial.take()) {
            (Encoding::Json, Message::Text(text), None) => match Packet::parse(&text) {
                Ok(packet) => self.packet(packet),
                Err(_) => Some(Action::Close(Violation::BadPacket)),
            },
            (Encoding::Json, Message::Binary(bytes), Some(partial)) => {
                self.attachment(partial, bytes)
            }
            (Encoding::Msgpack, Message::Binary(bytes), _) => Some(match msgpack::read(&bytes) {
                Ok((packet, attachments)) => self.whole(packet, attachments),
                Err(_) => Action::Close(Violation::BadPacket),
            }),
            (Encoding::Json, Message::Text(_), Some(_))
            | (Encoding::Json, Message::Binary(_), None)
            | (Encoding::Msgpack, Message::Text(_), _) => Some(Action::Close(Violation::BadPacket)),
        }
    }

    /// The application lets the client in: `40{"sid":..}`, with a `pid` where the session can be recovered.
    pub fn accept(&mut self, namespace: &str, sid: &str, pid: Option<&str>) -> Frame {
        self.connect_by = None;
        if let Some((_, stage)) = self.stages.iter_mut().find(|(name, _)| name == namespace) {
            *stage = Stage::Joined;
        }
        Frame::connect(namespace, sid, pid)
    }

    /// The application refuses: `44{"message":..,"data"?:..}`. The client may try again.
    pub fn refuse(&mut self, namespace: &str, message: &str, data: Option<Value>) -> Frame {
        self.leave(namespace);
        Frame::connect_error(namespace, message, data)
    }

    /// The application is done with the client in a namespace; what it still sends there is out of order.
    pub fn leave(&mut self, namespace: &str) {
        self.stages.retain(|(name, _)| name != namespace);
    }

    fn packet(&mut self, packet: Packet) -> Option<Action> {
        match packet {
            Packet::Event { attachments, .. } | Packet::Ack { attachments, .. }
                if attachments > 0 =>
            {
                self.partial = Some(Partial {
                    packet,
                    wanted: attachments,
                    attachments: Vec::new(),
                });
                None
            }
            packet => Some(self.whole(packet, Vec::new())),
        }
    }

    fn attachment(&mut self, mut partial: Partial, bytes: Bytes) -> Option<Action> {
        partial.attachments.push(bytes);
        if partial.attachments.len() < partial.wanted {
            self.partial = Some(partial);
            return None;
        }
        Some(self.whole(partial.packet, partial.attachments))
    }

    fn whole(&mut self, packet: Packet, attachments: Vec<Bytes>) -> Action {
        match packet {
            Packet::Connect { namespace, auth } => self.connect(namespace, auth),
            Packet::Disconnect { namespace } if self.is_joined(&namespace) => {
                self.leave(&namespace);
                Action::Disconnect { namespace }
            }
            Packet::Event {
                namespace,
                name,
                args,
                ack,
                ..
            } if self.is_joined(&namespace) => Action::Event {
                namespace,
                name,
                args,
                attachments,
                ack,
            },
            Packet::Ack {
                namespace,
                id,
                args,
                ..
            } if self.is_joined(&namespace) => Action::Ack {
                namespace,
                id,
                args,
                attachments,
            },
            Packet::Disconnect { .. } | Packet::Event { .. } | Packet::Ack { .. } => {
                Action::Close(Violation::OutOfOrder)
            }
        }
    }

    fn connect(&mut self, namespace: String, auth: Map<String, Value>) -> Action {
        if self.stage(&namespace).is_some() {
            return Action::Close(Violation::OutOfOrder);
        }
        if !(self.known)(&namespace) {
            return Action::Reply(Frame::connect_error(&namespace, "Invalid namespace", None));
        }
        if self.stages.len() >= limits::NAMESPACES {
            return Action::Reply(Frame::connect_error(
                &namespace,
                "Too many namespaces",
                None,
            ));
        }
        self.stages.push((namespace.clone(), Stage::Asked));
        Action::Connect { namespace, auth }
    }

    fn stage(&self, namespace: &str) -> Option<Stage> {
        self.stages
            .iter()
            .find(|(name, _)| name == namespace)
            .map(|(_, stage)| *stage)
    }
}
