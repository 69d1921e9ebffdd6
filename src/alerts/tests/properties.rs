//! What holds whatever happens: random readings, timers, rule edits and acknowledgements.

use proptest::prelude::*;

use crate::domain::{
    Alert, AlertStatus, AlertTransition, EffectiveRule, Severity, Timestamp, UnitStatus,
};

use super::play::{FRIDGE, alert_id, pending, person, reading, time};
use crate::alerts::{Input, Output, UnitState, deadline, decide};

#[derive(Debug, Clone)]
enum Event {
    Reading { age: i64, celsius: Option<f64> },
    Timer,
    Rule(EffectiveRule),
    Acknowledge,
}

fn temperature() -> impl Strategy<Value = Option<f64>> {
    prop_oneof![
        8 => (-30..120i32).prop_map(|tenths| Some(f64::from(tenths) / 10.0)),
        1 => any::<f64>().prop_map(Some),
        1 => Just(Some(f64::NAN)),
        1 => Just(None),
    ]
}

fn limit() -> impl Strategy<Value = Option<f64>> {
    prop_oneof![3 => (-2..10i32).prop_map(|whole| Some(f64::from(whole))), 1 => Just(None)]
}

fn rule() -> impl Strategy<Value = EffectiveRule> {
    (limit(), limit(), 0..30i32, 0..1800i32, 0..1800i32).prop_map(
        |(min, max, tenths, high, low)| EffectiveRule {
            min_temperature: min,
            max_temperature: max,
            hysteresis: f64::from(tenths) / 10.0,
            confirm_high_seconds: high,
            confirm_low_seconds: low,
        },
    )
}

/// Seconds until it happens, and what happens.
fn events() -> impl Strategy<Value = Vec<(i64, Event)>> {
    let event = prop_oneof![
        6 => (0..30i64, temperature()).prop_map(|(age, celsius)| Event::Reading { age, celsius }),
        2 => Just(Event::Timer),
        1 => rule().prop_map(Event::Rule),
        1 => Just(Event::Acknowledge),
    ];
    prop::collection::vec((0..900i64, event), 0..60)
}

/// One decision: what was before, the rule in force, and what came of it.
struct Step {
    before: UnitState,
    rule: EffectiveRule,
    after: UnitState,
    outputs: Vec<Output>,
}

fn play(events: Vec<(i64, Event)>) -> Vec<Step> {
    let (mut state, mut rule, mut seconds, mut steps) = (pending(), FRIDGE, 0, Vec::new());
    for (number, (pause, event)) in events.into_iter().enumerate() {
        seconds += pause;
        let now = time(seconds);
        let new_alert = alert_id(number as u128);
        let input = match event {
            Event::Reading { age, celsius } => reading(time(seconds - age), celsius, new_alert),
            Event::Timer => Input::Confirm { now },
            Event::Rule(changed) => {
                rule = changed;
                Input::RuleChanged { now, new_alert }
            }
            Event::Acknowledge => Input::Acknowledge {
                alert: state
                    .excursion
                    .as_ref()
                    .map_or(new_alert, |open| open.alert.id),
                now,
                by: person("Ada"),
                note: None,
            },
        };
        let (after, outputs) = decide(state.clone(), &rule, input);
        steps.push(Step {
            before: state,
            rule,
            after: after.clone(),
            outputs,
        });
        state = after;
    }
    steps
}

fn alerts(steps: &[Step]) -> Vec<(AlertTransition, Alert)> {
    let outputs = steps.iter().flat_map(|step| &step.outputs);
    outputs
        .filter_map(|output| match output {
            Output::Alert { transition, alert } => Some((*transition, Alert::clone(alert))),
            Output::Status { .. } => None,
        })
        .collect()
}

