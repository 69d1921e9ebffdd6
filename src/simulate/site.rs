//! Several units side by side, second by second, and what their sensors send, in the order of time.
//!
//! An endless iterator. What no gateway hears is in it too, so that a silence takes its time. Bound: what waits is
//! what the sensors send within one tick, at most two frames a unit.

use std::collections::VecDeque;

use super::{
    fleet::Unit,
    model::{Climate, Conditions, Incident, Routine, Seconds, TICK},
    noise::Noise,
    sensor::{DoorSensor, REPORT_EVERY, ThermometerSensor, Transmission},
};

/// A place where units are played.
#[derive(Debug)]
pub(super) struct Site {
    units: Vec<PlayedUnit>,
    incidents: Vec<Incident>,
    now: Seconds,
    waiting: VecDeque<Transmission>,
}

impl Site {
    /// Units that have been running for long, and what will go wrong in them.
    pub(super) fn new(units: Vec<Unit>, incidents: Vec<Incident>, seed: u64) -> Self {
        let noise = Noise::new(seed);
        let count = u64::try_from(units.len()).unwrap_or(u64::MAX).max(1);
        let played = |(index, unit)| {
            let phase = REPORT_EVERY * index / count;
            PlayedUnit::new(unit, phase - phase % TICK, noise.part(index))
        };
        Self {
            units: (0..).zip(units).map(played).collect(),
            incidents,
            now: 0,
            waiting: VecDeque::new(),
        }
    }

    fn tick(&mut self) {
        for (index, unit) in self.units.iter_mut().enumerate() {
            let ordinary = unit.routine.conditions(self.now);
            let conditions = self.incidents.iter().fold(ordinary, |so_far, incident| {
                incident.upon(index, self.now, so_far)
            });
            unit.live(self.now, &conditions, &mut self.waiting);
        }
        self.now += TICK;
    }
}

impl Iterator for Site {
    type Item = Transmission;

    /// `None` only for a site without sensors.
    fn next(&mut self) -> Option<Transmission> {
        if !self.units.iter().any(PlayedUnit::has_sensors) {
            return None;
        }
        while self.waiting.is_empty() {
            self.tick();
        }
        self.waiting.pop_front()
    }
}

#[derive(Debug)]
struct PlayedUnit {
    routine: Routine,
    climate: Climate,
    thermometer: Option<ThermometerSensor>,
    door: Option<DoorSensor>,
}

impl PlayedUnit {
    fn new(unit: Unit, phase: Seconds, noise: Noise) -> Self {
        let cabinet = unit.cabinet.set_warmer(noise.part(0).between(0, -0.3, 0.2));
        let climate = Climate::settled(cabinet);
        Self {
            routine: Routine::new(noise.part(1), &cabinet),
            thermometer: unit
                .thermometer
                .map(|device| ThermometerSensor::new(device, noise.part(2), phase, &climate)),
            door: unit
                .door
                .map(|device| DoorSensor::new(device, noise.part(3))),
            climate,
        }
    }

    const fn has_sensors(&self) -> bool {
        self.thermometer.is_some() || self.door.is_some()
    }

