//! What handlers work with, and what `app` tells them of the server's end.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use crate::{
    clock::Clock,
    config::{AllowedOrigins, Demo, NodeId},
    ingest::Ingest,
    operations::Operations,
    storage::Database,
};

use super::Check;

/// Everything that a handler may need; cheap to clone.
#[derive(Clone)]
pub struct State {
    /// What people do.
    pub operations: Operations,
    /// The way in for uplinks.
    pub ingest: Ingest,
    /// What is read without a right of its own.
    pub database: Database,
    /// Wall time for answers, monotonic time for the uptime.
    pub clock: Clock,
    /// This process among others.
    pub node_id: NodeId,
    /// Whose web pages may call, beside our own.
    pub allowed_origins: AllowedOrigins,
    /// Whether the page fills the demonstration's login in.
    pub demo: Demo,
    /// Whether the server stops.
    pub draining: Arc<Draining>,
    /// What health asks of other rooms.
    pub probes: Probes,
}

/// What health asks of other rooms; each must answer at once.
#[derive(Clone)]
pub struct Probes {
    /// Socket.IO connections of this node.
    pub socket_connections: Arc<dyn Fn() -> usize + Send + Sync>,
    /// Whether wakes reach the other nodes.
    pub bus: Arc<dyn Fn() -> Check + Send + Sync>,
}

/// The end of the server as the outside sees it: first balancers look away, then webhooks are refused.
#[derive(Debug)]
pub struct Draining {
    clock: Clock,
    grace: Duration,
    began: OnceLock<Duration>,
}

impl Draining {
    /// Not yet; once it begins, webhooks are answered for `grace` more.
    #[must_use]
    pub const fn new(clock: Clock, grace: Duration) -> Self {
        Self {
            clock,
            grace,
            began: OnceLock::new(),
        }
    }

    /// From now on the server is not ready. Only the first call counts.
    pub fn begin(&self) {
        self.began.get_or_init(|| self.clock.monotonic());
    }

    /// Whether it has begun.
    #[must_use]
    pub fn has_begun(&self) -> bool {
        self.began.get().is_some()
    }

    /// Whether webhooks are refused by now.
    #[must_use]
    pub fn refuses_webhooks(&self) -> bool {
        self.began
            .get()
            .is_some_and(|began| self.clock.monotonic() >= *began + self.grace)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Timestamp;

    #[test]
    fn webhooks_are_refused_a_while_after_the_server_is_not_ready() {
        let hand = Clock::manual(Timestamp::from_millis(0));
        let draining = Draining::new(hand.clock(), Duration::from_secs(2));
        let seen = |draining: &Draining| (draining.has_begun(), draining.refuses_webhooks());
        assert_eq!(seen(&draining), (false, false));
        draining.begin();
        assert_eq!(seen(&draining), (true, false));
        hand.advance(Duration::from_millis(1999));
        draining.begin();
        assert_eq!(seen(&draining), (true, false));
        hand.advance(Duration::from_millis(1));
        assert_eq!(seen(&draining), (true, true));
    }
}
