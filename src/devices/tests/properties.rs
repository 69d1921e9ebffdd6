//! Anything at all: no bytes and no JSON make the room panic or give a value that the sensor cannot have measured.

use proptest::{collection::vec, prelude::*};
use serde_json::{Map, Value};

use super::{corpus::input::MODELS, support};
use crate::{
    devices::{
        MAX_MEASUREMENTS, Message, Profile, Uplink, catalog, measure, parse, quantity::Range,
    },
    domain::{DoorPolarity, Probe},
};

/// How the items of several makers start; what follows is chance.
const STARTS: &[&[u8]] = &[
    &[0x01, 0x75],
    &[0x03, 0x67],
    &[0x04, 0x68],
    &[0x06, 0x00],
    &[0x20, 0xCE],
    &[0xFF, 0x16],
    &[0x01, 0x0B, 0x01],
    &[0x01],
    &[0x02],
    &[0x07],
    &[0x0C],
    &[0x0D],
    &[0x20],
];

const KEYS: &[&str] = &[
    "temperature",
    "Temp",
    "TempC_SHT",
    "TempC_DS",
    "Temp_Red",
    "externalTemperature2",
    "temperature_1",
    "tempNOW",
    "humidity",
    "Hum_SHT",
    "humNOW",
    "battery",
    "BatV",
    "vdd",
    "Volt",
    "batLevel",
    "door",
    "status",
    "digital",
    "reed_state",
    "DoorWindow",
    "value",
    "timestamp",
    "time",
    "history",
    "readings",
    "data",
    "label",
    "messages",
    "measurementId",
    "measurementValue",
    "msgType",
    "thermistorProperlyConnected",
    "DATALOG",
    "air",
    "relativeHumidity",
];

const TEXTS: &[&str] = &[
    "NULL",
    "3.1(low battery)",
    "-0.5",
    "open",
    "4097",
    "Temperature",
    "SendBackLogMessage",
    "Laird_Contact_Sensor",
    "[-18.74,-18.5,67.5,2021-07-06 11:21:42],",
    "[,,,],[é",
    "2026-11-24T05:40:12.318Z",
    "..",
    "-",
];

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        (-400.0..700.0).prop_map(Value::from),
        proptest::sample::select(TEXTS).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::from),
            entries(inner).prop_map(Value::from),
        ]
    })
}

fn entries(values: impl Strategy<Value = Value>) -> impl Strategy<Value = Map<String, Value>> {
    let key = proptest::sample::select(KEYS).prop_map(str::to_owned);
    vec((key, values), 0..10).prop_map(|entries| entries.into_iter().collect())
}

fn any_items() -> impl Strategy<Value = Vec<u8>> {
    let item = (proptest::sample::select(STARTS), vec(any::<u8>(), 0..9));
    vec(item, 1..12).prop_map(|items| {
        let flat = items.into_iter();
        flat.flat_map(|(start, value)| [start.to_vec(), value].concat())
            .collect()
    })
}

pub(super) fn assert_possible(uplink: &Uplink, model: &str) {
    let sensor = catalog::find(model, uplink);
    for probe in [Probe::Internal, Probe::External] {
        let profile = Profile {
            model,
            probe,
            door_polarity: DoorPolarity::Inverted,
        };
        let measurements = measure(uplink, &profile).unwrap_or_default();
        assert!(measurements.len() <= MAX_MEASUREMENTS);
        for measurement in measurements {
            for (value, ranges) in [
                (measurement.temperature, [sensor.air, sensor.probe]),
                (measurement.humidity, [Range::PERCENT; 2]),
                (measurement.battery_percent, [Range::PERCENT; 2]),
                (measurement.battery_volts, [Range::VOLTS; 2]),
            ] {
                let Some(value) = value else { continue };
                let possible = ranges.iter().any(|r| r.low <= value && value <= r.high);
                assert!(possible, "{value} of {model}: {uplink:?}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_body_is_read_or_refused(body in vec(any::<u8>(), 0..200)) {
        let _ = parse(&body);
    }

    #[test]
    fn any_object_is_a_message(body in entries(any_value()), uplink in entries(any_value())) {
        let mut body = body;
        body.insert("uplink_message".to_owned(), Value::from(uplink));
        let text = serde_json::to_vec(&body).expect("JSON");
        if let Message::Uplink(uplink) = parse(&text).expect("an object").message {
            assert_possible(&uplink, "");
        }
    }

    #[test]
    fn any_bytes_give_possible_values(
        model in proptest::sample::select(MODELS),
        f_port in prop_oneof![Just(2), Just(6), Just(10), Just(85), any::<u8>()],
        bytes in prop_oneof![vec(any::<u8>(), 5..12), vec(any::<u8>(), 0..244), any_items()],
    ) {
        let uplink = Uplink { f_port, frm_payload: bytes, ..support::uplink() };
        assert_possible(&uplink, model);
    }

    #[test]
    fn any_fields_give_possible_values(
        model in proptest::sample::select(MODELS),
        decoded in entries(any_value()),
        normalized in vec(entries(any_value()), 0..3),
    ) {
        let uplink = Uplink { decoded_payload: decoded, normalized, ..support::uplink() };
        assert_possible(&uplink, model);
    }
}
