//! Which source is believed, which thermometer counts, and what is left when none says anything.

use serde_json::{Value, json};

use super::support;
use crate::{
    devices::{MAX_MEASUREMENTS, Measurement, Profile, Source, Unusable, Uplink, measure},
    domain::{DoorPolarity, Probe},
};

fn fields(value: &Value) -> serde_json::Map<String, Value> {
    value.as_object().expect("an object").clone()
}

fn lht65n(payload: &str, decoded: &Value) -> Uplink {
    Uplink {
        f_port: 2,
        frm_payload: hex::decode(payload).expect("hex"),
        decoded_payload: fields(decoded),
        model_id: Some("lht65n".to_owned()),
        ..support::uplink()
    }
}

fn first(uplink: &Uplink, profile: &Profile<'_>) -> Measurement {
    let measurements = measure(uplink, profile).expect("a measurement");
    measurements.first().expect("at least one").clone()
}

const EXTERNAL: Profile<'_> = Profile {
    model: "",
    probe: Probe::External,
    door_polarity: DoorPolarity::Normal,
};

#[test]
fn fields_go_before_the_normalizer_and_the_normalizer_before_bytes() {
    // 3.41 °C, probe 2.73 °C, 59.8 %, 2.998 V
    let mut uplink = lht65n("CBB6015502560101117FFF", &json!({"TempC_SHT": 1.0}));
    uplink.normalized = vec![fields(
        &json!({"air": {"temperature": 2.0, "relativeHumidity": 50}}),
    )];
    let measurement = first(&uplink, &Profile::default());
    assert_eq!(measurement.temperature, Some(1.0));
    assert_eq!(measurement.humidity, Some(50.0));
    assert_eq!(measurement.battery_volts, Some(2.998));
    assert_eq!(first(&uplink, &EXTERNAL).temperature, Some(2.73));
}

#[test]
fn zeros_are_measurements() {
    let decoded = json!({"BatV": 2.998, "Hum_SHT": 0, "TempC_DS": 0, "TempC_SHT": -0.0});
    let measurement = first(&lht65n("", &decoded), &Profile::default());
    let temperature = measurement.temperature.expect("zero degrees");
    assert_eq!(temperature.to_bits(), 0.0_f64.to_bits());
    assert_eq!(measurement.humidity, Some(0.0));
    assert!(!measurement.fault);
}

#[test]
fn a_fault_in_the_fields_is_not_healed_by_another_source() {
    let mut uplink = lht65n("", &json!({"TempC_SHT": "NULL", "Hum_SHT": 50}));
    uplink.normalized = vec![fields(&json!({"air": {"temperature": 4}}))];
    let measurement = first(&uplink, &Profile::default());
    assert_eq!(measurement.temperature, None);
    assert_eq!(measurement.humidity, Some(50.0));
    assert!(measurement.fault);
}

#[test]
fn a_probe_that_is_wanted_and_missing_is_a_fault() {
    for (name, decoded) in [
        ("unplugged", json!({"TempC_SHT": 3.62, "TempC_DS": 327.67})),
        (
            "not configured",
            json!({"TempC_SHT": 3.62, "Ext_sensor": "No external sensor"}),
        ),
    ] {
        let uplink = lht65n("", &decoded);
        let external = first(&uplink, &EXTERNAL);
        assert_eq!(
            (external.temperature, external.fault),
            (None, true),
            "{name}"
        );
        let internal = first(&uplink, &Profile::default());
        assert_eq!(
            (internal.temperature, internal.fault),
            (Some(3.62), false),
            "{name}"
        );
    }
}

#[test]
fn a_normalized_part_says_nothing_of_the_probe() {
    let uplink = Uplink {
        source: Source::Normalized,
        normalized: vec![fields(&json!({"air": {"temperature": 4}}))],
        ..lht65n("", &json!({}))
    };
    let external = first(&uplink, &EXTERNAL);
    assert_eq!((external.temperature, external.fault), (None, false));
}

#[test]
fn the_first_connected_probe_counts_in_the_order_of_the_payload() {
    let decoded = json!({"Temp_White": "NULL", "Temp_Red": 7, "Temp_Black": 9});
    let uplink = Uplink {
        decoded_payload: fields(&decoded),
        ..support::uplink()
    };
    for profile in [Profile::default(), EXTERNAL] {
        let measurement = first(&uplink, &profile);
        assert_eq!(measurement.temperature, Some(7.0));
        assert!(!measurement.fault);
    }
}

