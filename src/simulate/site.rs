//! Several units side by side, second by second, and what their sensors send, in the order of time.
//!
//! An endless iterator. What no gateway hears is in it too, so that a silence takes its time. Bound: what waits is
//! what the sensors send within one tick, at most two frames a unit.

use std::{collections::VecDeque, sync::Arc};

use super::{
    fleet::{Device, Unit},
    model::{Climate, Conditions, Incident, Routine, Seconds},
    noise::Noise,
    payload::{Door, Payload, Thermometer},
};

/// How finely time is cut, seconds.
const TICK: Seconds = 5;

/// From one report of a thermometer to the next.
pub(super) const REPORT_EVERY: Seconds = 300;

/// A door sensor that has nothing to tell says that it is alive.
const HEARTBEAT_EVERY: Seconds = 86_400;

/// Seconds in which the sensor in its housing follows the air by 63 %.
const SENSOR_LAG: f64 = 150.0;

/// Openings that a door sensor had counted before the play.
const EARLIER_OPENINGS: u32 = 1200;

/// One frame that a sensor sends.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Transmission {
    /// Who sends it.
    pub(super) device: Arc<Device>,
    /// When, in the physical world.
    pub(super) at: Seconds,
    /// Its number; the first frame after a join has 0.
    pub(super) f_cnt: u32,
    /// What is in it.
    pub(super) payload: Payload,
    /// How strong it comes in, dBm.
    pub(super) rssi: i32,
    /// How far above the noise, dB.
    pub(super) snr: f64,
    /// Whether a gateway hears it.
    pub(super) heard: bool,
}

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
            thermometer: unit.thermometer.map(|device| ThermometerSensor {
                radio: Radio::new(device, noise.part(2)),
                phase,
                shown: climate.air(),
            }),
            door: unit.door.map(|device| DoorSensor {
                radio: Radio::new(device, noise.part(3)),
                open: false,
                since: 0,
                openings: EARLIER_OPENINGS,
                last_minutes: 0,
            }),
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

#[derive(Debug)]
struct ThermometerSensor {
    radio: Radio,
    phase: Seconds,
    /// °C of the sensor itself.
    shown: f64,
}

impl ThermometerSensor {
    fn follow(&mut self, now: Seconds, climate: &Climate, heard: bool) -> Option<Transmission> {
        self.shown += (climate.air() - self.shown) * TICK as f64 / SENSOR_LAG;
        if now % REPORT_EVERY != self.phase {
            return None;
        }
        let error = self.radio.noise.part(0);
        let frame = u64::from(self.radio.f_cnt);
        let payload = Payload::Thermometer(Thermometer {
            air: self.shown + error.part(0).between(frame, -0.04, 0.04),
            probe: climate.product() + error.part(1).between(frame, -0.03, 0.03),
            humidity: (climate.humidity() + error.part(2).between(frame, -0.8, 0.8))
                .clamp(0.0, 100.0),
            // A lithium cell gives less in the cold.
            battery: self.radio.battery() + 0.003 * (self.shown - 20.0),
        });
        Some(self.radio.send(now, payload, heard))
    }
}

#[derive(Debug)]
struct DoorSensor {
    radio: Radio,
    open: bool,
    since: Seconds,
    openings: u32,
    last_minutes: u32,
}

impl DoorSensor {
    fn watch(&mut self, now: Seconds, conditions: &Conditions) -> Option<Transmission> {
        let changed = conditions.door_open != self.open;
        if !changed && now % HEARTBEAT_EVERY != 0 {
            return None;
        }
        if changed {
            self.turn(now, conditions.door_open);
        }
        let payload = Payload::Door(Door {
            open: self.open,
            openings: self.openings,
            last_minutes: self.last_minutes,
            battery: self.radio.battery(),
        });
        Some(self.radio.send(now, payload, conditions.heard))
    }

    fn turn(&mut self, now: Seconds, open: bool) {
        if open {
            self.openings = self.openings.wrapping_add(1);
        } else {
            self.last_minutes = u32::try_from((now - self.since) / 60).unwrap_or(u32::MAX);
        }
        self.open = open;
        self.since = now;
    }
}

#[derive(Debug)]
struct Radio {
    device: Arc<Device>,
    noise: Noise,
    f_cnt: u32,
}

impl Radio {
    fn new(device: Device, noise: Noise) -> Self {
        Self {
            device: Arc::new(device),
            noise,
            f_cnt: 0,
        }
    }

    /// V at room temperature.
    fn battery(&self) -> f64 {
        self.noise.part(1).between(0, 2.98, 3.07)
    }

    /// A frame; it is counted whether it is heard or not.
    fn send(&mut self, at: Seconds, payload: Payload, heard: bool) -> Transmission {
        let frame = u64::from(self.f_cnt);
        let distance = self.noise.part(2).between(0, -96.0, -64.0);
        let rssi = (distance + self.noise.part(3).between(frame, -4.0, 4.0)).round();
        let transmission = Transmission {
            device: Arc::clone(&self.device),
            at,
            f_cnt: self.f_cnt,
            payload,
            rssi: rssi as i32,
            // In steps of a quarter, as gateways tell it; near the noise it sinks.
            snr: ((11.0 + 0.25 * (rssi + 80.0).min(0.0)) * 4.0).round() / 4.0,
            heard,
        };
        self.f_cnt = self.f_cnt.wrapping_add(1);
        transmission
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::{
        domain::UnitKind,
        simulate::{fleet::Fleet, model::Scenario, seed::DEMO_FOODS},
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
