//! How many events a socket may send: 100 a second with a burst of 200; one that goes on in spite of refusals
//! is cut off. Pure: time is passed in.

use std::collections::VecDeque;
use std::time::Duration;

/// What one event costs: 100 of them fill a second.
const COST: Duration = Duration::from_millis(10);

/// How far a socket may run ahead of its rate: 200 events.
const BURST: Duration = Duration::from_secs(2);

/// This many refused events within [`REFUSED_WITHIN`] end the socket.
const REFUSED_MOST: usize = 1_000;

/// How long a refusal counts.
const REFUSED_WITHIN: Duration = Duration::from_secs(10);

/// What is to be done with an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is within the rate.
    Admit,
    /// It is told that it comes too soon.
    Refuse,
    /// It has been told so too often.
    Disconnect,
}

/// The events of one socket. A token bucket, kept as the moment at which it will be full again.
#[derive(Debug, Default)]
pub(super) struct Limiter {
    full_at: Duration,
    /// When the last refusals were; at most [`REFUSED_MOST`].
    refused: VecDeque<Duration>,
}

impl Limiter {
    /// Judges an event at `now`, monotonic time.
    pub(super) fn judge(&mut self, now: Duration) -> Verdict {
        let full_at = self.full_at.max(now) + COST;
        if full_at <= now + BURST {
            self.full_at = full_at;
            return Verdict::Admit;
        }
        while self
            .refused
            .front()
            .is_some_and(|&at| at + REFUSED_WITHIN <= now)
        {
            self.refused.pop_front();
        }
        if self.refused.len() + 1 >= REFUSED_MOST {
            return Verdict::Disconnect;
        }
        self.refused.push_back(now);
        Verdict::Refuse
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many of `events` at `now` are admitted, refused, and answered with a disconnect.
    fn play(limiter: &mut Limiter, now: Duration, events: usize) -> [usize; 3] {
        let mut counts = [0; 3];
        for _ in 0..events {
            counts[match limiter.judge(now) {
                Verdict::Admit => 0,
                Verdict::Refuse => 1,
                Verdict::Disconnect => 2,
            }] += 1;
        }
        counts
    }

    fn at(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    #[test]
    fn a_burst_of_200_is_admitted_and_then_one_every_10_ms() {
        let mut limiter = Limiter::default();
        for (now, events, expected) in [
            (at(0), 201, [200, 1, 0]),
            (at(9), 1, [0, 1, 0]),
            (at(10), 2, [1, 1, 0]),
            (at(1_010), 101, [100, 1, 0]),
            (at(60_000), 201, [200, 1, 0]),
        ] {
            assert_eq!(play(&mut limiter, now, events), expected, "{now:?}");
        }
    }

    #[test]
    fn a_steady_100_a_second_is_never_refused() {
        let mut limiter = Limiter::default();
        for tick in 0..3_000 {
            assert_eq!(limiter.judge(at(tick * 10)), Verdict::Admit, "{tick}");
        }
    }

    #[test]
    fn the_thousandth_refusal_within_10_s_disconnects() {
        let mut limiter = Limiter::default();
        assert_eq!(play(&mut limiter, at(0), 200), [200, 0, 0]);
        assert_eq!(play(&mut limiter, at(0), 999), [0, 999, 0]);
        assert_eq!(play(&mut limiter, at(0), 1), [0, 0, 1]);
    }

    #[test]
    fn refusals_are_forgotten_after_10_s() {
        let mut limiter = Limiter::default();
        assert_eq!(play(&mut limiter, at(0), 700), [200, 500, 0]);
        assert_eq!(play(&mut limiter, at(9_999), 699), [200, 499, 0]);
        assert_eq!(play(&mut limiter, at(10_000), 501), [0, 500, 1]);
    }
}
