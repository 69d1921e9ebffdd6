//! MClimate: the keep-alive (port 2) of the HT and Open/Close sensors.
//!
//! Big-endian. It stands at the end of a frame, behind the answers to commands if there are any. The thermistor is
//! told in 1/10 °C with its ten bits over two bytes, beside the bits that call it negative or not connected.

use super::{
    quantity::Quantity,
    raw::{Malformed, Raw},
    sample::Sample,
};

/// First byte of a keep-alive.
const KEEP_ALIVE: u8 = 0x01;
/// In its place when the reed switch has moved, or the button was pushed.
const REED_SWITCH: u8 = 0x20;
const BUTTON: u8 = 0x21;

/// The thermistor's bits: negative (Open/Close only), not connected, the highest of its value.
const NEGATIVE: u8 = 0x08;
const NOT_CONNECTED: u8 = 0x04;
const HIGH_BITS: u8 = 0x03;

/// `01, air u16 with an offset of 40 °C, humidity u8 in 1/256, battery u8, thermistor [2]`; the oldest firmware has
/// no thermistor.
///
/// # Errors
/// [`Malformed`] if there is no keep-alive at the end.
pub(super) fn ht(bytes: &[u8]) -> Result<Raw, Malformed> {
    match (bytes, bytes.last_chunk::<7>()) {
        ([KEEP_ALIVE, t0, t1, humidity, battery], _) => {
            Ok(Raw::live(indoor([*t0, *t1], *humidity, *battery)))
        }
        (_, Some([KEEP_ALIVE, t0, t1, humidity, battery, high, low])) => {
            let mut sample = indoor([*t0, *t1], *humidity, *battery);
            sample.push_probe(thermistor(*high & !NEGATIVE, *low));
            Ok(Raw::live(sample))
        }
        _ => Err(Malformed),
    }
}

fn indoor(temperature: [u8; 2], humidity: u8, battery: u8) -> Sample {
    let tenths = f64::from(u16::from_be_bytes(temperature)) - 400.0;
    Sample {
        air: Quantity::Value(tenths / 10.0),
        // To the two decimals of the published codec: a frame is the same number whoever decodes it.
        humidity: Quantity::Value((f64::from(humidity) * 10_000.0 / 256.0).round() / 100.0),
        // The published codecs read the upper half of the byte, tenths over 2 V; its lower half is below their step.
        battery_volts: Quantity::Value(f64::from(20 + (battery >> 4)) / 10.0),
        ..Sample::default()
    }
}

/// `01, 20 or 21, battery u8 in 8 mV over 1.6 V, thermistor [2], counter u24, contact u8`
///
/// # Errors
/// [`Malformed`] if there is no keep-alive at the end.
pub(super) fn open_close(bytes: &[u8]) -> Result<Raw, Malformed> {
    let Some(
        [
            KEEP_ALIVE | REED_SWITCH | BUTTON,
            battery,
            high,
            low,
            _,
            _,
            _,
            contact,
        ],
    ) = bytes.last_chunk::<8>()
    else {
        return Err(Malformed);
    };
    Ok(Raw {
        // The published codec takes the sign for a part of the value.
        overrules: *high & NEGATIVE != 0,
        ..Raw::live(Sample {
            air: thermistor(*high, *low),
            battery_volts: Quantity::Value(f64::from(1600 + u16::from(*battery) * 8) / 1000.0),
            door_open: Some(*contact & 1 != 0),
            ..Sample::default()
        })
    })
}

fn thermistor(high: u8, low: u8) -> Quantity {
    if high & NOT_CONNECTED != 0 {
        return Quantity::Impossible;
    }
    let celsius = f64::from(u16::from_be_bytes([high & HIGH_BITS, low])) / 10.0;
    let negative = high & NEGATIVE != 0;
    Quantity::Value(if negative { -celsius } else { celsius })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn live(frame: &str, decode: fn(&[u8]) -> Result<Raw, Malformed>) -> Sample {
        let bytes = hex::decode(frame).expect("hex");
        decode(&bytes).expect(frame).samples.live
    }

    #[test]
    fn a_thermistor_has_a_sign_only_on_the_open_close_sensor() {
        for (frame, celsius) in [
            ("01AB00D91B5CAE01", Quantity::Value(21.7)),
            ("01AB08B91B5CAE01", Quantity::Value(-18.5)),
            ("01AB0A9C1B5CAE01", Quantity::Value(-66.8)),
            ("01AB04001B5CAE01", Quantity::Impossible),
            ("01AB0C001B5CAE01", Quantity::Impossible),
        ] {
            assert_eq!(live(frame, open_close).air, celsius, "{frame}");
        }
        for (frame, celsius) in [
            ("01028880AB029C", Quantity::Value(66.8)),
            ("01028880AB0A9C", Quantity::Value(66.8)),
            ("01028880AB0400", Quantity::Impossible),
        ] {
            assert_eq!(live(frame, ht).probes, [celsius], "{frame}");
        }
    }

    #[test]
    fn a_keep_alive_is_found_behind_the_answers_to_commands() {
        let alone = live("01028880AB029C", ht);
        assert_eq!(live("120A01028880AB029C", ht), alone);
        let alone = live("01AB00D91B5CAE01", open_close);
        assert_eq!(live("1B0001AB00D91B5CAE01", open_close), alone);
    }

    #[test]
    fn every_event_of_a_door_tells_its_state() {
        for (frame, open) in [
            ("01AB00D91B5CAE01", true),
            ("20AB00D91B5CAE00", false),
            ("21AB00D91B5CAEFF", true),
        ] {
            assert_eq!(live(frame, open_close).door_open, Some(open), "{frame}");
        }
    }

    #[test]
    fn frames_without_a_keep_alive_are_malformed() {
        for frame in ["", "01", "0102888000AB", "02028880AB029C", "0401"] {
            let bytes = hex::decode(frame).expect("hex");
            assert_eq!(ht(&bytes), Err(Malformed), "{frame}");
        }
        for frame in ["", "01AB00D91B5CAE", "22AB00D91B5CAE01"] {
            let bytes = hex::decode(frame).expect("hex");
            assert_eq!(open_close(&bytes), Err(Malformed), "{frame}");
        }
    }
}
