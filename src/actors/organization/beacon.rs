//! When clients are told how far the stream is: after a flush that reached a polled head, every 10 s. Pure.

use std::time::Duration;

use crate::{domain::Timestamp, events::Position};

/// Between two `stream:position`.
const EVERY: Duration = Duration::from_secs(10);

/// What is known of the log's head, and what clients were told.
#[derive(Debug, Default)]
pub(super) struct Beacon {
    /// The last polled head, and a moment before which everything up to it was committed.
    polled: Option<(i64, Timestamp)>,
    /// When clients were told last, monotonic.
    told: Option<Duration>,
    complete: Option<Timestamp>,
}

impl Beacon {
    /// The head was polled; the query began at this moment.
    pub(super) const fn polled(&mut self, seq: i64, at: Timestamp) {
        self.polled = Some((seq, at));
    }

    /// What was known is of another log.
    pub(super) const fn forget(&mut self) {
        self.polled = None;
    }

    /// The moment up to which everything was sent, if clients are to be told now. It never goes back, also where
    /// the clock does.
    pub(super) fn due(&mut self, position: Position, now: Duration) -> Option<Timestamp> {
        let (seq, at) = self.polled?;
        let waiting = self.told.is_some_and(|told| now < told + EVERY);
        if waiting || position.flushed < seq {
            return None;
        }
        self.told = Some(now);
        let complete = self.complete.map_or(at, |complete| complete.max(at));
        self.complete = Some(complete);
        Some(complete)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::LogId;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1_000)
    }

    #[test]
    fn clients_are_told_every_10_s_of_the_last_head_that_was_flushed() {
        let mut beacon = Beacon::default();
        for (name, polled, flushed, now, expected) in [
            ("nothing polled", None, 5, 0, None),
            ("reached", Some((5, 100)), 5, 1, Some(100)),
            ("too soon", Some((5, 101)), 5, 10, None),
            ("not reached", Some((7, 111)), 6, 11, None),
            ("reached later", None, 7, 12, Some(111)),
            ("the clock stepped back", Some((7, 50)), 8, 22, Some(111)),
            ("and comes back", Some((7, 122)), 8, 32, Some(122)),
        ] {
            if let Some((seq, time)) = polled {
                beacon.polled(seq, at(time));
            }
            let position = Position::at(LogId(1), flushed);
            let told = beacon.due(position, Duration::from_secs(now));
            assert_eq!(told, expected.map(at), "{name}");
        }
    }
}
