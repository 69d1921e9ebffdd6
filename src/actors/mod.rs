//! The live path: what is committed, told to those who look on, in order and once.
//!
//! `bus` wakes -> [`organization`] follows its log, hands readings to a [`mod@unit`] each, sends events at once
//! and readings at the tick -> the Socket.IO hubs. [`registry`] alone starts and stops them, for
//! organizations that somebody watches. Nothing here decides or stores: an actor that fails loses nothing.

pub mod admission;
pub mod encoder;
mod history;
pub mod hubs;
pub mod organization;
pub mod parts;
pub mod registry;
mod supervision;
pub mod unit;

#[cfg(test)]
mod tests;

pub use admission::{Admit, Admitted, Entrant, Entry, NotAdmitted};
pub use encoder::{Encoder, WireEncoder};
pub use hubs::{EmitterHubs, HubKey, Hubs, Outcome};
pub use parts::{OnHeard, Parts, Ticks};
pub use registry::{Drain, Registry, Watch, WatchError, WatchGuard};
