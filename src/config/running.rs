//! The small sections: `[ingest]`, `[quarantine]`, `[shutdown]`, `[clock]`, `[log]`.

use std::path::PathBuf;
use std::time::Duration;

use log::LevelFilter;

use super::check::Checker;

/// Bounds of the way in.
#[derive(Debug, Clone)]
pub struct Ingest {
    /// Uplinks that may wait for the writer; over it the sender is answered 503.
    pub queue: usize,
    /// Uplinks committed together at most.
    pub group: usize,
    /// Uplinks per second and organization above which a full queue is answered 429.
    pub organization_rate: u32,
}

/// Bounds of what could not be used, per organization.
#[derive(Debug, Clone)]
pub struct Quarantine {
    /// Rows; the oldest leave first.
    pub max_rows: u64,
    /// Age.
    pub max_age: Duration,
}

/// How to stop.
#[derive(Debug, Clone)]
pub struct Shutdown {
    /// How long webhooks are still answered after the signal.
    pub drain: Duration,
}

/// What is added to the wall clock.
#[derive(Debug, Clone)]
pub struct ClockSource {
    /// A file with a number of milliseconds; only on a loopback address.
    pub offset_file: Option<PathBuf>,
}

/// What is logged.
#[derive(Debug, Clone)]
pub struct Log {
    /// The least urgent level that is written.
    pub level: LevelFilter,
}

impl Ingest {
    pub(super) fn check(checker: &mut Checker<'_>) -> Option<Self> {
        let queue = checker.whole("ingest.queue", 16..=1_000_000);
        let group = checker.whole("ingest.group", 1..=4096);
        let organization_rate = checker.whole("ingest.organization_rate", 1..=1_000_000);
        Some(Self {
            queue: queue?,
            group: group?,
            organization_rate: organization_rate?,
        })
    }
}

impl Quarantine {
    pub(super) fn check(checker: &mut Checker<'_>) -> Option<Self> {
        let max_rows = checker.whole("quarantine.max_rows", 0..=10_000_000);
        let max_age = checker.days("quarantine.max_age_days", 1..=3650);
        Some(Self {
            max_rows: max_rows?,
            max_age: max_age?,
        })
    }
}

impl Shutdown {
    pub(super) fn check(checker: &mut Checker<'_>) -> Option<Self> {
        Some(Self {
            drain: checker.millis("shutdown.drain_ms", 0..=10_000)?,
        })
    }
}

impl ClockSource {
    pub(super) fn check(checker: &mut Checker<'_>) -> Option<Self> {
        Some(Self {
            offset_file: checker.optional_path("clock.offset_file")?,
        })
    }
}

impl Log {
    pub(super) fn check(checker: &mut Checker<'_>) -> Option<Self> {
        let level = checker.parsed("log.level", |text| {
            text.parse()
                .map_err(|_| "must be off, error, warn, info, debug or trace".to_owned())
        })?;
        Some(Self { level })
    }
}
