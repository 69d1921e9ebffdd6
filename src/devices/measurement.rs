//! An uplink -> what the device measured, judged by what its sensor can measure and by how it is set up.

use crate::domain::{DoorPolarity, Probe, Timestamp};

use super::{
    catalog::{self, Sensor},
    decoded, normalized,
    quantity::Quantity,
    raw::{self, Raw},
    sample::{Sample, Samples},
    uplink::{Source, Uplink},
};

/// Measurements that one uplink can hold: a frame has at most 242 bytes. More make it undecodable.
pub const MAX_MEASUREMENTS: usize = 256;

/// How a device is set up, as far as it bears on its measurements.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Profile<'a> {
    /// What people call the model; may be empty, then the network's word counts.
    pub model: &'a str,
    /// Which thermometer counts.
    pub probe: Probe,
    /// How its contact is mounted.
    pub door_polarity: DoorPolarity,
}

/// What a device measured at one moment. Every value is within the range of its sensor.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Measurement {
    /// Its own time, where the uplink tells one; else it is of the uplink's time.
    pub at: Option<Timestamp>,
    /// Of a backlog: never the latest.
    pub history: bool,
    /// °C.
    pub temperature: Option<f64>,
    /// Relative, %.
    pub humidity: Option<f64>,
    /// Whether the door stands open.
    pub door_open: Option<bool>,
    /// Battery charge, %.
    pub battery_percent: Option<f64>,
    /// Battery voltage, V.
    pub battery_volts: Option<f64>,
    /// The sensor itself calls its battery low.
    pub battery_low: bool,
    /// Something that this device should measure came as a value that cannot be, and was left out.
    pub fault: bool,
}

/// Why an uplink gives no measurement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// A frame that holds none: port 0, a configuration, a version. The device is alive, and that is all.
    #[error("the uplink holds no measurement")]
    NoMeasurement,
    /// Bytes that neither the network nor we can read.
    #[error("the uplink cannot be decoded")]
    Undecodable,
}

/// Everything that an uplink says: the moment of the frame first, then its backlog in the order of the payload.
/// A measurement may be a battery, a door or a mere fault.
///
/// # Errors
/// [`Unusable`] if it says nothing, or more than [`MAX_MEASUREMENTS`] things.
pub fn measure(uplink: &Uplink, profile: &Profile<'_>) -> Result<Vec<Measurement>, Unusable> {
    let sensor = catalog::find(profile.model, uplink);
    let raw = raw::decode(sensor, uplink.f_port, &uplink.frm_payload).and_then(Result::ok);
    let was_read = raw.is_some();
    let samples = believed(uplink, sensor, raw);
    if samples.is_empty() {
        return Err(reason(uplink, was_read));
    }
    if samples.history.len() >= MAX_MEASUREMENTS {
        return Err(Unusable::Undecodable);
    }
    let live = Some((samples.live, false));
    let history = samples.history.into_iter().map(|sample| (sample, true));
    Ok(live
        .into_iter()
        .chain(history)
        .filter(|(sample, _)| !sample.is_empty())
        .map(|(sample, history)| Measurement {
            history,
            ..measurement(&sample.judged(sensor), sensor, uplink.source, profile)
        })
        .collect())
}

/// The sources in order of belief; a later one adds only what the ones before it do not mention.
fn believed(uplink: &Uplink, sensor: &Sensor, raw: Option<Raw>) -> Samples {
    let codec = decoded::read(&uplink.decoded_payload, sensor);
    let normalizer = normalized::read(&uplink.normalized, uplink.received_at);
    let in_order = match raw {
        Some(Raw { samples, overrules }) if overrules => [samples, codec, normalizer],
        raw => [
            codec,
            normalizer,
            raw.map(|raw| raw.samples).unwrap_or_default(),
        ],
    };
    let mut believed = Samples::default();
    for samples in in_order {
        believed.live.at = believed.live.at.or(samples.live.at);
        believed.complete(samples);
    }
    believed
}

fn reason(uplink: &Uplink, was_read: bool) -> Unusable {
    let nothing_to_decode = uplink.f_port == 0 || uplink.frm_payload.is_empty();
    let was_decoded = !uplink.decoded_payload.is_empty() || !uplink.normalized.is_empty();
    if nothing_to_decode || was_decoded || was_read {
        Unusable::NoMeasurement
    } else {
        Unusable::Undecodable
    }
}

fn measurement(
    sample: &Sample,
    sensor: &Sensor,
    source: Source,
    profile: &Profile<'_>,
) -> Measurement {
    let temperature = temperature(sample, sensor, source, profile.probe);
    let inverted = profile.door_polarity == DoorPolarity::Inverted;
    Measurement {
        at: sample.at,
        history: false,
        temperature: temperature.value(),
        humidity: sample.humidity.value(),
        door_open: sample.door_open.map(|open| open != inverted),
        battery_percent: sample.battery_percent.value(),
        battery_volts: sample.battery_volts.value(),
        battery_low: sample.battery_low,
        fault: [
            temperature,
            sample.humidity,
            sample.battery_percent,
            sample.battery_volts,
        ]
        .contains(&Quantity::Impossible),
    }
}

fn temperature(sample: &Sample, sensor: &Sensor, source: Source, probe: Probe) -> Quantity {
    match (probe, sample.first_probe(), sample.air) {
        (Probe::Internal, probe, air) => air.or(probe),
        (Probe::External, Quantity::Absent, Quantity::Absent) => Quantity::Absent,
        // The normalizer tells of one thermometer only; the whole frame that follows tells of the probe.
        (Probe::External, Quantity::Absent, _) if sensor.has_both => match source {
            Source::Full => Quantity::Impossible,
            Source::Normalized => Quantity::Absent,
        },
        (Probe::External, probe, air) => probe.or(air),
    }
}
