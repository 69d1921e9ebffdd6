//! Notices a wall clock that was set: deadlines must not all fire because somebody corrected the time.

use std::time::Duration;

use crate::domain::Timestamp;

/// A difference this small between wall and monotonic time is drift, milliseconds.
const STEP_MS: i64 = 30_000;

/// How long deadlines are held after a step.
const HOLD: Duration = Duration::from_secs(60);

/// Compares the wall clock (without a rehearsal's offset) with the monotonic one.
#[derive(Debug, Default)]
pub(super) struct StepGuard {
    /// Wall minus monotonic time when last looked at, milliseconds.
    difference: Option<i64>,
    held_until: Duration,
}

impl StepGuard {
    /// Whether deadlines are held at this moment.
    pub(super) fn holds(&mut self, wall: Timestamp, monotonic: Duration) -> bool {
        let elapsed = i64::try_from(monotonic.as_millis()).unwrap_or(i64::MAX);
        let difference = wall.as_millis().saturating_sub(elapsed);
        let step = difference - self.difference.replace(difference).unwrap_or(difference);
        if step.abs() > STEP_MS {
            log::warn!(step_ms = step; "the wall clock was set: deadlines are held for a minute");
            self.held_until = monotonic.saturating_add(HOLD);
        }
        monotonic < self.held_until
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_step_holds_and_only_for_a_minute() {
        let mut guard = StepGuard::default();
        let mut holds = |wall_s: i64, monotonic_s: u64| {
            guard.holds(
                Timestamp::from_millis(wall_s * 1000),
                Duration::from_secs(monotonic_s),
            )
        };
        for (name, wall, monotonic, held) in [
            ("first look", 1_000, 0, false),
            ("time passes", 1_100, 100, false),
            ("drift", 1_210, 200, false),
            ("set ahead", 4_810, 201, true),
            ("still held", 4_868, 259, true),
            ("released", 4_871, 262, false),
            ("set back", 1_272, 263, true),
        ] {
            assert_eq!(holds(wall, monotonic), held, "{name}");
        }
    }
}
