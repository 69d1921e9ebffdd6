//! Engine.IO v4: one logical connection over changing transports.
//!
//! [`handshake`] decides what an HTTP request asks for, [`packet`] and [`payload`] are the codecs, and
//! [`Session`] is the machine of one connection.

pub mod handshake;
pub mod packet;
pub mod payload;
pub mod session;

pub use packet::{BadPacket, Message, Packet, WireFrame};
pub use session::{CarrierId, CloseReason, Session, Sink, Timings};
