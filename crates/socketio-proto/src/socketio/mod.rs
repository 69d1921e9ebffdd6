//! Socket.IO v5: namespaces, events and acks inside the messages of one Engine.IO session.
//!
//! [`packet`] reads, [`frame`] writes (once, for all receivers), [`json`] guards the payloads, [`msgpack`] is the other
//! parser, and [`Client`] is the machine that says what a message means for this client.

pub mod frame;
pub mod json;
pub mod msgpack;
pub mod namespace;
pub mod packet;

pub use frame::{EncodeError, Frame};
pub use json::placeholder;
pub use namespace::{Action, Client, Known, Violation};
pub use packet::{Malformed, Packet};

/// How the packets of a client are written. The server follows its client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// Text, followed by its attachments: the default parser.
    Json,
    /// One binary message: the msgpack parser.
    Msgpack,
}

/// The namespace that every client knows.
pub const ROOT: &str = "/";

/// Event names that a peer must not send, for they mean something inside client and server libraries.
pub const RESERVED_EVENTS: [&str; 6] = [
    "connect",
    "connect_error",
    "disconnect",
    "disconnecting",
    "newListener",
    "removeListener",
];
