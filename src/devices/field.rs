//! Reading one JSON field leniently: what a codec may write for a number, a text, a switch.

use serde_json::{Map, Value};

use super::quantity::Quantity;

/// A JSON object.
pub(super) type Object = Map<String, Value>;

/// A text that is not empty.
pub(super) fn text<'a>(object: &'a Object, key: &str) -> Option<&'a str> {
    object
        .get(key)
        .and_then(Value::as_str)
        .filter(|text| !text.is_empty())
}

/// A nested object.
pub(super) fn object<'a>(object: &'a Object, key: &str) -> Option<&'a Object> {
    object.get(key).and_then(Value::as_object)
}

/// The objects of an array; empty if there is none.
pub(super) fn objects<'a>(
    object: &'a Object,
    key: &str,
) -> impl Iterator<Item = &'a Object> + use<'a> {
    object
        .get(key)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_object)
}

/// A number, or a number in text with or without a unit. A text that is no number (`"NULL"`) is how codecs
/// report a sensor that does not answer: [`Quantity::Impossible`]. Null, booleans and empty texts say nothing.
pub(super) fn quantity(value: &Value) -> Quantity {
    match value {
        Value::Number(number) => number
            .as_f64()
            .map_or(Quantity::Impossible, Quantity::Value),
        Value::String(text) => quantity_in(text),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => Quantity::Absent,
    }
}

/// Units and remarks that may follow a number in text. Fahrenheit is not among them.
const SUFFIXES: &[&str] = &["", "c", "°c", "℃", "%", "%rh", "v", "mv", LOW_BATTERY];

/// How Netvox marks a voltage: `"3.1(low battery)"`.
const LOW_BATTERY: &str = "(low battery)";

/// As [`quantity`], of a text.
pub(super) fn quantity_in(text: &str) -> Quantity {
    if text.trim().is_empty() {
        return Quantity::Absent;
    }
    number_in(text).map_or(Quantity::Impossible, Quantity::Value)
}

fn number_in(text: &str) -> Option<f64> {
    let text = text.trim();
    let end = text
        .find(|c: char| !(c.is_ascii_digit() || matches!(c, '+' | '-' | '.')))
        .unwrap_or(text.len());
    let (number, suffix) = text.split_at(end);
    SUFFIXES
        .contains(&suffix.trim().to_lowercase().as_str())
        .then(|| number.parse().ok())
        .flatten()
}

/// Whether a voltage carries the remark that it is low.
pub(super) fn says_low(value: &Value) -> bool {
    value
        .as_str()
        .is_some_and(|text| text.to_lowercase().contains(LOW_BATTERY))
}

/// A contact: true for open. 255 is how Tektelic writes an open reed switch.
pub(super) fn is_open(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(open) => Some(*open),
        Value::Number(number) => match number.as_u64() {
            Some(0) => Some(false),
            Some(1 | 255) => Some(true),
            _ => None,
        },
        Value::String(text) => match text.trim().to_lowercase().as_str() {
            "open" | "opened" | "true" | "1" => Some(true),
            "close" | "closed" | "false" | "0" => Some(false),
            _ => None,
        },
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A whole number, or one in text: 64-bit integers come as text.
pub(super) fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_come_bare_and_in_text() {
        for (value, read) in [
            (json!(0), Quantity::Value(0.0)),
            (json!(-18.5), Quantity::Value(-18.5)),
            (json!("24.90"), Quantity::Value(24.9)),
            (json!(" -0.5 °C"), Quantity::Value(-0.5)),
            (json!("3.1(low battery)"), Quantity::Value(3.1)),
            (json!("85%"), Quantity::Value(85.0)),
            (json!("NULL"), Quantity::Impossible),
            (json!("NaN"), Quantity::Impossible),
            (json!("inf"), Quantity::Impossible),
            (json!("38 °F"), Quantity::Impossible),
            (json!("80-100%"), Quantity::Impossible),
            (json!("1e999"), Quantity::Impossible),
            (json!(""), Quantity::Absent),
            (json!(null), Quantity::Absent),
            (json!(true), Quantity::Absent),
        ] {
            assert_eq!(quantity(&value), read, "{value}");
        }
    }

    #[test]
    fn contacts_come_in_every_dress() {
        for (value, open) in [
            (json!(true), Some(true)),
            (json!(0), Some(false)),
            (json!(255), Some(true)),
            (json!("OPEN"), Some(true)),
            (json!("close"), Some(false)),
            (json!("Closed"), Some(false)),
            (json!(37), None),
            (json!("ajar"), None),
            (json!(null), None),
        ] {
            assert_eq!(is_open(&value), open, "{value}");
        }
    }
}