    fn live(&mut self, now: Seconds, conditions: &Conditions, sent: &mut VecDeque<Transmission>) {
        self.climate.advance(conditions, TICK as f64);
        if let Some(thermometer) = &mut self.thermometer {
            sent.extend(thermometer.follow(now, &self.climate, conditions.heard));
        }
        if let Some(door) = &mut self.door {
            sent.extend(door.watch(now, conditions));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::{
        domain::UnitKind,
        simulate::{
            fleet::Fleet, model::Scenario, payload::Payload, seed::DEMO_FOODS,
            sensor::EARLIER_OPENINGS,
        },
    };

    const HOUR: Seconds = 3600;

    fn demo(scenario: Scenario, seed: u64) -> Site {
        let incidents = scenario.incident().into_iter().collect();
        Site::new(Fleet::Demo.units(), incidents, seed)
    }

    fn until(site: Site, end: Seconds) -> Vec<Transmission> {
        site.take_while(|sent| sent.at < end).collect()
    }

    /// The place of the unit of a thermometer.
    fn place(sent: &Transmission) -> usize {
        usize::try_from(sent.device.dev_eui.0 & 0xFF).expect("eight bits") - 1
    }

    #[test]
    fn a_seed_gives_one_play() {
        let play = |seed| until(demo(Scenario::Normal, seed), 6 * HOUR);
        assert_eq!(play(1), play(1));
        assert_ne!(play(1), play(2));
    }

    #[test]
    fn every_thermometer_reports_every_five_minutes_and_counts_its_frames() {
        let mut counts: BTreeMap<_, u32> = BTreeMap::new();
        let sent = until(demo(Scenario::Normal, 1), HOUR);
        assert!(sent.is_sorted_by_key(|frame| frame.at));
        for frame in &sent {
            let count = counts.entry(frame.device.dev_eui).or_default();
            assert_eq!(frame.f_cnt, *count);
            *count += 1;
        }
        let door = counts.pop_last().expect("the door");
        assert_eq!(counts.values().copied().collect::<Vec<_>>(), [12; 8]);
        assert!(door.1 > 1, "opened in an hour of a morning");
    }

    #[test]
    fn a_door_tells_of_each_turn_and_counts_its_openings() {
        let mut was_open = true;
        let mut openings = EARLIER_OPENINGS;
        for frame in until(demo(Scenario::Normal, 1), 12 * HOUR) {
            let Payload::Door(door) = frame.payload else {
                continue;
            };
            assert_ne!(door.open, was_open);
            openings += u32::from(door.open);
            assert_eq!(door.openings, openings);
            was_open = door.open;
        }
        assert!(openings > EARLIER_OPENINGS + 10, "{openings}");
    }

    #[test]
    fn a_silence_takes_frames_away_and_no_numbers() {
        let heard = |scenario| {
            let sent = until(demo(scenario, 1), 4 * HOUR);
            let ordinary = until(demo(Scenario::Normal, 1), 4 * HOUR);
            assert_eq!(sent.len(), ordinary.len());
            move |device: u64, at: Seconds| {
                let mut frames = sent.iter().filter(|frame| {
                    frame.device.dev_eui.0 & 0xFFFF == device
                        && (at..at + REPORT_EVERY).contains(&frame.at)
                });
                frames.any(|frame| frame.heard)
            }
        };
        let lost = heard(Scenario::SensorLost);
        let outage = heard(Scenario::GatewayOutage);
        for (device, at, sensor_lost, gateway_outage) in [
            (1, 0, true, true),
            (1, HOUR, false, false),
            (2, HOUR, true, false),
            (1, 3 * HOUR, false, true),
            (2, 3 * HOUR, true, true),
        ] {
            assert_eq!(lost(device, at), sensor_lost, "{device} at {at}");
            assert_eq!(outage(device, at), gateway_outage, "{device} at {at}");
        }
    }

    #[test]
    fn a_quiet_month_is_reported_within_limits() {
        let kinds: Vec<UnitKind> = DEMO_FOODS.units.iter().map(|(_, kind, _)| *kind).collect();
        for sent in until(demo(Scenario::Normal, 2026), 30 * 24 * HOUR) {
            let Payload::Thermometer(measured) = sent.payload else {
                continue;
            };
            let limits = kinds[place(&sent)].built_in_limits();
            let inside = limits.max.is_none_or(|max| measured.air <= max - 0.02)
                && limits.min.is_none_or(|min| measured.air >= min + 0.02);
            assert!(
                inside,
                "unit {}: {:.2} at {}",
                place(&sent),
                measured.air,
                sent.at
            );
            assert!(
                (2.6..3.1).contains(&measured.battery),
                "{}",
                measured.battery
            );
        }
    }

    #[test]
    fn a_site_without_sensors_sends_nothing() {
        assert_eq!(Site::new(Vec::new(), Vec::new(), 1).next(), None);
    }
}
