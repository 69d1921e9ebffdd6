//! The server's pings and how long it waits for the pong. Driven by [`super::Session`] only.

use std::time::Duration;

/// Where the exchange stands; times are the session's monotonic clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Heartbeat {
    /// The next ping is due at this time.
    Resting { ping_at: Duration },
    /// A ping is out; without a pong the session ends at `dead_at`.
    Awaiting { dead_at: Duration, extended: bool },
}

impl Heartbeat {
    pub(super) const fn deadline(self) -> Duration {
        match self {
            Self::Resting { ping_at } => ping_at,
            Self::Awaiting { dead_at, .. } => dead_at,
        }
    }

    /// The first packet that is no pong shows life, and extends the wait once: a pong may stand behind a large upload.
    pub(super) fn sign_of_life(&mut self, now: Duration, timeout: Duration) {
        if let Self::Awaiting {
            dead_at,
            extended: extended @ false,
        } = self
        {
            *dead_at = now + timeout;
            *extended = true;
        }
    }

    /// A pong nobody asked for changes nothing, or a client could put off every ping.
    pub(super) fn pong(&mut self, now: Duration, interval: Duration) {
        if let Self::Awaiting { .. } = self {
            *self = Self::Resting {
                ping_at: now + interval,
            };
        }
    }
}
