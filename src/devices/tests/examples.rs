//! Every row of `uplink-examples.json`: from its decoded fields, and from its bytes where we have a decoder.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::support::{self, fixture};
use crate::{
    devices::{Measurement, Profile, Unusable, Uplink, catalog, measure, raw},
    domain::{Probe, Timestamp},
};

/// Rows whose fields give more, or less, than their `want` says, with the reason.
const SET_ASIDE: &[(&str, &str)] = &[(
    "1c203080e7",
    "port 3 of the LHT65N is a list without times: only its battery is read",
)];

/// Rows whose bytes give more than their `want` says, or less, with the reason.
const BYTES_SET_ASIDE: &[(&str, &str)] = &[
    (
        "0ae939ea93",
        "the published example of the LDS01 lacks its last three bytes",
    ),
    (
        "e9317c6ae4",
        "three records, of which the codec of the EM300-TH finds the first only",
    ),
];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Example {
    id: String,
    vendor: String,
    codec: String,
    f_port: u8,
    bytes: String,
    output: Option<Output>,
    want: Option<Want>,
}

#[derive(Deserialize, Default)]
struct Output {
    #[serde(default)]
    data: Map<String, Value>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Want {
    time: Option<Timestamp>,
    temperature: Option<f64>,
    probe_temperature: Option<f64>,
    probes: Map<String, Value>,
    humidity: Option<f64>,
    battery_v: Option<f64>,
    battery_pct: Option<f64>,
    low_battery: bool,
    door_open: Option<bool>,
    history: Vec<Want>,
    fault: Vec<String>,
}

impl Want {
    fn first_probe(&self) -> Option<f64> {
        let named = self.probes.values().next().and_then(Value::as_f64);
        self.probe_temperature.or(named)
    }

    fn is_faulty(&self, quantity: &str) -> bool {
        self.fault.iter().any(|fault| fault == quantity)
    }

    /// Any fault that is not of another quantity is of a probe, by its name.
    fn has_faulty_probe(&self) -> bool {
        self.fault
            .iter()
            .any(|fault| fault != "temperature" && fault != "humidity")
    }

    fn measurement(&self, probe: Probe, has_both: bool, history: bool) -> Measurement {
        let (internal, external) = (self.temperature, self.first_probe());
        let internal_faulty = self.is_faulty("temperature");
        let only_probes = internal.is_none() && !internal_faulty;
        let external_faulty = external.is_none() && self.has_faulty_probe();
        let (temperature, faulty) = match probe {
            Probe::Internal if only_probes => (external, external_faulty),
            Probe::Internal => (internal, internal_faulty),
            Probe::External if external.is_some() || external_faulty => (external, external_faulty),
            Probe::External if has_both => (None, internal.is_some()),
            Probe::External => (internal, internal_faulty),
        };
        Measurement {
            at: self.time,
            history,
            temperature,
            humidity: self.humidity,
            door_open: self.door_open,
            battery_percent: self.battery_pct,
            battery_volts: self.battery_v,
            battery_low: self.low_battery,
            fault: faulty || self.is_faulty("humidity"),
        }
    }

    fn measurements(&self, probe: Probe, has_both: bool) -> Vec<Measurement> {
        let live = self.measurement(probe, has_both, false);
        let history = self.history.iter();
        let history = history.map(|entry| entry.measurement(probe, has_both, true));
        Some(live)
            .filter(|live| *live != Measurement::default())
            .into_iter()
            .chain(history)
            .collect()
    }
}

fn examples() -> Vec<Example> {
    fixture!("uplink-examples.json")
}

fn uplink(example: &Example) -> Uplink {
    Uplink {
        f_port: example.f_port,
        brand_id: Some(example.vendor.clone()),
        model_id: Some(example.codec.clone()),
        ..support::uplink()
    }
}

fn check(example: &Example, want: &Want, uplink: &Uplink) {
    // A thermistor that tells whether it is connected is a probe beside the sensor in the housing.
    let has_both = catalog::find("", uplink).has_both
        || uplink
            .decoded_payload
            .contains_key("thermistorProperlyConnected");
    for probe in [Probe::Internal, Probe::External] {
        let profile = Profile {
            probe,
            ..Profile::default()
        };
        let want = want.measurements(probe, has_both);
        let got = match measure(uplink, &profile) {
            Ok(measurements) => measurements,
            Err(Unusable::NoMeasurement) => Vec::new(),
            Err(Unusable::Undecodable) => panic!("{} is decodable", example.id),
        };
        assert_eq!(rounded(got), rounded(want), "{} {probe:?}", example.id);
    }
}

/// `want` has four decimals where a codec has twenty.
fn rounded(mut measurements: Vec<Measurement>) -> Vec<Measurement> {
    for measurement in &mut measurements {
        for value in [&mut measurement.temperature, &mut measurement.humidity] {
            *value = value.map(|value| (value * 1000.0).round() / 1000.0);
        }
    }
    measurements
}

#[test]
fn decoded_fields_give_what_the_row_wants() {
    let mut checked = 0;
    for example in examples() {
        let Some(want) = &example.want else { continue };
        if SET_ASIDE.iter().any(|(id, _)| *id == example.id) {
            continue;
        }
        let uplink = Uplink {
            decoded_payload: example
                .output
                .as_ref()
                .map_or_else(Map::new, |o| o.data.clone()),
            ..uplink(&example)
        };
        check(&example, want, &uplink);
        checked += 1;
    }
    assert_eq!(checked, 177);
}

#[test]
fn bytes_give_what_the_row_wants() {
    let mut checked = 0;
    for example in examples() {
        let Some(want) = &example.want else { continue };
        let uplink = Uplink {
            frm_payload: hex::decode(&example.bytes).expect("hex"),
            ..uplink(&example)
        };
        let sensor = catalog::find("", &uplink);
        let is_ours = raw::decode(sensor, uplink.f_port, &uplink.frm_payload).is_some();
        if is_ours && BYTES_SET_ASIDE.iter().all(|(id, _)| *id != example.id) {
            check(&example, want, &uplink);
            checked += 1;
        }
    }
    assert_eq!(checked, 66);
}

#[test]
fn a_list_of_temperatures_without_times_gives_none() {
    let all = examples();
    for (id, _) in SET_ASIDE {
        let example = all.iter().find(|example| example.id == *id).expect(id);
        let uplink = Uplink {
            decoded_payload: example.output.as_ref().expect("an output").data.clone(),
            ..uplink(example)
        };
        let measurements = measure(&uplink, &Profile::default()).expect("its battery");
        assert_eq!(
            measurements,
            [Measurement {
                battery_volts: Some(3.269),
                ..Measurement::default()
            }]
        );
    }
}
