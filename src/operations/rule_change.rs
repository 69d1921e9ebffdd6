//! What shall become of a rule's limits: a merge patch (RFC 7396), and what a rule may hold. Pure.

use std::ops::RangeInclusive;

use crate::domain::{
    Rule,
    rule::{HYSTERESIS_CELSIUS, LIMIT_CELSIUS, RULE_SECONDS},
};

use super::FieldError;

/// What shall become of one field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Change<T> {
    /// It stays.
    #[default]
    Keep,
    /// `null`: it has none; of a limit, the wider scope decides.
    Inherit,
    /// This value.
    Set(T),
}

impl<T> Change<T> {
    /// Likewise, of a value made of this one.
    pub(super) fn map<U>(self, make: impl FnOnce(T) -> U) -> Change<U> {
        match self {
            Self::Keep => Change::Keep,
            Self::Inherit => Change::Inherit,
            Self::Set(value) => Change::Set(make(value)),
        }
    }

    /// Does it to a field.
    pub(super) fn apply(self, field: &mut Option<T>) {
        match self {
            Self::Keep => {}
            Self::Inherit => *field = None,
            Self::Set(value) => *field = Some(value),
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
    pub confirm_high_seconds: Change<i32>,
    /// Whole seconds, 0 to 86,400.
    pub confirm_low_seconds: Change<i32>,
}

impl RuleChange {
    /// The rule as it shall be.
    ///
    /// # Errors
    /// Every field that is out of its range; `minTemperature` if the limits have no inside.
    pub(super) fn applied_to(self, rule: &Rule) -> Result<Rule, Vec<FieldError>> {
        let mut new = rule.clone();
        self.min_temperature.apply(&mut new.min_temperature);
        self.max_temperature.apply(&mut new.max_temperature);
        self.hysteresis.apply(&mut new.hysteresis);
        self.confirm_high_seconds
            .apply(&mut new.confirm_high_seconds);
        self.confirm_low_seconds.apply(&mut new.confirm_low_seconds);
        let mut errors: Vec<FieldError> = [
            misplaced("minTemperature", new.min_temperature, &LIMIT_CELSIUS),
            misplaced("maxTemperature", new.max_temperature, &LIMIT_CELSIUS),
            misplaced("hysteresis", new.hysteresis, &HYSTERESIS_CELSIUS),
            misplaced(
                "confirmHighSeconds",
                new.confirm_high_seconds,
                &RULE_SECONDS,
            ),
            misplaced("confirmLowSeconds", new.confirm_low_seconds, &RULE_SECONDS),
        ]
        .into_iter()
        .flatten()
        .collect();
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

fn misplaced<T: PartialOrd + std::fmt::Display>(
    field: &str,
    value: Option<T>,
    allowed: &RangeInclusive<T>,
) -> Option<FieldError> {
    let value = value?;
    let message = || format!("must be {} to {}", allowed.start(), allowed.end());
    (!allowed.contains(&value)).then(|| FieldError::new(field, message()))
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
