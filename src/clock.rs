//! The only place that reads a clock. Everything else is handed a [`Clock`] or a moment.
//!
//! Wall time (deadlines, tokens, arrival times) moves with the offset of a rehearsal; monotonic time
//! (heartbeats, ticks, rate limits) does not. Tests hold a [`ManualClock`] and move both by hand.

mod offset_file;

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use uuid::Uuid;
use uuid::timestamp::context::ContextV7;

use crate::domain::Timestamp;

pub use offset_file::watch_offset;

/// A clock that many share; a clone shows the same time.
#[derive(Debug, Clone)]
pub struct Clock(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    base: Base,
    offset_millis: AtomicI64,
    ids: Mutex<ContextV7>,
}

#[derive(Debug)]
enum Base {
    System {
        started: Instant,
    },
    Manual {
        start: Timestamp,
        elapsed_millis: AtomicU64,
    },
}

impl Clock {
    /// The machine's clock.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is where clocks are read")]
    pub fn system() -> Self {
        Self::on(Base::System {
            started: Instant::now(),
        })
    }

    /// A clock that stands still at `start` until it is moved.
    #[must_use]
    pub fn manual(start: Timestamp) -> ManualClock {
        ManualClock(Self::on(Base::Manual {
            start,
            elapsed_millis: AtomicU64::new(0),
        }))
    }

    /// Wall time in UTC: the machine's, plus the offset. Can step back.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.unskewed()
            .plus_millis(self.0.offset_millis.load(Ordering::Relaxed))
    }

    /// Wall time without the offset of a rehearsal: for retention, which a rehearsal must not move.
    #[must_use]
    pub fn unskewed(&self) -> Timestamp {
        match &self.0.base {
            Base::System { .. } => system_time(),
            Base::Manual { start, .. } => start.plus_millis(millis(self.monotonic())),
        }
    }

    /// Time since this clock was made; never steps back, knows no offset.
    #[must_use]
    pub fn monotonic(&self) -> Duration {
        match &self.0.base {
            Base::System { started } => started.elapsed(),
            Base::Manual { elapsed_millis, .. } => {
                Duration::from_millis(elapsed_millis.load(Ordering::Relaxed))
            }
        }
    }

    /// A new UUIDv7 of this clock's time; ids of one clock ascend, also within a millisecond and after a step back.
    #[must_use]
    pub fn new_id(&self) -> Uuid {
        let now = self.now().as_millis().max(0).unsigned_abs();
        let nanos = u32::try_from(now % 1000 * 1_000_000).unwrap_or(0);
        Uuid::new_v7(uuid::Timestamp::from_unix(&self.0.ids, now / 1000, nanos))
    }

    fn on(base: Base) -> Self {
        Self(Arc::new(Inner {
            base,
            offset_millis: AtomicI64::new(0),
            ids: Mutex::new(ContextV7::new()),
        }))
    }

    fn set_offset(&self, millis: i64) {
        self.0.offset_millis.store(millis, Ordering::Relaxed);
    }
}

/// The hand on a clock that stands still.
#[derive(Debug, Clone)]
pub struct ManualClock(Clock);

impl ManualClock {
    /// The clock to hand out.
    #[must_use]
    pub fn clock(&self) -> Clock {
        self.0.clone()
    }

    /// Lets time pass, on both the wall and the monotonic clock; whole milliseconds.
    pub fn advance(&self, by: Duration) {
        if let Base::Manual { elapsed_millis, .. } = &self.0.0.base {
            let by = millis(by).unsigned_abs();
            elapsed_millis.fetch_add(by, Ordering::Relaxed);
        }
    }

    /// Steps the wall clock alone, as somebody who sets it would (negative: back).
    pub fn step_wall(&self, by_millis: i64) {
        self.0
            .0
            .offset_millis
            .fetch_add(by_millis, Ordering::Relaxed);
    }
}

#[expect(clippy::disallowed_methods, reason = "this is where clocks are read")]
fn system_time() -> Timestamp {
    match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => Timestamp::from_millis(millis(since)),
        Err(before) => Timestamp::from_millis(-millis(before.duration())),
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noon() -> Timestamp {
        Timestamp::parse("2026-05-01T12:00:00Z").unwrap()
    }

    #[test]
    fn a_manual_clock_moves_only_by_hand() {
        let hand = Clock::manual(noon());
        let clock = hand.clock();
        assert_eq!((clock.now(), clock.monotonic()), (noon(), Duration::ZERO));
        hand.advance(Duration::from_millis(1500));
        assert_eq!(clock.now(), noon().plus_millis(1500));
        assert_eq!(clock.monotonic(), Duration::from_millis(1500));
    }

    #[test]
    fn a_step_moves_the_wall_and_not_what_is_monotonic() {
        let hand = Clock::manual(noon());
        hand.step_wall(-60_000);
        assert_eq!(hand.clock().now(), noon().plus_seconds(-60));
        assert_eq!(hand.clock().monotonic(), Duration::ZERO);
    }

    #[test]
    fn the_system_clock_is_in_this_century() {
        let now = Clock::system().now().to_string();
        assert!(
            now.as_str() > "2026-01-01" && now.starts_with("20"),
            "{now}"
        );
    }

    #[test]
    fn ids_carry_the_clocks_time_and_ascend_even_when_it_steps_back() {
        let hand = Clock::manual(noon());
        let clock = hand.clock();
        let mut ids: Vec<_> = (0..100).map(|_| clock.new_id()).collect();
        let (seconds, nanos) = ids[0].get_timestamp().unwrap().to_unix();
        let at = i64::try_from(seconds).unwrap() * 1000 + i64::from(nanos / 1_000_000);
        assert_eq!(Timestamp::from_millis(at), noon());
        hand.step_wall(-5000);
        ids.extend((0..100).map(|_| clock.new_id()));
        assert!(ids.is_sorted_by(|a, b| a < b));
    }
}
