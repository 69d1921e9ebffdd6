//! `[socket]`: timings and bounds of Socket.IO.

use std::time::Duration;

use super::check::Checker;

/// Shortest and longest timing, in milliseconds.
const TIMING: std::ops::RangeInclusive<u64> = 100..=600_000;
/// 64 MiB.
const MOST_BYTES: usize = 64 << 20;

/// Timings and bounds of Socket.IO.
#[derive(Debug, Clone)]
pub struct Socket {
    /// How often the server pings.
    pub ping_interval: Duration,
    /// How long a pong may take.
    pub ping_timeout: Duration,
    /// Longest message of a client, in bytes.
    pub max_payload: usize,
    /// By when a connection must have joined a namespace.
    pub connect_timeout: Duration,
    /// Clients at once; one more is answered 503.
    pub max_connections: usize,
    /// What may wait for one client, in bytes; over it the connection is closed.
    pub queue_bytes: usize,
}

impl Socket {
    pub(super) fn check(checker: &mut Checker<'_>) -> Option<Self> {
        let ping_interval = checker.millis("socket.ping_interval_ms", TIMING);
        let ping_timeout = checker.millis("socket.ping_timeout_ms", TIMING);
        let max_payload = checker.whole("socket.max_payload_bytes", 1024..=MOST_BYTES);
        let connect_timeout = checker.millis("socket.connect_timeout_ms", TIMING);
        let max_connections = checker.whole("socket.max_connections", 1..=1_000_000);
        let queue_bytes = checker.whole("socket.queue_bytes", 65_536..=MOST_BYTES);
        Some(Self {
            ping_interval: ping_interval?,
            ping_timeout: ping_timeout?,
            max_payload: max_payload?,
            connect_timeout: connect_timeout?,
            max_connections: max_connections?,
            queue_bytes: queue_bytes?,
        })
    }
}
