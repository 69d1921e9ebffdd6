//! The decision: one unit's state, its rule and one input give the next state and what has to be told.

use crate::domain::{
    Alert, AlertId, AlertTransition, EffectiveRule, Person, Timestamp, UnitStatus,
};

use super::excursion::{Excursion, Outside};
use super::{LastTemperature, UnitState, limits};

/// Something that concerns one unit. Readings that are older than the state (a second device slightly
/// behind) are applied at the state's time.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// A live reading.
    Reading {
        /// When it was measured.
        at: Timestamp,
        /// °C. `None`: the device spoke of other things (door, humidity, a fault), the unit was only seen.
        /// What is not finite counts as `None`.
        celsius: Option<f64>,
        /// How often this device reports, seconds.
        interval_seconds: i32,
        /// The id for an alert, should this begin one.
        new_alert: AlertId,
    },
    /// The timer of [`deadline`](super::deadline); too early or without an excursion it does nothing.
    Confirm {
        /// Server time.
        now: Timestamp,
    },
    /// The effective rule may have changed: the last known temperature is judged again.
    RuleChanged {
        /// Server time.
        now: Timestamp,
        /// The id for an alert, should this begin one.
        new_alert: AlertId,
    },
    /// Nobody watches the unit any more: what is open ends.
    Removed {
        /// Server time.
        now: Timestamp,
    },
    /// A person takes on the open alert; the second time, or with the id of another alert, nothing changes.
    Acknowledge {
        /// The alert meant.
        alert: AlertId,
        /// Server time.
        now: Timestamp,
        /// Who does it.
        by: Person,
        /// What they write.
        note: Option<String>,
    },
}

/// Something to store and tell, in the order of the list.
#[derive(Debug, Clone, PartialEq)]
pub enum Output {
    /// The unit's status changed.
    Status {
        /// What it was.
        previous: UnitStatus,
        /// What it is.
        status: UnitStatus,
        /// Since when.
        since: Timestamp,
    },
    /// An alert changed; its version is one more than before.
    Alert {
        /// How.
        transition: AlertTransition,
        /// What it is now.
        alert: Box<Alert>,
    },
}

/// Applies one input. Total: no input and no rule makes it panic.
#[must_use]
pub fn decide(state: UnitState, rule: &EffectiveRule, input: Input) -> (UnitState, Vec<Output>) {
    let mut decision = Decision {
        state,
        rule,
        outputs: Vec::new(),
    };
    match input {
        Input::Reading {
            at,
            celsius,
            interval_seconds,
            new_alert,
        } => {
            let at = at.max(decision.state.time());
            match celsius.filter(|celsius| celsius.is_finite()) {
                Some(celsius) => {
                    let last = LastTemperature {
                        at,
                        celsius,
                        interval_seconds,
                    };
                    decision.measured(last, new_alert);
                }
                None => decision.seen(at),
            }
        }
        Input::Confirm { now } => decision.timer_fired(now),
        Input::RuleChanged { now, new_alert } => decision.rule_changed(now, new_alert),
        Input::Removed { now } => decision.removed(now),
        Input::Acknowledge {
            alert,
            now,
            by,
            note,
        } => decision.acknowledged(alert, now, by, note),
    }
    (decision.state, decision.outputs)
}

struct Decision<'a> {
    state: UnitState,
    rule: &'a EffectiveRule,
    outputs: Vec<Output>,
}

