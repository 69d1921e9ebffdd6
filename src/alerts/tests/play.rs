//! Plays scenarios written as text: `0:9.0 60:seen 120:ack=Ada 400:max=7,confirm=300 900:timer` are a
//! reading of 9 °C, one without a temperature, an acknowledgement, a rule edit and the timer, each with its
//! second. The answer is text as well: `0 excursion, 0 triggered 1 warning high`.

use std::str::FromStr;

use uuid::Uuid;

use crate::alerts::{Input, Output, UnitIdentity, UnitState, decide};
use crate::domain::{
    AlertId, Direction, EffectiveRule, OrganizationId, Person, SiteId, Timestamp, UnitId,
    UnitStatus, UserId,
};

pub(super) const FRIDGE: EffectiveRule = EffectiveRule {
    min_temperature: Some(0.0),
    max_temperature: Some(5.0),
    hysteresis: 0.5,
    confirm_high_seconds: 900,
    confirm_low_seconds: 300,
};

/// The moment of a scenario's second.
pub(super) fn time(seconds: i64) -> Timestamp {
    Timestamp::from_millis(1_800_000_000_000).plus_seconds(seconds)
}

pub(super) fn alert_id(number: u128) -> AlertId {
    AlertId(Uuid::from_u128(number))
}

pub(super) fn person(name: &str) -> Person {
    Person {
        id: UserId(Uuid::from_u128(name.len() as u128)),
        name: name.to_owned(),
    }
}

pub(super) fn reading(at: Timestamp, celsius: Option<f64>, new_alert: AlertId) -> Input {
    Input::Reading {
        at,
        celsius,
        interval_seconds: 600,
        new_alert,
    }
}

/// A fridge that has never been heard of; created long after the scenario's first second.
pub(super) fn pending() -> UnitState {
    UnitState {
        unit: UnitIdentity {
            id: UnitId(Uuid::from_u128(1)),
            organization_id: OrganizationId(Uuid::from_u128(2)),
            site_id: SiteId(Uuid::from_u128(3)),
            name: "Fridge 1".to_owned(),
        },
        status: UnitStatus::Pending,
        status_since: time(100_000),
        last: None,
        excursion: None,
    }
}

/// A fridge and its rule in the middle of a scenario.
pub(super) struct Played {
    pub(super) state: UnitState,
    pub(super) rule: EffectiveRule,
    steps: u128,
}

impl Played {
    pub(super) fn pending() -> Self {
        Self {
            state: pending(),
            rule: FRIDGE,
            steps: 0,
        }
    }

    /// Heard of ten minutes before the scenario begins: 3 °C.
    pub(super) fn ok() -> Self {
        let mut unit = Self::pending();
        unit.play("-600:3.0");
        unit
    }

    pub(super) fn after(steps: &str) -> Self {
        let mut unit = Self::ok();
        unit.play(steps);
        unit
    }

    /// What came of the steps.
    pub(super) fn play(&mut self, steps: &str) -> Vec<Output> {
        let mut outputs = Vec::new();
        for step in steps.split_whitespace() {
            self.steps += 1;
            let input = self.input(step);
            let (state, more) = decide(self.state.clone(), &self.rule, input);
            self.state = state;
            outputs.extend(more);
        }
        outputs
    }

    /// The same as text.
    pub(super) fn tell(&mut self, steps: &str) -> String {
        let lines: Vec<String> = self.play(steps).iter().map(line).collect();
        lines.join(", ")
    }

    fn input(&mut self, step: &str) -> Input {
        let (seconds, what) = step.split_once(':').expect(step);
        let now = time(parse(seconds));
        let new_alert = alert_id(self.steps);
        match what.split_once('=') {
            None if what == "timer" => Input::Confirm { now },
            None if what == "seen" => reading(now, None, new_alert),
            None => reading(now, Some(parse(what)), new_alert),
            Some(("ack", name)) => {
                let open = self.state.excursion.as_ref();
                Input::Acknowledge {
                    alert: open.map_or(new_alert, |excursion| excursion.alert.id),
                    now,
                    by: person(name),
                    note: Some(format!("seen by {name}")),
                }
            }
            Some(_) => {
                what.split(',').for_each(|edit| self.edit_rule(edit));
                Input::RuleChanged { now, new_alert }
            }
        }
    }

    fn edit_rule(&mut self, edit: &str) {
        let (field, value) = edit.split_once('=').expect(edit);
        let limit = || (value != "none").then(|| parse(value));
        match field {
            "min" => self.rule.min_temperature = limit(),
            "max" => self.rule.max_temperature = limit(),
            "confirm" => self.rule.confirm_high_seconds = parse(value),
            unknown => panic!("no rule field {unknown}"),
        }
    }
}

fn parse<T: FromStr>(text: &str) -> T {
    text.parse()
        .unwrap_or_else(|_| panic!("`{text}` in a scenario"))
}

/// `0 excursion` or `900 updated 2 critical high`: the second, and the status or what the alert is now.
fn line(output: &Output) -> String {
    let second = |at: Timestamp| at.seconds_since(time(0));
    match output {
        Output::Status { status, since, .. } => format!("{} {status}", second(*since)),
        Output::Alert { transition, alert } => format!(
            "{} {transition} {} {} {}",
            second(alert.updated_at),
            alert.version,
            alert.severity,
            alert.direction.map_or("-", Direction::as_str),
        ),
    }
}
