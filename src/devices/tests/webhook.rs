//! Every request of `webhook-examples.json`, as its `expect` says.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use super::support::fixture;
use crate::{
    devices::{
        Envelope, Measurement, Message, OtherKind, Profile, ReadingKeys, Source, Uplink, measure,
        parse, reading_keys,
    },
    domain::{DeviceId, Probe, Timestamp},
};

#[derive(Deserialize)]
struct Request {
    name: String,
    body: Value,
}

fn envelopes() -> HashMap<String, Envelope> {
    let requests: Vec<Request> = fixture!("webhook-examples.json");
    requests
        .into_iter()
        .map(|request| {
            let body = serde_json::to_vec(&request.body).expect("JSON");
            (request.name, parse(&body).expect("a JSON object"))
        })
        .collect()
}

fn uplink(envelope: &Envelope) -> &Uplink {
    match &envelope.message {
        Message::Uplink(uplink) => uplink,
        other => panic!("not an uplink: {other:?}"),
    }
}

/// Name; °C of the internal sensor and of the probe; %; battery V and %.
type Expected = (
    &'static str,
    [Option<f64>; 2],
    Option<f64>,
    [Option<f64>; 2],
);

const MEASURED: &[Expected] = &[
    (
        "normal uplink",
        [Some(3.41), Some(2.73)],
        Some(59.8),
        [Some(2.998), None],
    ),
    (
        "zero degrees",
        [Some(0.0), Some(0.0)],
        Some(60.1),
        [Some(2.998), None],
    ),
    (
        "f_cnt omitted (0) after a join",
        [Some(-21.0); 2],
        Some(45.0),
        [None, Some(100.0)],
    ),
    (
        "rssi, snr and channel_index omitted",
        [None; 2],
        None,
        [Some(2.952), None],
    ),
    (
        "decoder failed upstream",
        [Some(3.55), Some(2.81)],
        Some(60.4),
        [Some(2.996), None],
    ),
    (
        "uplink_normalized alone",
        [Some(4.0); 2],
        Some(50.0),
        [None; 2],
    ),
    (
        "text battery",
        [Some(4.2); 2],
        Some(67.0),
        [Some(3.1), None],
    ),
    (
        "probe missing",
        [Some(3.62), None],
        Some(60.6),
        [Some(2.996), None],
    ),
    (
        "negative freezer temperature",
        [Some(-21.6); 2],
        Some(51.0),
        [None; 2],
    ),
    (
        "unknown device",
        [Some(4.12), Some(4.0)],
        Some(55.5),
        [Some(3.012), None],
    ),
    (
        LATE,
        [Some(5.2), Some(4.98)],
        Some(58.8),
        [Some(2.998), None],
    ),
    (
        SEVERAL_GATEWAYS,
        [Some(3.66), Some(2.9)],
        Some(60.5),
        [Some(2.996), None],
    ),
    ("simulated", [Some(18.5); 2], Some(50.0), [Some(3.0), None]),
];

const LATE: &str = "late uplink (held by the network for two hours)";
const SEVERAL_GATEWAYS: &str = "several gateways, one over Packet Broker";

#[test]
fn every_uplink_gives_what_the_example_expects() {
    let envelopes = envelopes();
    for (name, temperatures, humidity, [volts, percent]) in MEASURED {
        for (probe, temperature) in [Probe::Internal, Probe::External].iter().zip(temperatures) {
            let profile = Profile {
                probe: *probe,
                ..Profile::default()
            };
            let expected = Measurement {
                temperature: *temperature,
                humidity: *humidity,
                door_open: (*name == "rssi, snr and channel_index omitted").then_some(true),
                battery_percent: *percent,
                battery_volts: *volts,
                battery_low: *name == "text battery",
                fault: *name == "probe missing" && *probe == Probe::External,
                ..Measurement::default()
            };
            let measured = measure(uplink(&envelopes[*name]), &profile).expect(name);
            assert_eq!(measured, [expected], "{name} {probe:?}");
        }
        assert_eq!(envelopes[*name].simulated, *name == "simulated", "{name}");
    }
}

#[test]
fn messages_without_a_reading_are_known() {
    let envelopes = envelopes();
    for (name, kind) in [
        ("join accept", OtherKind::JoinAccept),
        ("downlink ack", OtherKind::DownlinkAck),
        ("downlink failed, no dev_eui", OtherKind::DownlinkFailed),
        ("location solved", OtherKind::LocationSolved),
        ("service data", OtherKind::ServiceData),
    ] {
        assert_eq!(envelopes[name].message, Message::Other(kind), "{name}");
    }
    let failed = &envelopes["downlink failed, no dev_eui"];
    assert_eq!(failed.network_time(), None);
    assert_eq!(failed.identity.dev_eui, None);
    assert_eq!(
        (
            failed.identity.application_id.as_deref(),
            failed.identity.device_id.as_deref()
        ),
        (Some("cold-chain-demo"), Some("eui-a84041b6218263f5"))
    );
}

#[test]
fn the_surroundings_of_a_reading_are_read() {
    let envelopes = envelopes();
    let normal = &envelopes["normal uplink"];
    let time = |envelope: &Envelope| envelope.network_time().map(|at| at.to_string());
    assert_eq!(time(normal).as_deref(), Some("2026-11-24T05:40:12.318Z"));
    assert_eq!(normal.identity.dev_eui.as_deref(), Some("A84041B6218263F5"));
    assert_eq!((uplink(normal).f_port, uplink(normal).f_cnt), (2, 1841));
    assert_eq!(uplink(normal).source, Source::Full);
    let late = &envelopes[LATE];
    assert_eq!(time(late).as_deref(), Some("2026-11-24T03:40:12.118Z"));
    let simulated = &envelopes["simulated"];
    assert_eq!(time(simulated).as_deref(), Some("2026-11-24T06:22:00.201Z"));
    let joined = uplink(&envelopes["f_cnt omitted (0) after a join"]);
    assert_eq!(joined.f_cnt, 0);
    let normalized = uplink(&envelopes["uplink_normalized alone"]);
    assert_eq!(normalized.source, Source::Normalized);
}

#[test]
fn the_best_gateway_gives_the_signal_and_foreign_ones_are_not_ours() {
    let envelopes = envelopes();
    for (name, signal, gateways) in [
        ("normal uplink", Some(-71.0), &["kitchen-gw-1"][..]),
        (SEVERAL_GATEWAYS, Some(-68.0), &["kitchen-gw-1", "roof-gw"]),
        (
            "rssi, snr and channel_index omitted",
            None,
            &["kitchen-gw-1"],
        ),
    ] {
        let uplink = uplink(&envelopes[name]);
        assert_eq!(uplink.signal, signal, "{name}");
        assert_eq!(uplink.gateways, gateways, "{name}");
    }
}

#[test]
fn a_retransmission_is_recognised_and_a_rejoin_is_not_taken_for_one() {
    let envelopes = envelopes();
    let keys = |name: &str| -> Vec<ReadingKeys> {
        let uplink = uplink(&envelopes[name]);
        let measurements = measure(uplink, &Profile::default()).expect(name);
        let arrival = Timestamp::from_millis(0);
        reading_keys(DeviceId(Uuid::nil()), uplink, arrival, &measurements)
    };
    let normal = keys("normal uplink");
    assert_eq!(
        keys("retransmission: the normal uplink delivered again"),
        normal
    );
    for other in [
        "rejoin: f_cnt small again in a new session",
        LATE,
        "zero degrees",
    ] {
        assert_ne!(keys(other), normal, "{other}");
    }
}
