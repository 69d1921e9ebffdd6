//! Limits by scope, and what holds for one unit: unit over site over organization over built-in, field by field.

use std::ops::RangeInclusive;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Direction, RuleId, UnitKind, text::text_enum};

/// Lowest and highest temperature of a limit, °C: as the tables allow.
pub const LIMIT_CELSIUS: RangeInclusive<f64> = -273.15..=1000.0;
/// Least and greatest hysteresis, °C.
pub const HYSTERESIS_CELSIUS: RangeInclusive<f64> = 0.0..=100.0;
/// Least and greatest duration, seconds: a day.
pub const RULE_SECONDS: RangeInclusive<i32> = 0..=86_400;

text_enum! {
    /// What a rule is written for; ordered from the widest to the narrowest.
    RuleScope {
        /// Every unit of the organization.
        Organization = "organization",
        /// Every unit of a site.
        Site = "site",
        /// One unit.
        Unit = "unit",
    }
}

/// A pair of limits in °C; a value equal to a limit is inside.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RuleLimits {
    /// Lowest allowed.
    pub min: Option<f64>,
    /// Highest allowed.
    pub max: Option<f64>,
}

/// A stored rule: one per scope; a field that is absent inherits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Rule {
    /// The rule.
    pub id: RuleId,
    /// What it is written for.
    pub scope: RuleScope,
    /// The id of that organization, site or unit.
    pub scope_id: Uuid,
    /// Lowest allowed, °C.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_temperature: Option<f64>,
    /// Highest allowed, °C.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_temperature: Option<f64>,
    /// How far inside the limit a value must be to clear, °C.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hysteresis: Option<f64>,
    /// Seconds too warm until a warning becomes critical.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirm_high_seconds: Option<i32>,
    /// Seconds too cold until a warning becomes critical.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirm_low_seconds: Option<i32>,
}

/// What holds for one unit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct EffectiveRule {
    /// Lowest allowed, °C.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_temperature: Option<f64>,
    /// Highest allowed, °C.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_temperature: Option<f64>,
    /// How far inside the limit a value must be to clear, °C.
    pub hysteresis: f64,
    /// Seconds too warm until a warning becomes critical.
    pub confirm_high_seconds: i32,
    /// Seconds too cold until a warning becomes critical.
    pub confirm_low_seconds: i32,
}

impl EffectiveRule {
    /// Hysteresis where no rule sets one, °C.
    pub const DEFAULT_HYSTERESIS: f64 = 0.5;
    /// Confirm time where no rule sets one, seconds: more than one interval of a 600 s sensor, so that
    /// a single outlier never confirms itself.
    pub const DEFAULT_CONFIRM_SECONDS: i32 = 900;

    /// How long outside on this side until a warning becomes critical, seconds.
    #[must_use]
    pub const fn confirm_seconds(&self, direction: Direction) -> i32 {
        match direction {
            Direction::High => self.confirm_high_seconds,
            Direction::Low => self.confirm_low_seconds,
        }
    }

    /// The rule of a unit of this kind, out of the rules of its organization, site and itself.
    /// `rules` may come in any order and must hold no rule of another scope id.
    #[must_use]
    pub fn resolve<'a>(kind: UnitKind, rules: impl IntoIterator<Item = &'a Rule>) -> Self {
        let mut rules: Vec<&Rule> = rules.into_iter().collect();
        rules.sort_by_key(|rule| rule.scope);
        let built_in = kind.built_in_limits();
        let mut effective = Self {
            min_temperature: built_in.min,
            max_temperature: built_in.max,
            hysteresis: Self::DEFAULT_HYSTERESIS,
            confirm_high_seconds: Self::DEFAULT_CONFIRM_SECONDS,
            confirm_low_seconds: Self::DEFAULT_CONFIRM_SECONDS,
        };
        for rule in rules {
            effective.min_temperature = rule.min_temperature.or(effective.min_temperature);
            effective.max_temperature = rule.max_temperature.or(effective.max_temperature);
            effective.hysteresis = rule.hysteresis.unwrap_or(effective.hysteresis);
            effective.confirm_high_seconds = rule
                .confirm_high_seconds
                .unwrap_or(effective.confirm_high_seconds);
            effective.confirm_low_seconds = rule
                .confirm_low_seconds
                .unwrap_or(effective.confirm_low_seconds);
        }
        effective
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(scope: RuleScope, max: Option<f64>, confirm: Option<i32>) -> Rule {
        Rule {
            id: RuleId(Uuid::nil()),
            scope,
            scope_id: Uuid::nil(),
            min_temperature: None,
            max_temperature: max,
            hysteresis: None,
            confirm_high_seconds: confirm,
            confirm_low_seconds: None,
        }
    }

    #[test]
    fn the_narrower_scope_wins_field_by_field() {
        let organization = rule(RuleScope::Organization, Some(7.0), Some(60));
        let site = rule(RuleScope::Site, None, Some(120));
        let unit = rule(RuleScope::Unit, Some(4.0), None);
        let effective = EffectiveRule::resolve(UnitKind::Fridge, [&unit, &organization, &site]);
        assert_eq!(effective.max_temperature, Some(4.0));
        assert_eq!(effective.confirm_high_seconds, 120);
        assert_eq!(effective.confirm_low_seconds, 900);
        assert_eq!(effective.min_temperature, Some(0.0));
    }

    #[test]
    fn without_rules_the_kind_decides() {
        for (kind, min, max) in [
            (UnitKind::Fridge, Some(0.0), Some(5.0)),
            (UnitKind::Freezer, None, Some(-18.0)),
            (UnitKind::HotHold, Some(57.0), None),
            (UnitKind::VaccineFridge, Some(2.0), Some(8.0)),
            (UnitKind::Other, None, None),
        ] {
            let effective = EffectiveRule::resolve(kind, []);
            assert_eq!(
                (effective.min_temperature, effective.max_temperature),
                (min, max),
                "{kind}"
            );
        }
    }
}
