//! Netvox: the report (port 6) of R711, R718A, R718AB and R720A.
//!
//! Big-endian, temperature in 1/100 °C, humidity in 1/100 %, battery in 1/10 V under a bit that calls it low.

use super::{
    quantity::Quantity,
    raw::{Malformed, Raw},
    sample::Sample,
};

/// Device types that share this layout: R711, R718A, R718AB, R720A.
const TYPES: [u8; 4] = [0x01, 0x0B, 0x13, 0x6E];
/// The first byte of every report.
const VERSION: u8 = 0x01;
/// Report of versions and a date, sent after a start.
const STARTED: u8 = 0x00;
/// Report of measurements.
const STATUS: u8 = 0x01;
/// Set in the battery that is low.
const LOW: u8 = 0x80;

/// `version u8, device type u8, report u8, battery u8, air i16, humidity u16, reserved [3]`
///
/// # Errors
/// [`Malformed`] if shorter than 8 bytes, or of another device, version or report.
pub(super) fn temperature_humidity(bytes: &[u8]) -> Result<Raw, Malformed> {
    let (frame, _) = bytes.split_first_chunk::<8>().ok_or(Malformed)?;
    let [version, device, report, battery, t0, t1, h0, h1] = *frame;
    if version != VERSION || !TYPES.contains(&device) {
        return Err(Malformed);
    }
    match report {
        STARTED => Ok(Raw::default()),
        STATUS => Ok(Raw::live(Sample {
            air: Quantity::Value(f64::from(i16::from_be_bytes([t0, t1])) / 100.0),
            humidity: Quantity::Value(f64::from(u16::from_be_bytes([h0, h1])) / 100.0),
            battery_volts: Quantity::Value(f64::from(battery & !LOW) / 10.0),
            battery_low: battery & LOW != 0,
            ..Sample::default()
        })),
        _ => Err(Malformed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_of_another_form_are_malformed() {
        for (name, frame) in [
            ("empty", ""),
            ("short", "010B012409EA1A"),
            ("another version", "020B012409EA1A90000000"),
            ("an R718B", "0195012400FD0000000000"),
            ("another report", "010B022409EA1A90000000"),
        ] {
            let bytes = hex::decode(frame).expect("hex");
            assert_eq!(temperature_humidity(&bytes), Err(Malformed), "{name}");
        }
    }

    #[test]
    fn a_start_measures_nothing() {
        let bytes = hex::decode("010B006402202008110000").expect("hex");
        assert_eq!(temperature_humidity(&bytes), Ok(Raw::default()));
    }
}
