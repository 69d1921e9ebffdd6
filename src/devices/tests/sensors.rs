//! Every sensor that we can read from its bytes, under the name that people give it.

use super::support;
use crate::{
    devices::{Measurement, Profile, Uplink, measure},
    domain::Probe,
};

/// Model; port; bytes; °C inside and of the probe; %; battery V and %; door.
type Row = (
    &'static str,
    u8,
    &'static str,
    [Option<f64>; 2],
    Option<f64>,
    [Option<f64>; 2],
    Option<bool>,
);

const ROWS: &[Row] = &[
    (
        "LHT65",
        2,
        "CBF60B0D0376010ADD7FFF",
        [Some(28.29), Some(27.81)],
        Some(88.6),
        [Some(3.062), None],
        None,
    ),
    (
        "Dragino LHT65N",
        2,
        "CBF6F8C602A301F8AE7FFF",
        [Some(-18.5), Some(-18.74)],
        Some(67.5),
        [Some(3.062), None],
        None,
    ),
    (
        "LDS02",
        10,
        "8B880100002500000300",
        [None; 2],
        None,
        [Some(2.952), None],
        Some(true),
    ),
    (
        "EM300-TH",
        85,
        "0175320367C80004683C",
        [Some(20.0); 2],
        Some(30.0),
        [None, Some(50.0)],
        None,
    ),
    (
        "EM320-TH",
        85,
        "01755C03673401046865",
        [Some(30.8); 2],
        Some(50.5),
        [None, Some(92.0)],
        None,
    ),
    (
        "Milesight EM300-MCS",
        85,
        "017532036744FF04683C060001",
        [Some(-18.8); 2],
        Some(30.0),
        [None, Some(50.0)],
        Some(true),
    ),
    (
        "ERS",
        5,
        "0100E202290400270506060308070D62",
        [Some(22.6); 2],
        Some(41.0),
        [Some(3.426), None],
        None,
    ),
    (
        "Elsys EMS Door",
        12,
        "0100D20CFF380D00",
        [Some(21.0), Some(-20.0)],
        None,
        [None; 2],
        Some(false),
    ),
    (
        "R718A",
        6,
        "010B012409EA1A90000000",
        [Some(25.38); 2],
        Some(68.0),
        [Some(3.6), None],
        None,
    ),
    (
        "MClimate HT",
        2,
        "01028880AB029C",
        [Some(24.8), Some(66.8)],
        Some(50.0),
        [Some(3.0), None],
        None,
    ),
    (
        "MClimate Open/Close",
        2,
        "01AB00D91B5CAE01",
        [Some(21.7); 2],
        None,
        [Some(2.968), None],
        Some(true),
    ),
];

fn uplink(f_port: u8, payload: &str) -> Uplink {
    Uplink {
        f_port,
        frm_payload: hex::decode(payload).expect("hex"),
        ..support::uplink()
    }
}

fn measured(model: &str, probe: Probe, uplink: &Uplink) -> Vec<Measurement> {
    let profile = Profile {
        model,
        probe,
        ..Profile::default()
    };
    measure(uplink, &profile).expect(model)
}

#[test]
fn every_sensor_is_read_from_its_bytes() {
    for (model, f_port, payload, temperatures, humidity, [volts, percent], door_open) in ROWS {
        for (probe, temperature) in [Probe::Internal, Probe::External].iter().zip(temperatures) {
            let expected = Measurement {
                temperature: *temperature,
                humidity: *humidity,
                door_open: *door_open,
                battery_volts: *volts,
                battery_percent: *percent,
                ..Measurement::default()
            };
            let measured = measured(model, *probe, &uplink(*f_port, payload));
            assert_eq!(measured, [expected], "{model} {probe:?}");
        }
    }
}

#[test]
fn impossible_values_in_the_bytes_are_faults() {
    for (name, model, f_port, payload) in [
        ("the mark of a fault", "R718AB", 6, "0113012A7FFF1A90000000"),
        ("below the element", "EM300-TH", 85, "03676FFE046801"),
        ("more than all humidity", "EM320-TH", 85, "0468C9"),
        ("more than a full battery", "EM300-MCS", 85, "017565"),
        ("above the element", "ERS", 5, "0104E3"),
        (
            "no thermistor",
            "MClimate Open/Close",
            2,
            "01AB04001B5CAE01",
        ),
    ] {
        for measurement in measured(model, Probe::Internal, &uplink(f_port, payload)) {
            assert!(measurement.fault, "{name}: {measurement:?}");
            assert_eq!(measurement.temperature, None, "{name}");
        }
    }
}
