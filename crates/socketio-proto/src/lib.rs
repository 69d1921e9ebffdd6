//! Engine.IO v4 and Socket.IO v5 as values: packets, payloads and the machines that decide what they mean.
//!
//! Nothing here reads a clock, a socket or the environment. The caller hands in what arrived together with a
//! monotonic `now` (a `Duration` since any fixed start) and performs what comes back. So heartbeats, upgrades
//! and close reasons can be tested as tables, and any runtime can carry them.
//!
//! ```text
//! bytes -> engineio::{packet, payload} -> engineio::Session -> socketio::Client -> the application
//! ```

pub mod engineio;
pub mod limits;
pub mod socketio;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
