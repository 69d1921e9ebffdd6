//! Ordinary days of one unit: a room that is warmer at noon, people at the door, a defrost every six hours.
//!
//! A function of the moment: whatever is asked for, in any order, a seed gives the same days.

use super::{Conditions, Seconds};
use crate::simulate::noise::Noise;

/// The play begins at nine in the morning, so that something happens at once.
const BEGINS_AT: Seconds = 9 * HOUR;

const HOUR: Seconds = 3600;
const DAY: Seconds = 24 * HOUR;

/// At most one opening of the door falls into each of these.
const SLOT: Seconds = 600;

/// How often somebody comes in a slot, by day and by night.
const VISITS_BY_DAY: f64 = 0.35;
const VISITS_BY_NIGHT: f64 = 0.02;

/// How long the door is open then, seconds.
const OPEN_FOR: (f64, f64) = (10.0, 40.0);

/// From one defrost to the next.
const DEFROST_EVERY: Seconds = 6 * HOUR;

/// Nobody opens a unit that defrosts, nor for this long afterwards.
const LEFT_ALONE: Seconds = 1200;

/// The days of one unit.
#[derive(Debug, Clone, Copy)]
pub(in crate::simulate) struct Routine {
    noise: Noise,
    defrost_seconds: Seconds,
    has_door: bool,
}

impl Routine {
    /// The days that this source of chance gives a unit.
    pub(in crate::simulate) fn new(noise: Noise, cabinet: &super::Cabinet) -> Self {
        Self {
            noise,
            defrost_seconds: cabinet.defrost_seconds,
            has_door: cabinet.door > 0.0,
        }
    }

    /// What acts on the unit at this moment.
    pub(in crate::simulate) fn conditions(&self, at: Seconds) -> Conditions {
        let since_defrost = self.since_defrost(at);
        Conditions {
            ambient: self.ambient(at),
            door_open: since_defrost >= self.defrost_seconds + LEFT_ALONE && self.is_visited(at),
            defrosting: since_defrost < self.defrost_seconds,
            ..Conditions::default()
        }
    }

    /// 22 °C on average, two degrees more in the afternoon, a little different for each unit.
    fn ambient(&self, at: Seconds) -> f64 {
        let afternoon = ((at + BEGINS_AT) % DAY) as f64 / DAY as f64 - 0.625;
        let own = self.noise.part(0).between(0, -1.0, 1.0);
        22.0 + own + 2.0 * (std::f64::consts::TAU * afternoon).cos()
    }

    fn since_defrost(&self, at: Seconds) -> Seconds {
        let offset = self.noise.part(1).bits(0) % DEFROST_EVERY;
        (at + offset) % DEFROST_EVERY
    }

    fn is_visited(&self, at: Seconds) -> bool {
        let hour = (at + BEGINS_AT) % DAY / HOUR;
        let visits = if (7..22).contains(&hour) {
            VISITS_BY_DAY
        } else {
            VISITS_BY_NIGHT
        };
        let (slot, second) = (at / SLOT, (at % SLOT) as f64);
        let [comes, opens, stays] = [2, 3, 4].map(|part| self.noise.part(part));
        let open_for = stays.between(slot, OPEN_FOR.0, OPEN_FOR.1);
        let opened = opens.between(slot, 0.0, SLOT as f64 - open_for);
        self.has_door && comes.share(slot) < visits && (opened..opened + open_for).contains(&second)
    }
}
