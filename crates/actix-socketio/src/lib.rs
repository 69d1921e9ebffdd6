//! A Socket.IO v5 server for actix: sessions are actors, rooms live in one hub per thread.
//!
//! ```text
//! transport (HTTP, WebSocket) -> session (actor, drives socketio-proto) -> handler (yours)
//! emitter -> hub (one per thread) -> queue of each socket -> session -> transport
//! ```
//!
//! An application implements [`Handler`], builds a [`SocketIo`], and mounts [`SocketIo::service`] in an `App`. What it
//! sends goes through a [`Socket`] (one client) or an [`Emitter`] (rooms); a [`Frame`] is encoded once for all. One
//! that wants Engine.IO alone implements [`MessageHandler`] and builds an [`EngineIo`].
//!
//! Bounds: sessions by `max_connections`, what waits for a client by `queue_bytes`, what a client sends by
//! `max_payload`, running event handlers by 64 per socket, deliveries by each hub's mailbox.

mod listener;
mod server;
mod builder;
mod config;
mod transport;
mod session;
mod registry;
mod namespaces;
mod emitter;
mod hub;
mod recovery;
mod guard;
mod engine;
mod handler;
mod event;
mod socket;
mod handshake;
mod ask;
mod queue;
mod clock;
mod sid;

pub use ask::{Answer, Answers, AskError};
pub use builder::Builder;
pub use config::{ClientBundles, Cors, Transports};
pub use emitter::{Broadcast, DeliverOutcome, Emitter};
pub use engine::{Connection, MessageHandler};
pub use event::{Ack, Event};
pub use guard::{Guard, Guarded, Rejection};
pub use handler::{DisconnectReason, Handler, Refusal};
pub use handshake::Handshake;
pub use hub::{Delivery, Found, HubId, Room, Seat};
pub use listener::Listener;
pub use queue::{Coalescing, WhenFull};
pub use recovery::{Claim, Journal, MemoryRecovery, Parting, Recoverable, Recovery, Restored};
pub use server::{EngineIo, SocketIo};
pub use socket::{EmitError, Gone, Socket};
pub use socketio_proto::engineio::Message;
pub use socketio_proto::socketio::{EncodeError, Frame, placeholder};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
