//! Milesight: the bytes of EM300-TH, EM320-TH and EM300-MCS (port 85), a list of `channel u8, type u8, value`.
//!
//! Little-endian, temperatures in 1/10 °C, humidity in 1/2 %. The length of a value is known by its channel only,
//! so what follows an unknown channel stays unread.

use super::{
    quantity::Quantity,
    raw::{self, Malformed, Raw},
    sample::{Sample, Samples},
};

/// What the byte after the humidity of a record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Eighth {
    Reserved,
    Magnet,
}

/// EM300-TH and EM320-TH.
///
/// # Errors
/// [`Malformed`] if nothing at the start of the frame can be read.
pub(super) fn em300_th(bytes: &[u8]) -> Result<Raw, Malformed> {
    let samples = items(bytes, Eighth::Reserved)?;
    Ok(Raw {
        // The published codec of the EM300-TH loses records that are sent without the reserved byte.
        overrules: samples.history.len() > 1,
        samples,
    })
}

/// EM300-MCS.
///
/// # Errors
/// [`Malformed`] if nothing at the start of the frame can be read.
pub(super) fn em300_mcs(bytes: &[u8]) -> Result<Raw, Malformed> {
    Ok(Raw {
        samples: items(bytes, Eighth::Magnet)?,
        overrules: false,
    })
}

fn items(bytes: &[u8], eighth: Eighth) -> Result<Samples, Malformed> {
    let mut samples = Samples::default();
    let mut rest = bytes;
    while let Some(after) = item(rest, eighth, &mut samples) {
        rest = after;
    }
    if rest.len() == bytes.len() {
        return Err(Malformed);
    }
    Ok(samples)
}

/// Reads the first item; what is left after it, None if it is unknown or cut off.
fn item<'a>(bytes: &'a [u8], eighth: Eighth, samples: &mut Samples) -> Option<&'a [u8]> {
    let live = &mut samples.live;
    match bytes {
        [0x01, 0x75, percent, rest @ ..] => {
            live.battery_percent = Quantity::Value(f64::from(*percent));
            Some(rest)
        }
        [0x03, 0x67, t0, t1, rest @ ..] => {
            live.air = celsius([*t0, *t1]);
            Some(rest)
        }
        [0x04, 0x68, half_percents, rest @ ..] => {
            live.humidity = humidity(*half_percents);
            Some(rest)
        }
        [0x06, 0x00, magnet, rest @ ..] => {
            live.door_open = raw::contact(*magnet);
            Some(rest)
        }
        [0x20, 0xCE, rest @ ..] => {
            let (record, rest) = record(rest, eighth)?;
            samples.history.push(record);
            Some(rest)
        }
        [0xFF, attribute, rest @ ..] => rest.get(attribute_width(*attribute)?..),
        _ => None,
    }
}

/// `Unix seconds u32, air i16, humidity u8, eighth u8`. Devices leave the eighth byte out; then the next record or
/// the end of the frame is in its place.
fn record(bytes: &[u8], eighth: Eighth) -> Option<(Sample, &[u8])> {
    let (record, rest) = bytes.split_first_chunk::<7>()?;
    let [s0, s1, s2, s3, t0, t1, half_percents] = *record;
    let mut sample = Sample {
        at: raw::clock(u32::from_le_bytes([s0, s1, s2, s3])),
        air: celsius([t0, t1]),
        humidity: humidity(half_percents),
        ..Sample::default()
    };
    match rest {
        [] | [0x20, 0xCE, ..] => Some((sample, rest)),
        [magnet, rest @ ..] => {
            if eighth == Eighth::Magnet {
                sample.door_open = raw::contact(*magnet);
            }
            Some((sample, rest))
        }
    }
}

/// Bytes of what the device says of itself: versions, serial number, class, start.
fn attribute_width(attribute: u8) -> Option<usize> {
    match attribute {
        0x01 | 0x0B | 0x0F | 0xFE => Some(1),
        0x09 | 0x0A | 0xFF => Some(2),
        0x16 => Some(8),
        _ => None,
    }
}

fn celsius(bytes: [u8; 2]) -> Quantity {
    Quantity::Value(f64::from(i16::from_le_bytes(bytes)) / 10.0)
}

fn humidity(half_percents: u8) -> Quantity {
    Quantity::Value(f64::from(half_percents) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn history(frame: &str, decode: fn(&[u8]) -> Result<Raw, Malformed>) -> Vec<Sample> {
        let bytes = hex::decode(frame).expect("hex");
        decode(&bytes).expect(frame).samples.history
    }

    fn at(seconds: u32, celsius: f64, percent: f64) -> Sample {
        Sample {
            at: raw::clock(seconds),
            air: Quantity::Value(celsius),
            humidity: Quantity::Value(percent),
            ..Sample::default()
        }
    }

    #[test]
    fn records_are_read_with_and_without_their_eighth_byte() {
        let two = [
            at(1_700_000_000, -18.4, 60.0),
            at(1_700_000_600, -17.4, 60.0),
        ];
        for frame in [
            "20CE00F1536548FF7820CE58F3536552FF78",
            "20CE00F1536548FF780020CE58F3536552FF7800",
            // Cut off in the third.
            "20CE00F1536548FF7820CE58F3536552FF7820CEB0F5",
        ] {
            assert_eq!(history(frame, em300_th), two, "{frame}");
        }
        let unset = "20CE0000000048FF78";
        assert_eq!(history(unset, em300_th), [at(0, -18.4, 60.0)]);
    }

    #[test]
    fn the_eighth_byte_is_a_door_only_where_there_is_a_magnet() {
        let frame = "20CE9E74466310015D01";
        let read = at(1_665_561_758, 27.2, 46.5);
        assert_eq!(history(frame, em300_th), std::slice::from_ref(&read));
        let open = Sample {
            door_open: Some(true),
            ..read
        };
        assert_eq!(history(frame, em300_mcs), [open]);
    }

    #[test]
    fn a_frame_that_starts_with_nothing_known_is_malformed() {
        for bytes in [
            &[][..],
            &[0x03],
            &[0x03, 0x67, 0x34],
            &[0xFE, 0xFE, 1],
            &[0xFF, 0x16, 0],
        ] {
            assert_eq!(em300_th(bytes), Err(Malformed), "{bytes:?}");
        }
    }
}