#[test]
fn a_value_outside_the_range_of_its_sensor_is_a_fault() {
    for (model, celsius, fault) in [
        ("LHT65N", 125.0, false),
        ("LHT65N", 125.01, true),
        ("LHT65N", -40.01, true),
        ("", 200.0, false),
        ("", 327.67, true),
        ("", -327.68, true),
        ("", 3276.7, true),
        ("", -2048.0, true),
    ] {
        let uplink = Uplink {
            decoded_payload: fields(&json!({"temperature": celsius})),
            ..support::uplink()
        };
        let profile = Profile {
            model,
            ..Profile::default()
        };
        let measurement = first(&uplink, &profile);
        assert_eq!(measurement.fault, fault, "{model} {celsius}");
        assert_eq!(
            measurement.temperature.is_none(),
            fault,
            "{model} {celsius}"
        );
    }
}

#[test]
fn the_model_that_people_give_goes_before_that_of_the_network() {
    let uplink = Uplink {
        model_id: Some("em300-th".to_owned()),
        decoded_payload: fields(&json!({"battery": 3})),
        ..support::uplink()
    };
    let browan = Profile {
        model: "browan tbhh100",
        ..Profile::default()
    };
    assert_eq!(first(&uplink, &browan).battery_volts, Some(3.0));
    assert_eq!(
        first(&uplink, &Profile::default()).battery_percent,
        Some(3.0)
    );
}

#[test]
fn polarity_turns_a_door_around() {
    let inverted = Profile {
        door_polarity: DoorPolarity::Inverted,
        ..Profile::default()
    };
    let uplink = Uplink {
        decoded_payload: fields(&json!({"DOOR_OPEN_STATUS": 1})),
        ..support::uplink()
    };
    assert_eq!(first(&uplink, &Profile::default()).door_open, Some(true));
    assert_eq!(first(&uplink, &inverted).door_open, Some(false));
}

#[test]
fn bytes_of_a_backlog_go_before_the_text_of_the_codec() {
    let local_time = json!({"retransmission_message": "[-18.74,-18.5,67.5,2021-07-06 13:21:42],"});
    let uplink = lht65n("F8AEF8C602A38160E43CC6", &local_time);
    let measurement = first(&uplink, &Profile::default());
    let at = measurement.at.expect("its own time").to_string();
    assert_eq!(at, "2021-07-06T11:21:42.000Z");
    assert!(measurement.history);
}

#[test]
fn bytes_go_before_the_fields_of_a_codec_that_is_known_to_be_wrong() {
    let of = |model: &str, f_port, payload: &str, decoded: &Value| Uplink {
        f_port,
        model_id: Some(model.to_owned()),
        ..lht65n(payload, decoded)
    };
    let only_first = json!({"history": [{"timestamp": 1_700_000_000, "temperature": -18.4}]});
    let three = "20CE00F1536548FF7820CE58F3536552FF7820CEB0F553655CFF79";
    let uplink = of("em300-th", 85, three, &only_first);
    let measurements = measure(&uplink, &Profile::default()).expect("a backlog");
    let temperatures: Vec<_> = measurements.iter().map(|m| m.temperature).collect();
    assert_eq!(temperatures, [-18.4, -17.4, -16.4].map(Some));

    let without_sign = json!({"temperature": 223.3, "thermistorProperlyConnected": true});
    let uplink = of("open-close", 2, "01AB08B91B5CAE01", &without_sign);
    assert_eq!(first(&uplink, &Profile::default()).temperature, Some(-18.5));
}

#[test]
fn an_uplink_without_a_measurement_says_why() {
    let frame = |f_port, payload: &[u8], decoded| Uplink {
        f_port,
        frm_payload: payload.to_vec(),
        decoded_payload: fields(&decoded),
        ..support::uplink()
    };
    let backlog: Vec<Value> = (0..=MAX_MEASUREMENTS)
        .map(|_| json!({"temperature": 4}))
        .collect();
    for (name, uplink, why) in [
        ("port 0", frame(0, &[], json!({})), Unusable::NoMeasurement),
        (
            "nothing but identity",
            frame(2, &[], json!({})),
            Unusable::NoMeasurement,
        ),
        (
            "a version report",
            frame(6, &[1, 11], json!({"SWver": 10})),
            Unusable::NoMeasurement,
        ),
        (
            "a version in bytes that we can read",
            Uplink {
                model_id: Some("r718a".to_owned()),
                ..frame(6, &[1, 0x0B, 0, 100, 2, 32, 32, 8, 17, 0, 0], json!({}))
            },
            Unusable::NoMeasurement,
        ),
        (
            "a model without decoder",
            frame(2, &[1, 11], json!({})),
            Unusable::Undecodable,
        ),
        (
            "a truncated frame",
            lht65n("CBF60B0D03", &json!({})),
            Unusable::Undecodable,
        ),
        (
            "more than a frame can hold",
            frame(85, &[1], json!({"history": backlog})),
            Unusable::Undecodable,
        ),
    ] {
        assert_eq!(measure(&uplink, &Profile::default()), Err(why), "{name}");
    }
}
