//! What shall become of a rule's limits: a merge patch (RFC 7396), and what a rule may hold. Pure.

use crate::domain::Rule;

use super::FieldError;

/// Lowest and highest temperature of a limit, °C: as the tables allow.
const CELSIUS: (f64, f64) = (-273.15, 1000.0);
/// Least and greatest hysteresis, °C.
const HYSTERESIS: (f64, f64) = (0.0, 100.0);
/// Longest confirm time, seconds: a day.
const MAX_CONFIRM_SECONDS: i64 = 86_400;

/// What shall become of one field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Change<T> {
    /// It stays.
    #[default]
    Keep,
    /// `null`: the wider scope decides.
    Inherit,
    /// This value.
    Set(T),
}

impl<T> Change<T> {
    fn apply(self, field: &mut Option<T>) {
        match self {
            Self::Keep => {}
            Self::Inherit => *field = None,
            Self::Set(value) => *field = Some(value),
        }
    }

    fn value(&self) -> Option<&T> {
        match self {
            Self::Set(value) => Some(value),
            Self::Keep | Self::Inherit => None,
        }
    }
}

/// What shall become of a rule's limits. By default everything stays.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct RuleChange {
    /// Lowest allowed, °C, -273.15 to 1000.
    pub min_temperature: Change<f64>,
    /// Highest allowed, °C, -273.15 to 1000.
    pub max_temperature: Change<f64>,
    /// °C, 0 to 100.
    pub hysteresis: Change<f64>,
    /// Whole seconds, 0 to 86,400.
    pub confirm_high_seconds: Change<i64>,
    /// Whole seconds, 0 to 86,400.
    pub confirm_low_seconds: Change<i64>,
}

impl RuleChange {
    /// The rule as it shall be.
    ///
    /// # Errors
    /// Every field that is out of its range; `minTemperature` if the limits have no inside.
    pub(super) fn applied_to(self, rule: &Rule) -> Result<Rule, Vec<FieldError>> {
        let mut errors = Vec::new();
        within("minTemperature", self.min_temperature, CELSIUS, &mut errors);
        within("maxTemperature", self.max_temperature, CELSIUS, &mut errors);
        within("hysteresis", self.hysteresis, HYSTERESIS, &mut errors);
        let high = seconds("confirmHighSeconds", self.confirm_high_seconds, &mut errors);
        let low = seconds("confirmLowSeconds", self.confirm_low_seconds, &mut errors);
        let mut new = rule.clone();
        self.min_temperature.apply(&mut new.min_temperature);
        self.max_temperature.apply(&mut new.max_temperature);
        self.hysteresis.apply(&mut new.hysteresis);
        high.apply(&mut new.confirm_high_seconds);
        low.apply(&mut new.confirm_low_seconds);
        if errors.is_empty()
            && let (Some(min), Some(max)) = (new.min_temperature, new.max_temperature)
            && min > max
        {
            errors.push(FieldError::new(
                "minTemperature",
                "must not be above maxTemperature",
            ));
        }
        if errors.is_empty() {
            Ok(new)
        } else {
            Err(errors)
        }
    }
}

fn within(
    field: &str,
    change: Change<f64>,
    (least, greatest): (f64, f64),
    errors: &mut Vec<FieldError>,
) {
    if change
        .value()
        .is_some_and(|value| !(least..=greatest).contains(value))
    {
        errors.push(FieldError::new(
            field,
            format!("must be {least} to {greatest}"),
        ));
    }
}

fn seconds(field: &str, change: Change<i64>, errors: &mut Vec<FieldError>) -> Change<i32> {
    let allowed = |value: i64| {
        (0..=MAX_CONFIRM_SECONDS)
            .contains(&value)
            .then(|| i32::try_from(value).ok())
            .flatten()
    };
    match change {
        Change::Keep => Change::Keep,
        Change::Inherit => Change::Inherit,
        Change::Set(value) => match allowed(value) {
            Some(value) => Change::Set(value),
            None => {
                errors.push(FieldError::new(
                    field,
                    format!("must be 0 to {MAX_CONFIRM_SECONDS}"),
                ));
                Change::Keep
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::{RuleId, RuleScope};

    fn fridge() -> Rule {
        Rule {
            id: RuleId(Uuid::nil()),
            scope: RuleScope::Unit,
            scope_id: Uuid::nil(),
            min_temperature: Some(0.0),
            max_temperature: Some(5.0),
            hysteresis: None,
            confirm_high_seconds: Some(900),
            confirm_low_seconds: None,
        }
    }

    #[test]
    fn a_patch_keeps_sets_and_inherits_field_by_field() {
        let change = RuleChange {
            min_temperature: Change::Inherit,
            max_temperature: Change::Set(4.0),
            confirm_low_seconds: Change::Set(0),
            ..RuleChange::default()
        };
        let expected = Rule {
            min_temperature: None,
            max_temperature: Some(4.0),
            confirm_low_seconds: Some(0),
            ..fridge()
        };
        assert_eq!(change.applied_to(&fridge()), Ok(expected));
        assert_eq!(RuleChange::default().applied_to(&fridge()), Ok(fridge()));
    }

    #[test]
    fn what_a_rule_cannot_hold_is_named() {
        let keep = RuleChange::default;
        let celsius = |max| RuleChange {
            max_temperature: Change::Set(max),
            ..keep()
        };
        let confirm = |seconds| RuleChange {
            confirm_high_seconds: Change::Set(seconds),
            ..keep()
        };
        for (name, change, wrong) in [
            (
                "coldest",
                RuleChange {
                    min_temperature: Change::Set(-273.15),
                    ..keep()
                },
                None,
            ),
            ("colder", celsius(-273.16), Some("maxTemperature")),
            ("hottest", celsius(1000.0), None),
            ("hotter", celsius(1000.1), Some("maxTemperature")),
            ("not a number", celsius(f64::NAN), Some("maxTemperature")),
            ("no inside", celsius(-0.1), Some("minTemperature")),
            ("one value inside", celsius(0.0), None),
            (
                "negative hysteresis",
                RuleChange {
                    hysteresis: Change::Set(-0.1),
                    ..keep()
                },
                Some("hysteresis"),
            ),
            ("at once", confirm(0), None),
            ("a day", confirm(86_400), None),
            ("longer", confirm(86_401), Some("confirmHighSeconds")),
            ("back", confirm(-1), Some("confirmHighSeconds")),
            (
                "beyond an integer",
                confirm(i64::MAX),
                Some("confirmHighSeconds"),
            ),
        ] {
            let errors = change.applied_to(&fridge()).err().unwrap_or_default();
            let fields: Vec<&str> = errors.iter().map(|error| error.field.as_str()).collect();
            assert_eq!(fields, Vec::from_iter(wrong), "{name}");
        }
    }

    #[test]
    fn every_wrong_field_is_told_at_once() {
        let change = RuleChange {
            min_temperature: Change::Set(1e9),
            confirm_low_seconds: Change::Set(-5),
            ..RuleChange::default()
        };
        let errors = change.applied_to(&fridge()).expect_err("two are wrong");
        assert_eq!(errors.len(), 2);
    }
}
