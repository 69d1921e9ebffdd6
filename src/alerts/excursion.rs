//! An open excursion: its alert, its timer, and the time that it was known to be outside.

use crate::domain::alert::SystemName;
use crate::domain::{
    Alert, AlertId, AlertKind, AlertStatus, Direction, EffectiveRule, Person, ResolutionReason,
    Resolver, Severity, Timestamp,
};

use super::limits::{self, Crossing};
use super::{LastTemperature, UnitIdentity, message};

/// A unit outside its limits, until it is back inside by the hysteresis.
///
/// It began at `alert.triggered_at`: confirm times and the duration count from there, also after a change
/// of side. Whether it is confirmed is the unit's status.
#[derive(Debug, Clone, PartialEq)]
pub struct Excursion {
    /// The open alert, as last stored.
    pub alert: Alert,
    /// On which side.
    pub direction: Direction,
    /// When the timer confirms it. `None` once confirmed, and while the temperature is inside the limit but
    /// not yet clear of the hysteresis: what is no longer outside must not confirm itself by silence.
    pub confirm_at: Option<Timestamp>,
    /// From when the present stay outside is not yet in `outside_ms`; `None` while inside the limit.
    pub outside_since: Option<Timestamp>,
    /// Known time outside the limits up to `outside_since`, milliseconds.
    pub outside_ms: i64,
    /// The value farthest outside so far, °C; reaches the alert with its next event.
    pub peak: f64,
}

/// A temperature outside the limits, at its moment.
#[derive(Debug, Clone, Copy)]
pub(super) struct Outside {
    pub(super) at: Timestamp,
    pub(super) celsius: f64,
    pub(super) crossing: Crossing,
}

impl Excursion {
    /// Begins with this value.
    pub(super) fn open(
        unit: &UnitIdentity,
        id: AlertId,
        found: Outside,
        rule: &EffectiveRule,
    ) -> Self {
        let Outside {
            at,
            celsius,
            crossing,
        } = found;
        Self {
            alert: Alert {
                id,
                version: 1,
                unit_id: Some(unit.id),
                site_id: unit.site_id,
                kind: AlertKind::TemperatureExcursion,
                severity: Severity::Warning,
                status: AlertStatus::Active,
                direction: Some(crossing.direction),
                message: message::outside(&unit.name, celsius, crossing),
                value: Some(celsius),
                limit: Some(crossing.limit),
                triggered_at: at,
                updated_at: at,
                acknowledged_at: None,
                acknowledged_by: None,
                note: None,
                resolved_at: None,
                resolved_by: None,
                reason: None,
                escalation_level: 0,
                suppressed: false,
                peak: Some(celsius),
                duration_seconds: None,
                seconds_outside: None,
            },
            direction: crossing.direction,
            confirm_at: Some(confirm_time(at, rule, crossing.direction)),
            outside_since: Some(at),
            outside_ms: 0,
            peak: celsius,
        }
    }

    /// Counts the time outside up to `moment`. `last` is the value that stood until then, at most two of
    /// its intervals; what lies beyond is unknown and not counted.
    pub(super) fn count_until(&mut self, moment: Timestamp, last: &LastTemperature) {
        let Some(from) = self.outside_since else {
            return;
        };
        let counted = moment.min(last.stands_until()).millis_since(from).max(0);
        self.outside_ms = self.outside_ms.saturating_add(counted);
        self.outside_since = Some(moment.max(from));
    }

    /// No earlier moment can be the present: the time outside is counted up to here.
    pub(super) fn counted_until(&self) -> Timestamp {
        let counted = self.alert.triggered_at.plus_millis(self.outside_ms);
        self.outside_since
            .map_or(counted, |since| since.max(counted))
    }

    /// Goes on outside; `true` if it passed to the other side, which changes the alert. `confirmed` stops
    /// the timer for good.
    pub(super) fn stay_outside(
        &mut self,
        unit: &UnitIdentity,
        found: Outside,
        rule: &EffectiveRule,
        confirmed: bool,
    ) -> bool {
        let turned = self.direction != found.crossing.direction;
        self.direction = found.crossing.direction;
        self.outside_since = Some(found.at);
        let due = confirm_time(self.alert.triggered_at, rule, self.direction);
        self.confirm_at = (!confirmed).then_some(due);
        if limits::distance(rule, found.celsius) > limits::distance(rule, self.peak) {
            self.peak = found.celsius;
        }
        if turned {
            self.turn(unit, found);
        }
        turned
    }

    /// Goes on, inside the limit but not clear of the hysteresis.
    pub(super) fn stay_in_band(&mut self) {
        self.outside_since = None;
        self.confirm_at = None;
    }

    /// Outside for the confirm time: critical, and no timer any more. Who acknowledged it stays.
    pub(super) fn confirm(&mut self, now: Timestamp) {
        self.alert.severity = Severity::Critical;
        self.confirm_at = None;
        self.changed(now);
    }

    /// Taken on by a person; `false` if somebody was faster.
    pub(super) fn acknowledge(&mut self, by: Person, note: Option<String>, now: Timestamp) -> bool {
        if self.alert.status != AlertStatus::Active {
            return false;
        }
        self.alert.status = AlertStatus::Acknowledged;
        self.alert.acknowledged_at = Some(now);
        self.alert.acknowledged_by = Some(by);
        self.alert.note = note;
        self.changed(now);
        true
    }

    /// Ends with this value, by the system.
    pub(super) fn resolve(self, unit: &UnitIdentity, at: Timestamp, celsius: f64) -> Alert {
        Alert {
            value: Some(celsius),
            message: message::back_inside(&unit.name, celsius),
            ..self.end(at)
        }
    }

    /// Ends by the system because nobody watches the unit any more; what was last told of it stays.
    pub(super) fn remove(self, at: Timestamp) -> Alert {
        Alert {
            reason: Some(ResolutionReason::UnitRemoved),
            ..self.end(at)
        }
    }

    fn end(mut self, at: Timestamp) -> Alert {
        self.changed(at);
        let mut alert = self.alert;
        alert.status = AlertStatus::Resolved;
        alert.resolved_at = Some(at);
        alert.resolved_by = Some(Resolver::System(SystemName::System));
        alert.duration_seconds = Some(at.seconds_since(alert.triggered_at));
        alert.seconds_outside = Some(self.outside_ms / 1000);
        alert
    }

    fn turn(&mut self, unit: &UnitIdentity, found: Outside) {
        let crossing = found.crossing;
        self.alert.direction = Some(crossing.direction);
        self.alert.value = Some(found.celsius);
        self.alert.limit = Some(crossing.limit);
        self.alert.message = message::outside(&unit.name, found.celsius, crossing);
        self.changed(found.at);
    }

    fn changed(&mut self, at: Timestamp) {
        self.alert.version += 1;
        self.alert.updated_at = self.alert.updated_at.max(at);
        self.alert.peak = Some(self.peak);
    }
}

fn confirm_time(since: Timestamp, rule: &EffectiveRule, direction: Direction) -> Timestamp {
    since.plus_seconds(i64::from(rule.confirm_seconds(direction).max(0)))
}
