//! What the sensors send: the bytes of Dragino's LHT65N and LDS02, and what the network's codec makes of them.
//!
//! `sensor` fills these in, `envelope` wraps them. The decoders of the same bytes are in `devices`.

use serde_json::{Value, json};

/// A frame's worth of measurements.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Payload {
    /// An LHT65N with its external probe.
    Thermometer(Thermometer),
    /// An LDS02.
    Door(Door),
}

/// What an LHT65N measures.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Thermometer {
    /// °C in the housing.
    pub(super) air: f64,
    /// °C of the probe.
    pub(super) probe: f64,
    /// Relative, %.
    pub(super) humidity: f64,
    /// V.
    pub(super) battery: f64,
}

/// What an LDS02 counts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Door {
    /// Whether the contact is open.
    pub(super) open: bool,
    /// Openings since the battery was put in; 24 bits.
    pub(super) openings: u32,
    /// How long the last one lasted, whole minutes; 24 bits.
    pub(super) last_minutes: u32,
    /// V.
    pub(super) battery: f64,
}

/// Says that a DS18B20 hangs on the LHT65N.
const PROBE_DS18B20: u8 = 0x01;

/// The LDS02 watches a door, not a leak.
const DOOR_MODE: u8 = 1;

impl Payload {
    /// The port that such frames are sent on.
    pub(super) const fn f_port(&self) -> u8 {
        match self {
            Self::Thermometer(_) => 2,
            Self::Door(_) => 10,
        }
    }

    /// The model as the network's device repository calls it.
    pub(super) const fn model_id(&self) -> &'static str {
        match self {
            Self::Thermometer(_) => "lht65n",
            Self::Door(_) => "lds02",
        }
    }

    /// The bytes, as the device sends them.
    pub(super) fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Thermometer(thermometer) => thermometer.bytes().to_vec(),
            Self::Door(door) => door.bytes().to_vec(),
        }
    }

    /// What the maker's codec returns for the bytes.
    pub(super) fn decoded(&self) -> Value {
        match self {
            Self::Thermometer(thermometer) => thermometer.decoded(),
            Self::Door(door) => door.decoded(),
        }
    }
}

impl Thermometer {
    /// `status and battery u16 (2+14 bits, mV), air i16 and humidity u16 and probe (1/100 °C, 1/10 %)`.
    fn bytes(&self) -> [u8; 11] {
        let battery = u16::from(self.battery_status()) << 14 | millivolts(self.battery);
        let [b0, b1] = battery.to_be_bytes();
        let [a0, a1] = hundredths(self.air).to_be_bytes();
        let [h0, h1] = tenths(self.humidity).to_be_bytes();
        let [p0, p1] = hundredths(self.probe).to_be_bytes();
        [b0, b1, a0, a1, h0, h1, PROBE_DS18B20, p0, p1, 0x7F, 0xFF]
    }

    fn decoded(&self) -> Value {
        json!({
            "BatV": f64::from(millivolts(self.battery)) / 1000.0,
            "Bat_status": self.battery_status(),
            "Ext_sensor": "Temperature Sensor",
            "Hum_SHT": f64::from(tenths(self.humidity)) / 10.0,
            "TempC_DS": f64::from(hundredths(self.probe)) / 100.0,
            "TempC_SHT": f64::from(hundredths(self.air)) / 100.0,
        })
    }

    /// 0 very low to 3 good, by the thresholds of the maker's manual.
    const fn battery_status(&self) -> u8 {
        match millivolts(self.battery) {
            0..=2500 => 0,
            2501..=2550 => 1,
            2551..=2650 => 2,
            _ => 3,
        }
    }
}

impl Door {
    /// `open and battery u16 (1+14 bits, mV), mode u8, openings u24, minutes u24, alarm u8`.
    fn bytes(&self) -> [u8; 10] {
        let open = u16::from(self.open) << 15;
        let [b0, b1] = (open | millivolts(self.battery)).to_be_bytes();
        let [_, n0, n1, n2] = self.openings.to_be_bytes();
        let [_, m0, m1, m2] = self.last_minutes.to_be_bytes();
        [b0, b1, DOOR_MODE, n0, n1, n2, m0, m1, m2, 0]
    }

    fn decoded(&self) -> Value {
        json!({
            "ALARM": 0,
            "BAT_V": f64::from(millivolts(self.battery)) / 1000.0,
            "DOOR_OPEN_STATUS": u8::from(self.open),
            "DOOR_OPEN_TIMES": self.openings & 0x00FF_FFFF,
            "LAST_DOOR_OPEN_DURATION": self.last_minutes & 0x00FF_FFFF,
            "MOD": DOOR_MODE,
        })
    }
}

// A cast from f64 saturates, and what a sensor cannot say is never asked of it.

fn hundredths(celsius: f64) -> i16 {
    (celsius * 100.0).round() as i16
}

fn tenths(percent: f64) -> u16 {
    (percent * 10.0).round() as u16
}

const fn millivolts(volts: f64) -> u16 {
    let millivolts = (volts * 1000.0).round() as u16;
    if millivolts > 0x3FFF {
        0x3FFF
    } else {
        millivolts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn thermometer(air: f64, probe: f64, humidity: f64, battery: f64) -> Payload {
        Payload::Thermometer(Thermometer {
            air,
            probe,
            humidity,
            battery,
        })
    }

    #[test]
    fn the_bytes_are_those_of_real_devices() {
        let open = Payload::Door(Door {
            open: true,
            openings: 37,
            last_minutes: 3,
            battery: 2.952,
        });
        let closed = Payload::Door(Door {
            open: false,
            openings: 7091,
            last_minutes: 0,
            battery: 2.952,
        });
        for (payload, f_port, bytes) in [
            (
                thermometer(28.29, 27.81, 88.6, 3.062),
                2,
                "CBF60B0D0376010ADD7FFF",
            ),
            (
                thermometer(-18.5, -18.74, 67.5, 3.062),
                2,
                "CBF6F8C602A301F8AE7FFF",
            ),
            (
                thermometer(-0.01, -0.01, 100.0, 2.2),
                2,
                "0898FFFF03E801FFFF7FFF",
            ),
            (open, 10, "8B880100002500000300"),
            (closed, 10, "0B8801001BB300000000"),
        ] {
            let sent = hex::encode_upper(payload.bytes());
            assert_eq!((payload.f_port(), sent.as_str()), (f_port, bytes));
        }
    }

    #[test]
    fn what_the_codec_returns_is_what_the_bytes_say() {
        let decoded = thermometer(2.7349, 3.4051, 59.84, 2.9979).decoded();
        assert_eq!(
            decoded,
            json!({"BatV": 2.998, "Bat_status": 3, "Ext_sensor": "Temperature Sensor",
                   "Hum_SHT": 59.8, "TempC_DS": 3.41, "TempC_SHT": 2.73})
        );
    }
}
