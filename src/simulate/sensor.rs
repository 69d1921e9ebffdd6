//! Sensors in a unit: what they make of its climate and its door, and when they send it.
//!
//! `site` lets them live beside their unit, tick by tick; `payload` holds what they say.

use std::sync::Arc;

use super::{
    fleet::Device,
    model::{Climate, Conditions, Seconds, TICK},
    noise::Noise,
    payload::{Door, Payload, Thermometer},
};

/// From one report of a thermometer to the next.
pub(super) const REPORT_EVERY: Seconds = 300;

/// A door sensor that has nothing to tell says that it is alive.
const HEARTBEAT_EVERY: Seconds = 86_400;

/// Seconds in which the sensor in its housing follows the air by 63 %.
const SENSOR_LAG: f64 = 150.0;

/// Openings that a door sensor had counted before the play.
pub(super) const EARLIER_OPENINGS: u32 = 1200;

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

/// An LHT65N that hangs in a unit, its probe in the product.
#[derive(Debug)]
pub(super) struct ThermometerSensor {
    radio: Radio,
    phase: Seconds,
    /// °C of the sensor itself.
    shown: f64,
}

impl ThermometerSensor {
    /// A sensor that has been in the unit for long, and reports at this second of every period.
    pub(super) fn new(device: Device, noise: Noise, phase: Seconds, climate: &Climate) -> Self {
        Self {
            radio: Radio::new(device, noise),
            phase,
            shown: climate.air(),
        }
    }

    /// Lives through one tick; the report, if one is due.
    pub(super) fn follow(
        &mut self,
        now: Seconds,
        climate: &Climate,
        heard: bool,
    ) -> Option<Transmission> {
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

/// An LDS02 at a unit's door.
#[derive(Debug)]
pub(super) struct DoorSensor {
    radio: Radio,
    open: bool,
    since: Seconds,
    openings: u32,
    last_minutes: u32,
}

impl DoorSensor {
    /// A sensor at a closed door.
    pub(super) fn new(device: Device, noise: Noise) -> Self {
        Self {
            radio: Radio::new(device, noise),
            open: false,
            since: 0,
            openings: EARLIER_OPENINGS,
            last_minutes: 0,
        }
    }

    /// Lives through one tick; what it has to tell.
    pub(super) fn watch(&mut self, now: Seconds, conditions: &Conditions) -> Option<Transmission> {
        let changed = conditions.door_open != self.open;
        if !changed && !now.is_multiple_of(HEARTBEAT_EVERY) {
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
