//! No body and no frame makes the decoders panic, or give a number that no sensor can measure.
//!
//! `RUSTC_BOOTSTRAP=1 cargo fuzz run uplink` in the root; `input` says what the bytes mean.
#![no_main]

mod input;

use freshtrack::{
    devices::{MAX_MEASUREMENTS, Measurement, Message, Profile, Source, Uplink, measure, parse},
    domain::{DoorPolarity, Probe},
};
use libfuzzer_sys::fuzz_target;

use input::Input;

fuzz_target!(|data: &[u8]| match Input::read(data) {
    Some(Input::Body(body)) => try_body(body),
    Some(Input::Frame {
        model,
        f_port,
        bytes,
    }) => try_uplink(&frame(f_port, bytes), model),
    None => {}
});

fn try_body(body: &[u8]) {
    if let Ok(envelope) = parse(body)
        && let Message::Uplink(uplink) = envelope.message
    {
        try_uplink(&uplink, "");
    }
}

fn frame(f_port: u8, bytes: &[u8]) -> Uplink {
    Uplink {
        source: Source::Full,
        session_key_id: None,
        f_port,
        f_cnt: 0,
        frm_payload: bytes.to_vec(),
        decoded_payload: Default::default(),
        normalized: Vec::new(),
        received_at: None,
        signal: None,
        gateways: Vec::new(),
        brand_id: None,
        model_id: None,
    }
}

fn try_uplink(uplink: &Uplink, model: &str) {
    for probe in [Probe::Internal, Probe::External] {
        let profile = Profile {
            model,
            probe,
            door_polarity: DoorPolarity::Normal,
        };
        let measurements = measure(uplink, &profile).unwrap_or_default();
        assert!(measurements.len() <= MAX_MEASUREMENTS);
        measurements.iter().for_each(assert_possible);
    }
}

fn assert_possible(measurement: &Measurement) {
    for (value, possible) in [
        (measurement.temperature, -100.0..=200.0),
        (measurement.humidity, 0.0..=100.0),
        (measurement.battery_percent, 0.0..=100.0),
        (measurement.battery_volts, 0.0..=60.0),
    ] {
        assert!(
            value.is_none_or(|value| possible.contains(&value)),
            "{measurement:?}"
        );
    }
}
