//! What a person reads in an alert: English, °C, at most two decimals.

use crate::domain::Direction;

use super::limits::Crossing;

/// `Fridge 1: 8.2 °C, above 5 °C`
pub(super) fn outside(name: &str, celsius: f64, crossing: Crossing) -> String {
    let side = match crossing.direction {
        Direction::High => "above",
        Direction::Low => "below",
    };
    format!(
        "{name}: {} °C, {side} {} °C",
        rounded(celsius),
        rounded(crossing.limit)
    )
}

/// `Fridge 1: 4.3 °C, back within the limits`
pub(super) fn back_inside(name: &str, celsius: f64) -> String {
    format!("{name}: {} °C, back within the limits", rounded(celsius))
}

/// Hundredths; the sum turns a negative zero into a plain one.
fn rounded(celsius: f64) -> f64 {
    (celsius * 100.0).round() / 100.0 + 0.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_shown_as_people_write_them() {
        let below = |limit| Crossing {
            direction: Direction::Low,
            limit,
        };
        let above = |limit| Crossing {
            direction: Direction::High,
            limit,
        };
        for (celsius, crossing, shown) in [
            (8.2, above(5.0), "F: 8.2 °C, above 5 °C"),
            (8.200_000_000_000_001, above(5.0), "F: 8.2 °C, above 5 °C"),
            (-0.001, below(0.0), "F: 0 °C, below 0 °C"),
            (-17.25, above(-18.0), "F: -17.25 °C, above -18 °C"),
            (1.999, below(2.5), "F: 2 °C, below 2.5 °C"),
        ] {
            assert_eq!(outside("F", celsius, crossing), shown);
        }
        assert_eq!(back_inside("F", 4.3), "F: 4.3 °C, back within the limits");
    }
}
