//! Waits for the cues and posts what is heard, many calls at once, until it is told to stop.
//!
//! Bound: [`IN_FLIGHT`] calls. While they all wait for answers nothing is sent, and nothing queues: the play is put
//! off by as long. Frames of one sensor can overtake each other then, as they can in the network.

use std::{future::Future, pin::pin, time::Duration};

use futures_util::{StreamExt, stream::FuturesUnordered};
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};

use super::{
    envelope,
    fleet::Fleet,
    model::Scenario,
    story::{self, Cue, Rate},
    tally::Tally,
    webhook::{Outcome, Webhook},
};
use crate::{clock::Clock, domain::Timestamp};

/// Calls that wait for an answer at most.
pub(super) const IN_FLIGHT: usize = 128;

/// A play that is behind by more than this is put off instead of hurried: after a pause there is no flood.
const CATCH_UP: Duration = Duration::from_secs(1);

/// What is still in flight at the end is waited for as long.
const LAST_ANSWERS: Duration = Duration::from_secs(6);

/// What is played.
#[derive(Debug, Clone, PartialEq)]
pub struct Play {
    /// Whose sensors.
    pub fleet: Fleet,
    /// What happens to them.
    pub scenario: Scenario,
    /// How fast they send.
    pub rate: Rate,
}

/// How far a play has come, once a second.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Progress {
    /// Time since the beginning.
    pub elapsed: Duration,
    /// The answers so far.
    pub tally: Tally,
    /// Calls whose answer is not there yet.
    pub waiting: usize,
    /// Frames that no gateway heard, so far.
    pub unheard: u64,
    /// Why the newest uplink of this second that failed did.
    pub failure: Option<String>,
}

/// Plays until `stop`, then waits for the last answers. `told` hears of the progress every second.
pub async fn play(
    play: &Play,
    webhook: &Webhook,
    clock: &Clock,
    stop: impl Future<Output = ()>,
    told: impl FnMut(&Progress),
) -> Tally {
    let cues = story::at_rate(&play.fleet, play.scenario, play.rate);
    follow(cues, webhook, clock, stop, told).await
}

/// Follows the cues, as [`play`] does.
pub(super) async fn follow(
    cues: impl Iterator<Item = Cue>,
    webhook: &Webhook,
    clock: &Clock,
    stop: impl Future<Output = ()>,
    mut told: impl FnMut(&Progress),
) -> Tally {
    let network = Network {
        clock,
        joined_at: clock.now(),
    };
    let began = clock.monotonic();
    let mut stage = Stage { begun: began };
    let mut progress = Progress::default();
    let mut in_flight = FuturesUnordered::new();
    let mut seconds = interval(Duration::from_secs(1));
    seconds.set_missed_tick_behavior(MissedTickBehavior::Skip);
    // The first comes at once, and has nothing to tell.
    seconds.tick().await;
    let mut stop = pin!(stop);
    let mut cues = cues.peekable();
    loop {
        let due = cues.peek().map(|cue| cue.due);
        let pause = due
            .filter(|_| in_flight.len() < IN_FLIGHT)
            .map(|due| stage.wait(due, clock.monotonic()));
        tokio::select! {
            biased;
            () = &mut stop => break,
            Some(outcome) = in_flight.next() => progress.count(outcome),
            _ = seconds.tick() => {
                progress.elapsed = clock.monotonic().saturating_sub(began);
                progress.waiting = in_flight.len();
                told(&progress);
                progress.failure = None;
            }
            () = wait(pause.unwrap_or_default()), if pause.is_some() => {
                match cues.next() {
                    Some(cue) if cue.transmission.heard => in_flight.push(webhook.post(network.body(&cue))),
                    Some(_) => progress.unheard += 1,
                    None => {}
                }
            }
        }
    }
    let last = async {
        while let Some(outcome) = in_flight.next().await {
            progress.count(outcome);
        }
    };
    let answered = timeout(LAST_ANSWERS, last).await.is_ok();
    if !answered {
        progress.tally.errors += u64::try_from(in_flight.len()).unwrap_or(u64::MAX);
    }
    progress.tally
}

/// A sleep of nothing would still last until the timer's next millisecond.
async fn wait(time: Duration) {
    if !time.is_zero() {
        sleep(time).await;
    }
}

/// What the devices have joined for this play.
struct Network<'a> {
    clock: &'a Clock,
    joined_at: Timestamp,
}

impl Network<'_> {
    /// The moment of a reading is the one at which it is sent.
    fn body(&self, cue: &Cue) -> String {
        let (now, id) = (self.clock.now(), self.clock.new_id());
        envelope::body(&cue.transmission, self.joined_at, now, id)
    }
}

impl Progress {
    fn count(&mut self, outcome: Outcome) {
        self.tally.count(&outcome);
        if let Outcome::Failed(why) = outcome {
            self.failure = Some(why);
        }
    }
}

/// Where a play stands in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stage {
    /// The moment of its beginning (monotonic), later by all that it was put off.
    begun: Duration,
}

impl Stage {
    /// How long to wait for a cue that is due at this time of the play.
    fn wait(&mut self, due: Duration, now: Duration) -> Duration {
        let moment = self.begun + due;
        if now > moment + CATCH_UP {
            self.begun += now - moment;
        }
        moment.saturating_sub(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_play_that_was_held_up_goes_on_where_it_was() {
        let at = Duration::from_millis;
        let mut stage = Stage { begun: at(1000) };
        for (due, now, wait) in [
            (0, 1000, 0),
            (500, 1200, 300),
            // A little late: the next cue comes in time again.
            (500, 1900, 0),
            (1000, 1900, 100),
            // Held up for a minute: put off by it.
            (1000, 62_000, 0),
            (1500, 62_000, 500),
        ] {
            assert_eq!(stage.wait(at(due), at(now)), at(wait), "{due} at {now}");
        }
    }
}
