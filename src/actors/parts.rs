//! What the actors work with, passed in at the start.

use std::sync::Arc;

use actix::ArbiterHandle;

use super::{encoder::Encoder, hubs::Hubs};
use crate::{
    bus::Bus,
    clock::Clock,
    domain::OrganizationId,
    events::{Heard, LogReader},
};

/// Acts on what the log says to servers. Called from the organization's thread: must return at once.
pub type OnHeard = Arc<dyn Fn(OrganizationId, Heard) + Send + Sync>;

/// Everything that the live path needs from outside.
pub struct Parts {
    /// The log.
    pub reader: Arc<dyn LogReader>,
    /// Wakes.
    pub bus: Bus,
    /// Wall time of polls and of what replays reach back to.
    pub clock: Clock,
    /// Where frames go.
    pub hubs: Arc<dyn Hubs>,
    /// Makes frames.
    pub encoder: Arc<dyn Encoder>,
    /// Who acts on notices.
    pub heard: OnHeard,
    /// What drives them.
    pub ticks: Ticks,
    /// Threads that organizations are spread over; the registry's own if there are none.
    pub arbiters: Vec<ArbiterHandle>,
}

/// What drives the live path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ticks {
    /// The monotonic clock, once a second.
    EverySecond,
    /// Messages alone ([`Tick`](super::organization::Tick), [`Poll`](super::registry::Poll)): for tests.
    ByMessage,
}
