//! Elsys: the bytes of ERS and EMS (port 5 unless configured), a list of `type u8, value`.
//!
//! Big-endian, temperatures in 1/10 °C, humidity in %, supply in mV. The length of a value is known by its type only,
//! so what follows an unknown type stays unread.

use super::{
    catalog::DoorField,
    quantity::Quantity,
    raw::{self, Malformed, Raw},
    sample::Sample,
};

/// Any sensor of the maker; `door` tells whether its digital input is a contact of a door.
///
/// # Errors
/// [`Malformed`] if nothing at the start of the frame can be read.
pub(super) fn sensor(bytes: &[u8], door: DoorField) -> Result<Raw, Malformed> {
    let mut sample = Sample::default();
    let mut rest = bytes;
    while let Some(after) = item(rest, door, &mut sample) {
        rest = after;
    }
    if rest.len() == bytes.len() {
        return Err(Malformed);
    }
    Ok(Raw::live(sample))
}

/// Reads the first item; what is left after it, None if it is unknown or cut off.
fn item<'a>(bytes: &'a [u8], door: DoorField, sample: &mut Sample) -> Option<&'a [u8]> {
    match bytes {
        [0x01, t0, t1, rest @ ..] => {
            sample.air = celsius([*t0, *t1]);
            Some(rest)
        }
        [0x02, percent, rest @ ..] => {
            sample.humidity = Quantity::Value(f64::from(*percent));
            Some(rest)
        }
        [0x07, v0, v1, rest @ ..] => {
            let millivolts = u16::from_be_bytes([*v0, *v1]);
            sample.battery_volts = Quantity::Value(f64::from(millivolts) / 1000.0);
            Some(rest)
        }
        [0x0C | 0x19, t0, t1, rest @ ..] => {
            sample.push_probe(celsius([*t0, *t1]));
            Some(rest)
        }
        [0x0D, input, rest @ ..] => {
            if door == DoorField::Digital {
                sample.door_open = raw::contact(*input);
            }
            Some(rest)
        }
        [other, rest @ ..] => rest.get(width(*other)?..),
        [] => None,
    }
}

/// Bytes of a value that is no measurement of ours: acceleration, light, motion, CO2, pulses, pressure and the like.
fn width(other: u8) -> Option<usize> {
    match other {
        0x05 | 0x0F | 0x11 | 0x12 | 0x1A => Some(1),
        0x04 | 0x06 | 0x08 | 0x0A | 0x0E | 0x15 | 0x16 | 0x18 | 0x1C => Some(2),
        0x03 => Some(3),
        0x0B | 0x10 | 0x14 | 0x17 | 0x1B | 0x3D => Some(4),
        0x09 => Some(6),
        // One reference and 64 pixels.
        0x13 => Some(65),
        _ => None,
    }
}

fn celsius(bytes: [u8; 2]) -> Quantity {
    Quantity::Value(f64::from(i16::from_be_bytes(bytes)) / 10.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(frame: &str, door: DoorField) -> Sample {
        let bytes = hex::decode(frame).expect("hex");
        sensor(&bytes, door).expect(frame).samples.live
    }

    #[test]
    fn what_follows_an_unknown_or_torn_item_stays_unread() {
        for frame in ["0100E2", "0100E2FE0229", "0100E202", "0100E21300"] {
            let sample = read(frame, DoorField::Named);
            let expected = Sample {
                air: Quantity::Value(22.6),
                ..Sample::default()
            };
            assert_eq!(sample, expected, "{frame}");
        }
        for bytes in [&[][..], &[0x01, 0x00], &[0x00, 0x01, 0x00, 0xE2]] {
            assert_eq!(sensor(bytes, DoorField::Named), Err(Malformed), "{bytes:?}");
        }
    }

    #[test]
    fn a_digital_input_is_a_door_only_on_a_door_sensor() {
        for (frame, door, open) in [
            ("0D01", DoorField::Digital, Some(true)),
            ("0D00", DoorField::Digital, Some(false)),
            ("0D02", DoorField::Digital, None),
            ("0D01", DoorField::Named, None),
        ] {
            assert_eq!(read(frame, door).door_open, open, "{frame} {door:?}");
        }
    }

    #[test]
    fn external_sensors_are_probes_in_the_order_of_the_payload() {
        let sample = read("19FF380C00D21900DC", DoorField::Named);
        let probes = [-20.0, 21.0, 22.0].map(Quantity::Value);
        assert_eq!(sample.probes, probes);
    }
}