impl Decision<'_> {
    fn measured(&mut self, last: LastTemperature, new_alert: AlertId) {
        self.count_until(last.at);
        self.state.last = Some(last);
        self.judge(last.at, last.celsius, new_alert);
        if self.state.excursion.is_none() {
            self.set_status(after_good_reading(self.state.status), last.at);
        }
    }

    fn seen(&mut self, at: Timestamp) {
        if self.state.status == UnitStatus::Pending {
            self.set_status(UnitStatus::Ok, at);
        }
    }

    fn timer_fired(&mut self, now: Timestamp) {
        // The alarm holds since the deadline, however late the timer: buffered readings that a restarted
        // server is still to receive must not lie before the state's time.
        if let Some(due) = super::deadline(&self.state) {
            self.confirm_if_due(now, due);
        }
    }

    fn rule_changed(&mut self, now: Timestamp, new_alert: AlertId) {
        let Some(last) = self.state.last else {
            return;
        };
        let now = now.max(self.state.time());
        self.count_until(now);
        self.judge(now, last.celsius, new_alert);
    }

    fn removed(&mut self, now: Timestamp) {
        let now = now.max(self.state.time());
        self.count_until(now);
        if let Some(excursion) = self.state.excursion.take() {
            let alert = excursion.remove(now);
            self.set_status(UnitStatus::Ok, now);
            self.tell(AlertTransition::Resolved, alert);
        }
    }

    fn acknowledged(&mut self, id: AlertId, now: Timestamp, by: Person, note: Option<String>) {
        let Some(excursion) = &mut self.state.excursion else {
            return;
        };
        if excursion.alert.id == id && excursion.acknowledge(by, note, now) {
            let alert = excursion.alert.clone();
            self.tell(AlertTransition::Acknowledged, alert);
        }
    }

    /// Holds the temperature that is known at `at` against the rule.
    fn judge(&mut self, at: Timestamp, celsius: f64, new_alert: AlertId) {
        let found = limits::crossing(self.rule, celsius).map(|crossing| Outside {
            at,
            celsius,
            crossing,
        });
        match (found, self.state.excursion.take()) {
            (None, None) => {}
            (None, Some(excursion)) if limits::clears(self.rule, excursion.direction, celsius) => {
                let alert = excursion.resolve(&self.state.unit, at, celsius);
                self.set_status(UnitStatus::Ok, at);
                self.tell(AlertTransition::Resolved, alert);
            }
            (None, Some(mut excursion)) => {
                excursion.stay_in_band();
                self.state.excursion = Some(excursion);
            }
            (Some(found), None) => self.begin(found, new_alert),
            (Some(found), Some(excursion)) => self.go_on(found, excursion),
        }
    }

    fn begin(&mut self, found: Outside, new_alert: AlertId) {
        let excursion = Excursion::open(&self.state.unit, new_alert, found, self.rule);
        let alert = excursion.alert.clone();
        self.state.excursion = Some(excursion);
        self.set_status(UnitStatus::Excursion, found.at);
        self.tell(AlertTransition::Triggered, alert);
        self.confirm_if_due(found.at, found.at);
    }

    fn go_on(&mut self, found: Outside, mut excursion: Excursion) {
        let confirmed = self.state.status == UnitStatus::Alarm;
        if excursion.stay_outside(&self.state.unit, found, self.rule, confirmed) {
            self.tell(AlertTransition::Updated, excursion.alert.clone());
        }
        self.state.excursion = Some(excursion);
        self.confirm_if_due(found.at, found.at);
    }

    fn confirm_if_due(&mut self, now: Timestamp, alarm_since: Timestamp) {
        let Some(excursion) = &mut self.state.excursion else {
            return;
        };
        if excursion.confirm_at.is_none_or(|due| now < due) {
            return;
        }
        excursion.confirm(now);
        let alert = excursion.alert.clone();
        self.set_status(UnitStatus::Alarm, alarm_since);
        self.tell(AlertTransition::Updated, alert);
    }

    fn count_until(&mut self, moment: Timestamp) {
        if let (Some(excursion), Some(last)) = (&mut self.state.excursion, &self.state.last) {
            excursion.count_until(moment, last);
        }
    }

    fn set_status(&mut self, status: UnitStatus, since: Timestamp) {
        let previous = self.state.status;
        if previous == status {
            return;
        }
        self.state.status = status;
        self.state.status_since = since;
        self.outputs.push(Output::Status {
            previous,
            status,
            since,
        });
    }

    fn tell(&mut self, transition: AlertTransition, alert: Alert) {
        self.outputs.push(Output::Alert {
            transition,
            alert: Box::new(alert),
        });
    }
}

/// What a reading within the limits makes of a unit that has no excursion: back from silence it takes two.
const fn after_good_reading(status: UnitStatus) -> UnitStatus {
    match status {
        UnitStatus::Offline => UnitStatus::Restoring,
        UnitStatus::Pending
        | UnitStatus::Alarm
        | UnitStatus::Excursion
        | UnitStatus::Restoring
        | UnitStatus::Ok => UnitStatus::Ok,
    }
}
