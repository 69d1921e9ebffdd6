//! The tests of `main.rs` once more, with WebSockets that take their sockets over.
#![allow(missing_docs, reason = "a test binary has no readers of its interface")]
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking, in its support too"
)]

mod support;

const MOUNT: support::Mount = support::Mount::Listener;

mod polling;
mod websocket;
mod listener;
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
