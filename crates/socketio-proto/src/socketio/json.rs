//! The JSON of a packet: read with a depth limit, and the placeholders that stand for binary attachments.
//! Neighbours: [`super::packet`], [`super::frame`]. Bounds: [`limits::JSON_DEPTH`], the text itself is cut before.

use serde_json::{Value, json};

use crate::limits;

/// Stands in the arguments for the attachment with this number: `{"_placeholder":true,"num":0}`.
pub fn placeholder(num: usize) -> Value {
    json!({ "_placeholder": true, "num": num })
}

/// Reads JSON that nests at most [`limits::JSON_DEPTH`] deep. None: it is deeper, or no JSON.
pub(super) fn parse(text: &str) -> Option<Value> {
    if depth(text) > limits::JSON_DEPTH {
        return None;
    }
    serde_json::from_str(text).ok()
}

/// Nesting as the brackets outside of strings say, before anything recursive sees the text.
fn depth(text: &str) -> usize {
    let (mut open, mut deepest) = (0_usize, 0_usize);
    let (mut in_string, mut escaped) = (false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => {
                open += 1;
                deepest = deepest.max(open);
            }
            b']' | b'}' if !in_string => open = open.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// Every placeholder names one of `attachments` attachments.
pub(super) fn placeholders_fit(values: &[Value], attachments: usize) -> bool {
    values.iter().all(|value| fits(value, attachments))
}

fn fits(value: &Value, attachments: usize) -> bool {
    match value {
        Value::Array(values) => placeholders_fit(values, attachments),
        Value::Object(fields) if fields.get("_placeholder") == Some(&Value::Bool(true)) => fields
            .get("num")
            .and_then(Value::as_u64)
            .and_then(|num| usize::try_from(num).ok())
            .is_some_and(|num| num < attachments),
        Value::Object(fields) => fields.values().all(|value| fits(value, attachments)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_is_limited_before_parsing() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(parse(&nested(100)).is_some());
        assert!(parse(&nested(101)).is_none());
        assert!(parse(&nested(100_000)).is_none());
        let in_a_string = format!(r#"["{}\"["]"#, "[".repeat(500));
        assert!(parse(&in_a_string).is_some());
    }

    #[test]
    fn placeholders_must_name_an_attachment() {
        for (text, attachments, fit) in [
            (r#"[{"_placeholder":true,"num":0}]"#, 1, true),
            (r#"[{"a":[{"_placeholder":true,"num":1}]}]"#, 2, true),
            (r#"[{"_placeholder":true,"num":1}]"#, 1, false),
            (r#"[{"_placeholder":true,"num":-1}]"#, 1, false),
            (r#"[{"_placeholder":true,"num":0.5}]"#, 1, false),
            (r#"[{"_placeholder":true,"num":"0"}]"#, 1, false),
            (r#"[{"_placeholder":true}]"#, 1, false),
            (r#"[{"_placeholder":false,"num":7}]"#, 1, true),
            (r#"[{"_placeholder":true,"num":0}]"#, 0, false),
        ] {
            let values = parse(text)
                .and_then(|value| value.as_array().cloned())
                .expect("an array");
            assert_eq!(placeholders_fit(&values, attachments), fit, "{text}");
        }
    }
}
