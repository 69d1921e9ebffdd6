//! What an alert's record says: values, message, who, and how long.

use super::play::{FRIDGE, Played, alert_id, person, time};
use crate::alerts::{Input, Output, decide};
use crate::domain::alert::SystemName;
use crate::domain::{Alert, AlertStatus, Resolver, Severity, UnitStatus};

fn last_alert(outputs: &[Output]) -> Alert {
    match outputs.last() {
        Some(Output::Alert { alert, .. }) => Alert::clone(alert),
        other => panic!("an alert comes last, not {other:?}"),
    }
}

#[test]
fn an_open_alert_says_what_began_it_and_how_far_it_went() {
    let mut unit = Played::ok();
    let alert = last_alert(&unit.play("0:8.2 600:11.5 900:timer"));
    assert_eq!(alert.severity, Severity::Critical);
    assert_eq!(alert.message, "Fridge 1: 8.2 °C, above 5 °C");
    assert_eq!((alert.value, alert.limit), (Some(8.2), Some(5.0)));
    assert_eq!(alert.peak, Some(11.5));
    assert_eq!(alert.triggered_at, time(0));
    assert_eq!(alert.unit_id, Some(unit.state.unit.id));
    assert_eq!(alert.site_id, unit.state.unit.site_id);
    assert_eq!(alert.duration_seconds, None);
}

#[test]
fn a_turned_alert_says_where_it_is_now() {
    let alert = last_alert(&Played::ok().play("0:8.2 60:-1.5"));
    assert_eq!(alert.message, "Fridge 1: -1.5 °C, below 0 °C");
    assert_eq!((alert.value, alert.limit), (Some(-1.5), Some(0.0)));
    assert_eq!(alert.peak, Some(8.2));
}

#[test]
fn a_resolved_alert_is_complete() {
    let mut unit = Played::after("0:8.2 600:11.5 900:timer");
    let alert = last_alert(&unit.play("1200:3.25"));
    assert_eq!(alert.status, AlertStatus::Resolved);
    assert_eq!(alert.message, "Fridge 1: 3.25 °C, back within the limits");
    assert_eq!((alert.value, alert.limit), (Some(3.25), Some(5.0)));
    assert_eq!(alert.resolved_at, Some(time(1200)));
    let system = Resolver::System(SystemName::System);
    assert_eq!(alert.resolved_by, Some(system));
    assert_eq!(alert.peak, Some(11.5));
    assert_eq!(alert.duration_seconds, Some(1200));
    assert_eq!(alert.seconds_outside, Some(1200));
    assert_eq!(unit.state.excursion, None);
}

#[test]
fn the_first_to_acknowledge_stays() {
    let unit = Played::after("0:9.0 60:ack=Ada 70:ack=Grace 900:timer");
    let alert = unit.state.excursion.expect("still open").alert;
    assert_eq!(alert.status, AlertStatus::Acknowledged);
    assert_eq!(alert.acknowledged_by, Some(person("Ada")));
    assert_eq!(alert.acknowledged_at, Some(time(60)));
    assert_eq!(alert.note.as_deref(), Some("seen by Ada"));
    assert_eq!(alert.updated_at, time(900));
}

#[test]
fn another_alerts_acknowledgement_is_not_taken_for_this_ones() {
    let unit = Played::after("0:9.0");
    let input = Input::Acknowledge {
        alert: alert_id(99),
        now: time(60),
        by: person("Ada"),
        note: None,
    };
    let (state, outputs) = decide(unit.state.clone(), &FRIDGE, input);
    assert_eq!((state, outputs), (unit.state, vec![]));
}

#[test]
fn a_status_says_what_it_was_before() {
    let outputs = Played::pending().play("0:8.2");
    assert_eq!(
        outputs.first(),
        Some(&Output::Status {
            previous: UnitStatus::Pending,
            status: UnitStatus::Excursion,
            since: time(0),
        })
    );
}

#[test]
fn the_peak_is_the_value_farthest_outside_on_either_side() {
    for (name, steps, peak) in [
        ("rising", "0:6.0 60:7.0 120:6.5", 7.0),
        ("turned, less far", "0:9.0 60:-2.0", 9.0),
        ("turned, farther", "0:6.0 60:-2.0", -2.0),
        ("in the band", "0:5.1 60:4.9", 5.1),
    ] {
        let unit = Played::after(steps);
        assert_eq!(unit.state.excursion.expect(name).peak, peak, "{name}");
    }
}

#[test]
fn only_known_time_outside_the_limit_is_counted() {
    for (name, steps, duration, outside) in [
        ("a reading stands until the next", "0:9.0 700:3.0", 700, 700),
        ("at most two intervals", "0:9.0 5000:3.0", 5000, 1200),
        ("each of them", "0:9.0 2000:9.0 2300:3.0", 2300, 1500),
        (
            "the band is inside",
            "0:5.2 600:4.8 1200:5.2 1500:3.0",
            1500,
            900,
        ),
        ("both sides", "0:9.0 600:-2.0 900:3.0", 900, 900),
        (
            "by the rule of its time",
            "0:8.5 100:max=8.8 400:max=5 600:3.0",
            600,
            300,
        ),
        (
            "not what was inside then",
            "0:3.0 100:max=2 600:1.0",
            500,
            500,
        ),
        (
            "a rule edit in silence",
            "0:9.0 3000:max=4 4000:3.0",
            4000,
            1200,
        ),
        (
            "a reading from before the rule edit that let it in",
            "0:5.5 60:max=5.8 0:5.2",
            60,
            60,
        ),
        (
            "the timer takes none",
            "0:9.0 900:timer 1000:3.0",
            1000,
            1000,
        ),
    ] {
        let alert = last_alert(&Played::ok().play(steps));
        assert_eq!(alert.duration_seconds, Some(duration), "{name}");
        assert_eq!(alert.seconds_outside, Some(outside), "{name}");
    }
}
