//! When the sensors of a site are heard in the real world: the demo's story, or a steady rate.
//!
//! Pure: a list of cues with their time since the curtain rose. `player` waits for them.

use std::{str::FromStr, time::Duration};

use super::{
    fleet::Fleet,
    model::{Fault, Incident, Reach, Scenario, Seconds},
    sensor::Transmission,
    site::Site,
};

/// What chance begins with: every play of the same fleet is the same play.
const SEED: u64 = 2026;

/// The demo's world runs so many times faster than ours: a thermometer reports every five seconds, a day takes 24
/// minutes.
const SPEED: u32 = 60;

/// The fridge that warms up in the demo, by its place; the first one is left to those who try things out.
const FAILING: usize = 1;

/// From here to there its compressor does not start: five seconds into the play, for two minutes.
const FAILS: (Seconds, Seconds) = (300, 7_500);

/// A transmission and when it is due, counted from the beginning of the play.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Cue {
    /// When.
    pub(super) due: Duration,
    /// What.
    pub(super) transmission: Transmission,
}

/// How many frames are sent a second, all sensors together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate(f64);

/// Why a text is no rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a number of uplinks per second from 0.01 to 100000")]
pub struct InvalidRate;

impl FromStr for Rate {
    type Err = InvalidRate;

    fn from_str(text: &str) -> Result<Self, InvalidRate> {
        let rate: f64 = text.parse().map_err(|_| InvalidRate)?;
        if (0.01..=100_000.0).contains(&rate) {
            Ok(Self(rate))
        } else {
            Err(InvalidRate)
        }
    }
}

/// The demo: in the first minute a fridge of Demo Foods is too warm, in the third it is cold again; then quiet days.
pub(super) fn demo() -> impl Iterator<Item = Cue> {
    let failure = Incident {
        fault: Fault::CompressorFailure,
        reach: Reach::Unit(FAILING),
        from: FAILS.0,
        until: Some(FAILS.1),
    };
    Site::new(Fleet::Demo.units(), vec![failure], SEED).map(|transmission| Cue {
        due: Duration::from_secs(transmission.at) / SPEED,
        transmission,
    })
}

/// A scenario of these sensors, one frame after the other at a steady rate, however fast the physical world must turn
/// for that: five minutes from one report of a thermometer to its next.
pub(super) fn at_rate(
    fleet: &Fleet,
    scenario: Scenario,
    rate: Rate,
) -> impl Iterator<Item = Cue> + use<> {
    let incidents = scenario.incident().into_iter().collect();
    let site = Site::new(fleet.units(), incidents, SEED);
    (0_u32..).zip(site).map(move |(number, transmission)| Cue {
        due: Duration::from_secs_f64(f64::from(number) / rate.0),
        transmission,
    })
}

#[cfg(test)]
mod tests;