proptest! {
    #[test]
    fn never_two_open_alerts_and_each_ends_at_most_once(events in events()) {
        let mut open: Option<Alert> = None;
        for (transition, alert) in alerts(&play(events)) {
            match (transition, &open) {
                (AlertTransition::Triggered, None) => prop_assert_eq!(alert.version, 1),
                (AlertTransition::Triggered, Some(open)) => {
                    prop_assert!(false, "{alert:?} began while {open:?} was open");
                }
                (_, None) => prop_assert!(false, "{alert:?} changed though none was open"),
                (_, Some(open)) => {
                    prop_assert_eq!(alert.id, open.id);
                    prop_assert_eq!(alert.version, open.version + 1);
                    prop_assert_eq!(alert.triggered_at, open.triggered_at);
                    prop_assert!(alert.updated_at >= open.updated_at);
                    prop_assert!(alert.severity >= open.severity);
                }
            }
            open = (alert.status != AlertStatus::Resolved).then_some(alert);
        }
    }

    #[test]
    fn the_state_is_what_was_told(events in events()) {
        let mut told = None;
        let (mut status, mut status_since) = (UnitStatus::Pending, Timestamp::MIN);
        for step in play(events) {
            for output in step.outputs {
                match output {
                    Output::Alert { alert, .. } => {
                        told = (alert.status != AlertStatus::Resolved).then_some(*alert);
                    }
                    Output::Status { previous, status: next, since } => {
                        prop_assert_eq!(previous, status);
                        prop_assert!(since >= status_since);
                        (status, status_since) = (next, since);
                    }
                }
            }
            prop_assert_eq!(step.after.status, status);
            let open = step.after.excursion.as_ref().map(|open| &open.alert);
            prop_assert_eq!(open, told.as_ref());
            let shown = matches!(status, UnitStatus::Excursion | UnitStatus::Alarm);
            prop_assert_eq!(open.is_some(), shown);
            let critical = open.is_some_and(|alert| alert.severity == Severity::Critical);
            prop_assert_eq!(critical, status == UnitStatus::Alarm);
            prop_assert!(deadline(&step.after).is_none() || status == UnitStatus::Excursion);
        }
    }

    #[test]
    fn nothing_is_critical_before_its_confirm_time(events in events()) {
        for step in play(events) {
            if step.before.status == UnitStatus::Alarm || step.after.status != UnitStatus::Alarm {
                continue;
            }
            let excursion = step.after.excursion.expect("an alarm has an alert");
            let confirm = step.rule.confirm_seconds(excursion.direction);
            let due = excursion.alert.triggered_at.plus_seconds(confirm.into());
            prop_assert!(excursion.alert.updated_at >= due);
            prop_assert!(step.after.status_since >= due);
        }
    }

    #[test]
    fn a_resolved_alert_lasted_at_least_as_long_as_it_was_outside(events in events()) {
        for (transition, alert) in alerts(&play(events)) {
            prop_assert_eq!(transition == AlertTransition::Resolved, alert.resolved_at.is_some());
            prop_assert_eq!(alert.duration_seconds.is_some(), alert.resolved_at.is_some());
            prop_assert!(alert.seconds_outside.is_none_or(|outside| outside >= 0));
            prop_assert!(alert.seconds_outside <= alert.duration_seconds);
            prop_assert!(alert.peak.is_some_and(f64::is_finite));
        }
    }

    #[test]
    fn limits_in_order_can_always_be_cleared(events in events(), rule in rule(), low: bool) {
        let (min, max) = (rule.min_temperature, rule.max_temperature);
        prop_assume!(min.zip(max).is_none_or(|(min, max)| min <= max));
        let sides = if low {
            min.map(|min| (min - 1.0, min + rule.hysteresis))
        } else {
            max.map(|max| (max + 1.0, max - rule.hysteresis))
        };
        prop_assume!(sides.is_some());
        let (outside, clear) = sides.unwrap_or_default();
        let inside = match min.zip(max) {
            Some((min, max)) if !(min..=max).contains(&clear) => f64::midpoint(min, max),
            _ => clear,
        };
        let state = play(events).pop().map_or_else(pending, |step| step.after);
        let at = time(100_000);
        let (state, _) = decide(state, &rule, reading(at, Some(outside), alert_id(1000)));
        let (state, _) = decide(state, &rule, reading(at, Some(inside), alert_id(1001)));
        prop_assert_eq!(state.excursion, None);
        prop_assert_eq!(state.status, UnitStatus::Ok);
    }
}
