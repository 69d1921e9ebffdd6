//! The server as a client sees it on the wire: a real actix server on a port of its own, and a client by hand.
#![allow(missing_docs, reason = "a test binary has no readers of its interface")]
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking, in its support too"
)]

mod support;

/// See `taken_over.rs` for the other.
const MOUNT: support::Mount = support::Mount::App;

mod polling;
mod websocket;
mod upgrade;
mod refusals;
mod rooms;
mod namespaces;
mod asks;
mod volatile;
mod many;
mod guards;
mod msgpack;
mod engine;
mod http;
mod clients;
#[path = "../../../../examples/support/probe/mod.rs"]
mod probe;
mod endings;
mod recovery;
mod bounds;
mod slow;
mod hostile;
mod leaks;
