//! Where a temperature stands against a rule: outside, clear of the limit, or in the hysteresis band between.

use crate::domain::{Direction, EffectiveRule};

/// Binary rounding, °C: codecs give 8.200000000000001, and 4.1 - 0.1 is a little under 4. Sensors resolve
/// a hundredth, so that this never hides a difference.
const ROUNDING: f64 = 1e-9;

/// A limit and the side on which it was left.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Crossing {
    pub(super) direction: Direction,
    /// °C.
    pub(super) limit: f64,
}

/// The limit that this value is outside of. Equal is inside. Limits in the wrong order have no inside;
/// too warm goes first.
pub(super) fn crossing(rule: &EffectiveRule, celsius: f64) -> Option<Crossing> {
    let high = rule
        .max_temperature
        .filter(|max| celsius > max + ROUNDING)
        .map(|limit| (Direction::High, limit));
    let low = rule
        .min_temperature
        .filter(|min| celsius < min - ROUNDING)
        .map(|limit| (Direction::Low, limit));
    high.or(low)
        .map(|(direction, limit)| Crossing { direction, limit })
}

/// Whether a value that is inside the limits ends an excursion to this side. A limit that is gone holds
/// nothing back.
pub(super) fn clears(rule: &EffectiveRule, direction: Direction, celsius: f64) -> bool {
    let band = band(rule);
    match direction {
        Direction::High => rule
            .max_temperature
            .is_none_or(|max| celsius <= max - band + ROUNDING),
        Direction::Low => rule
            .min_temperature
            .is_none_or(|min| celsius >= min + band - ROUNDING),
    }
}

/// How far outside the value is, °C; negative inside.
pub(super) fn distance(rule: &EffectiveRule, celsius: f64) -> f64 {
    let over = rule
        .max_temperature
        .map_or(f64::NEG_INFINITY, |max| celsius - max);
    let under = rule
        .min_temperature
        .map_or(f64::NEG_INFINITY, |min| min - celsius);
    over.max(under)
}

/// The hysteresis in force, °C. One at least as wide as the limits are apart would leave no value that
/// clears; the middle between the limits clears then.
fn band(rule: &EffectiveRule) -> f64 {
    let hysteresis = rule.hysteresis.max(0.0);
    match (rule.min_temperature, rule.max_temperature) {
        (Some(min), Some(max)) if hysteresis >= max - min => (max - min).max(0.0) / 2.0,
        _ => hysteresis,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(min: Option<f64>, max: Option<f64>, hysteresis: f64) -> EffectiveRule {
        EffectiveRule {
            min_temperature: min,
            max_temperature: max,
            hysteresis,
            confirm_high_seconds: 900,
            confirm_low_seconds: 900,
        }
    }

    #[test]
    fn a_value_equal_to_a_limit_is_inside() {
        let fridge = rule(Some(0.0), Some(5.0), 0.5);
        let freezer = rule(None, Some(-18.0), 0.5);
        let hot_hold = rule(Some(57.0), None, 0.5);
        let inverted = rule(Some(6.0), Some(5.0), 0.5);
        for (name, rule, celsius, side) in [
            ("at the upper", fridge, 5.0, None),
            ("a codec's rounding", fridge, 5.000_000_000_000_001, None),
            ("over", fridge, 5.01, Some(Direction::High)),
            ("at the lower", fridge, 0.0, None),
            ("negative zero", fridge, -0.0, None),
            ("under", fridge, -0.01, Some(Direction::Low)),
            ("no lower limit", freezer, -60.0, None),
            ("no upper limit", hot_hold, 95.0, None),
            ("no limits", rule(None, None, 0.5), 1e9, None),
            ("wrong order", inverted, 5.5, Some(Direction::High)),
        ] {
            let found = crossing(&rule, celsius).map(|crossing| crossing.direction);
            assert_eq!(found, side, "{name}");
        }
    }

    #[test]
    fn the_hysteresis_must_be_left_to_clear() {
        let fridge = rule(Some(0.0), Some(5.0), 0.5);
        let rounding = rule(None, Some(4.1), 0.1);
        let narrow = rule(Some(2.0), Some(2.5), 0.5);
        let (high, low) = (Direction::High, Direction::Low);
        for (name, rule, direction, celsius, cleared) in [
            ("above the band", fridge, high, 4.51, false),
            ("at its end", fridge, high, 4.5, true),
            ("low, in the band", fridge, low, 0.49, false),
            ("low, at its end", fridge, low, 0.5, true),
            ("binary rounding", rounding, high, 4.0, true),
            ("none", rule(None, Some(5.0), 0.0), high, 5.0, true),
            ("the limit is gone", rule(None, None, 0.5), high, 99.0, true),
            ("too wide: above the middle", narrow, high, 2.26, false),
            ("too wide: the middle", narrow, high, 2.25, true),
            ("too wide: low, the middle", narrow, low, 2.25, true),
            (
                "just fits",
                rule(Some(0.0), Some(5.0), 4.0),
                high,
                1.1,
                false,
            ),
            ("negative", rule(None, Some(5.0), -1.0), high, 5.0, true),
            (
                "not a number",
                rule(None, Some(5.0), f64::NAN),
                high,
                5.0,
                true,
            ),
        ] {
            assert_eq!(clears(&rule, direction, celsius), cleared, "{name}");
        }
    }
}
