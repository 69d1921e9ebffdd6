//! The monotonic clock of one server, as the protocol machines want it. The only place that reads it.

use std::time::{Duration, Instant};

#[derive(Debug)]
pub(crate) struct Clock {
    start: Instant,
}

impl Clock {
    pub(crate) fn start() -> Self {
        Self { start: instant() }
    }

    /// Since the start of this clock.
    pub(crate) fn now(&self) -> Duration {
        instant().saturating_duration_since(self.start)
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "heartbeats and timeouts of transports are monotonic and read here only"
)]
fn instant() -> Instant {
    Instant::now()
}
