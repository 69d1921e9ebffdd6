//! Dragino: the bytes of LHT65 and LHT65N (port 2) and of LDS01 and LDS02 (port 10), and the datalog as text.
//!
//! Big-endian throughout, temperatures in 1/100 °C, humidity in 1/10 %, battery in mV under two flag bits.

use crate::domain::Timestamp;

use super::{
    field,
    quantity::Quantity,
    raw::{self, Malformed, Raw},
    sample::{Sample, Samples},
};

/// Set in the flags of a record that was kept because nobody confirmed it.
const RETRANSMITTED: u8 = 0x80;
/// Set in the flags of a record that was asked for.
const POLLED: u8 = 0x40;
/// What is connected outside, in the flags.
const EXTERNAL: u8 = 0x0F;

/// `battery u16, air i16, humidity u16, flags u8, external [4]`; or records of 11 bytes
/// `probe i16, air i16, humidity u16, flags u8, Unix seconds u32`.
///
/// # Errors
/// [`Malformed`] if shorter than 11 bytes, or if records are not whole.
pub(super) fn lht65(bytes: &[u8]) -> Result<Raw, Malformed> {
    let (first, _) = bytes.split_first_chunk::<11>().ok_or(Malformed)?;
    if first[6] & (RETRANSMITTED | POLLED) == 0 {
        return Ok(Raw::live(live(first)));
    }
    let (records, rest) = bytes.as_chunks::<11>();
    if !rest.is_empty() {
        return Err(Malformed);
    }
    Ok(Raw {
        samples: Samples {
            live: Sample::default(),
            history: records.iter().map(record).collect(),
        },
        // The codec writes these as text, in the time zone of wherever it ran.
        overrules: true,
    })
}

fn live(frame: &[u8; 11]) -> Sample {
    let [b0, b1, a0, a1, h0, h1, flags, e0, e1, ..] = *frame;
    let mut sample = Sample {
        air: celsius([a0, a1]),
        humidity: humidity([h0, h1]),
        ..Sample::default()
    };
    match flags & EXTERNAL {
        // DS18B20, TMP117, SHT31.
        0x01 | 0x02 | 0x0B => sample.push_probe(celsius([e0, e1])),
        // DS18B20 with a timestamp: the probe takes the place of the battery.
        0x09 => {
            sample.push_probe(celsius([b0, b1]));
            return sample;
        }
        // Nothing, or something that is no thermometer.
        _ => {}
    }
    sample.battery_volts = battery([b0, b1]);
    sample
}

fn record(record: &[u8; 11]) -> Sample {
    let [p0, p1, a0, a1, h0, h1, _, t0, t1, t2, t3] = *record;
    let mut sample = Sample {
        at: raw::clock(u32::from_be_bytes([t0, t1, t2, t3])),
        air: celsius([a0, a1]),
        humidity: humidity([h0, h1]),
        ..Sample::default()
    };
    sample.push_probe(celsius([p0, p1]));
    sample
}

/// `door bit and battery u16, mode u8, openings u24, minutes u24, alarm u8`
///
/// # Errors
/// [`Malformed`] if not 10 bytes long.
pub(super) fn lds02(bytes: &[u8]) -> Result<Raw, Malformed> {
    let [status, low, mode, ..] = *<&[u8; 10]>::try_from(bytes).map_err(|_| Malformed)?;
    Ok(Raw::live(Sample {
        battery_volts: battery([status, low]),
        // Mode 2 reports water, not a door.
        door_open: (mode == 1).then_some(status & 0x80 != 0),
        ..Sample::default()
    }))
}

fn celsius(bytes: [u8; 2]) -> Quantity {
    Quantity::Value(f64::from(i16::from_be_bytes(bytes)) / 100.0)
}

fn humidity(bytes: [u8; 2]) -> Quantity {
    Quantity::Value(f64::from(u16::from_be_bytes(bytes) & 0x0FFF) / 10.0)
}

fn battery(bytes: [u8; 2]) -> Quantity {
    Quantity::Value(f64::from(u16::from_be_bytes(bytes) & 0x3FFF) / 1000.0)
}

/// `[-18.74,-18.5,67.5,2021-07-06 11:21:42],[…],`: probe, air, humidity, and a time without zone, which is UTC
/// where The Things Stack runs the codec. What has another form is left out.
pub(super) fn datalog(text: &str) -> Vec<Sample> {
    text.split(']').filter_map(entry).collect()
}

fn entry(text: &str) -> Option<Sample> {
    let mut parts = text
        .trim_start_matches([',', ' '])
        .strip_prefix('[')?
        .split(',');
    let (probe, air, humidity, time) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let mut sample = Sample {
        at: Timestamp::parse(&format!("{}Z", time.trim().replacen(' ', "T", 1))).ok(),
        air: field::quantity_in(air),
        humidity: field::quantity_in(humidity),
        ..Sample::default()
    };
    sample.push_probe(field::quantity_in(probe));
    Some(sample)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_of_another_length_are_malformed() {
        for bytes in [&[][..], &[0xCB, 0xF6, 0x0B, 0x0D, 0x03], &[0; 10]] {
            assert_eq!(lht65(bytes), Err(Malformed), "{bytes:?}");
        }
        let mut torn = [0; 21];
        torn[6] = POLLED;
        assert_eq!(lht65(&torn), Err(Malformed));
        for length in [0, 9, 11] {
            assert_eq!(lds02(&vec![0; length]), Err(Malformed), "{length}");
        }
    }

    #[test]
    fn a_leak_sensor_has_no_door() {
        let raw = lds02(&[0x8B, 0x88, 2, 0, 0, 0, 0, 0, 0, 0]).expect("ten bytes");
        assert_eq!(raw.samples.live.door_open, None);
    }

    #[test]
    fn a_datalog_entry_of_another_form_is_left_out() {
        assert_eq!(datalog("[1,2],nonsense,[],["), []);
        assert_eq!(datalog("[1,2,3,2026-01-01 00:00:00],[x").len(), 1);
    }
}
