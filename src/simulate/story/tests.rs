//! The story as the server sees it: bodies decoded by `devices`, judged by `alerts`, at the time of their cues.

use std::{collections::BTreeMap, ops::Range, time::Duration};

use uuid::Uuid;

use super::{Cue, FAILING, Rate, SPEED, at_rate, demo};
use crate::{
    alerts::{Input, Output, UnitIdentity, UnitState, decide},
    devices::{self, Measurement, Message, Profile},
    domain::{
        AlertId, AlertTransition, EffectiveRule, OrganizationId, Severity, SiteId, Timestamp,
        UnitId, UnitKind, UnitStatus,
    },
    simulate::{envelope, fleet::Fleet, model::Scenario, seed::DEMO_FOODS},
};

/// When the curtain rises.
fn curtain() -> Timestamp {
    Timestamp::from_millis(1_800_000_000_000)
}

/// What the server makes of a cue: low bits of the EUI, the moment, the measurement.
fn taken(cue: &Cue) -> (u64, Timestamp, Measurement) {
    let due = i64::try_from(cue.due.as_millis()).expect("hours");
    let now = curtain().plus_millis(due);
    let body = envelope::body(&cue.transmission, curtain(), now, Uuid::nil());
    let envelope = devices::parse(body.as_bytes()).expect("JSON");
    let at = envelope.network_time().expect("a time");
    let Message::Uplink(uplink) = envelope.message else {
        panic!("no uplink: {body}");
    };
    let measured = devices::measure(&uplink, &Profile::default()).expect("a measurement");
    assert_eq!(measured.len(), 1, "{body}");
    let eui = cue.transmission.device.dev_eui.0 & 0xFFFF;
    (eui, at, measured[0].clone())
}

/// A unit of the demo with the limits of its kind.
fn pending((index, (name, kind, _)): (u64, &(&str, UnitKind, usize))) -> (u64, Judged) {
    let state = UnitState {
        unit: UnitIdentity {
            id: UnitId(Uuid::from_u128(index.into())),
            organization_id: OrganizationId(Uuid::nil()),
            site_id: SiteId(Uuid::nil()),
            name: (*name).to_owned(),
        },
        status: UnitStatus::Pending,
        status_since: curtain(),
        last: None,
        excursion: None,
    };
    let rule = EffectiveRule::resolve(*kind, []);
    (DEMO_FOODS.first_eui + index, Judged { state, rule })
}

struct Judged {
    state: UnitState,
    rule: EffectiveRule,
}

impl Judged {
    fn take(&mut self, at: Timestamp, celsius: Option<f64>) -> Vec<Output> {
        let input = Input::Reading {
            at,
            celsius,
            interval_seconds: 600,
            new_alert: AlertId(Uuid::nil()),
        };
        let (state, outputs) = decide(self.state.clone(), &self.rule, input);
        self.state = state;
        outputs
    }
}

/// Every event of an alert in the first part of the story: its unit, the second, what happened.
fn alerts(length: Duration) -> Vec<(String, i64, AlertTransition, Severity)> {
    let mut units: BTreeMap<u64, Judged> = (0..).zip(DEMO_FOODS.units).map(pending).collect();
    let mut told = Vec::new();
    for cue in demo().take_while(|cue| cue.due < length) {
        let (eui, at, measured) = taken(&cue);
        let Some(unit) = units.get_mut(&eui) else {
            assert!(measured.door_open.is_some(), "{eui:X} is no thermometer");
            continue;
        };
        assert!(measured.temperature.is_some() && measured.humidity.is_some());
        for output in unit.take(at, measured.temperature) {
            if let Output::Alert { transition, alert } = output {
                let name = unit.state.unit.name.clone();
                told.push((
                    name,
                    at.seconds_since(curtain()),
                    transition,
                    alert.severity,
                ));
            }
        }
    }
    told
}

/// The third minute of the story, in seconds.
const THIRD_MINUTE: Range<i64> = 120..180;

#[test]
fn one_fridge_alarms_in_the_first_minute_and_clears_in_the_third_and_two_hours_are_quiet() {
    let told = alerts(Duration::from_secs(2 * 3600));
    let (first, last) = (&told[0], &told[told.len() - 1]);
    let name = DEMO_FOODS.units[FAILING].0;
    assert!(told.iter().all(|(unit, ..)| unit == name), "{told:?}");
    assert!((15..55).contains(&first.1), "{told:?}");
    assert_eq!(
        (first.2, first.3),
        (AlertTransition::Triggered, Severity::Warning)
    );
    assert!(THIRD_MINUTE.contains(&last.1), "{told:?}");
    assert_eq!(
        (last.2, last.3),
        (AlertTransition::Resolved, Severity::Warning)
    );
    let ends = |transition| told.iter().filter(|event| event.2 == transition).count();
    assert_eq!(ends(AlertTransition::Triggered), 1, "{told:?}");
    assert_eq!(ends(AlertTransition::Resolved), 1, "{told:?}");
}

#[test]
fn every_unit_of_the_demo_is_heard_within_its_first_five_seconds_and_every_five_from_then_on() {
    let mut heard: BTreeMap<u64, Vec<Duration>> = BTreeMap::new();
    for cue in demo().take_while(|cue| cue.due < Duration::from_secs(30)) {
        let eui = cue.transmission.device.dev_eui.0 & 0xFFFF;
        heard.entry(eui).or_default().push(cue.due);
    }
    heard.remove(&0x101).expect("the door is heard from");
    assert_eq!(heard.len(), 8);
    for (eui, dues) in heard {
        assert!(dues[0] < Duration::from_secs(5), "{eui}: {dues:?}");
        let steady = |pair: &[Duration]| pair[1] - pair[0] == Duration::from_secs(300) / SPEED;
        assert!(dues.windows(2).all(steady), "{eui}: {dues:?}");
    }
}

#[test]
fn a_steady_rate_spaces_the_frames_evenly() {
    let rate: Rate = "4".parse().expect("a rate");
    let dues: Vec<u128> = at_rate(&Fleet::Units(3), Scenario::Normal, rate)
        .take(5)
        .map(|cue| cue.due.as_millis())
        .collect();
    assert_eq!(dues, [0, 250, 500, 750, 1000]);
}

#[test]
fn a_rate_is_a_number_within_reason() {
    for text in ["2", "0.5", "5000", "1e3"] {
        assert!(text.parse::<Rate>().is_ok(), "{text}");
    }
    for text in ["0", "-1", "NaN", "inf", "1e9", "fast", ""] {
        assert!(text.parse::<Rate>().is_err(), "{text}");
    }
}
