use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::domain::{Probe, RuleScope};

fn fields(value: Value) -> Fields {
    let Value::Object(object) = value else {
        panic!("an object")
    };
    Fields::new(object)
}

fn problem<T: std::fmt::Debug>(outcome: Result<T, Problem>) -> String {
    outcome.expect_err("must be refused").to_string()
}

#[test]
fn a_patch_tells_absent_from_null() {
    let mut body = fields(json!({"a": null, "b": 4.5, "c": 900.0}));
    let taken: [Change<f64>; 3] = ["a", "b", "x"].map(|name| body.change(name));
    assert_eq!(taken, [Change::Inherit, Change::Set(4.5), Change::Keep]);
    assert_eq!(body.change_within("c", &(0..=900)), Change::Set(900));
    assert!(body.finish(Some(())).is_ok());
}

#[test]
fn every_mistake_is_told_and_what_is_left_over_is_one() {
    let mut body =
        fields(json!({"email": 5, "confirm": 1.5, "scope": "planet", "scopeId": "x", "extra": 1}));
    let email = body.required::<String>("email");
    let password = body.required::<String>("password");
    body.change::<i64>("confirm");
    body.required::<RuleScope>("scope");
    body.required::<Uuid>("scopeId");
    assert_eq!(
        problem(body.finish(email.zip(password))),
        "invalid_payload: email must be text; password is required; confirm must be a whole number; \
         scope must be one of organization, site, unit; scopeId must be an id; extra is not known"
    );
}

#[test]
fn texts_have_a_length() {
    for (text, taken) in [("", false), ("äöü", true), ("äöüx", false)] {
        let mut body = fields(json!({"name": text}));
        let name = body.required_text("name", 3);
        assert_eq!(body.finish(name).is_ok(), taken, "{text}");
    }
}

#[test]
fn a_long_unknown_name_is_cut() {
    let mut object = Map::new();
    object.insert("x".repeat(100_000), Value::Null);
    let told = problem(Fields::new(object).finish(Some(())));
    assert!(told.len() < 120, "{told}");
}

#[test]
fn null_is_absent_where_a_field_is_optional() {
    let mut body = fields(json!({"note": null}));
    assert_eq!(body.optional::<String>("note"), None);
    assert!(body.finish(Some(())).is_ok());
}

#[test]
fn an_object_inside_tells_its_mistakes_with_its_name() {
    for (body, told) in [
        (json!({}), ""),
        (json!({"settings": null}), ""),
        (json!({"settings": {"probe": "external"}}), ""),
        (json!({"settings": 5}), "settings must be an object"),
        (
            json!({"settings": {"probe": "x", "extra": 1}}),
            "settings.probe must be one of internal, external; settings.extra is not known",
        ),
    ] {
        let mut fields = fields(body.clone());
        fields.inside("settings", |inner| inner.optional::<Probe>("probe"));
        let outcome = fields.finish(Some(())).err().map(|error| error.to_string());
        let expected = (!told.is_empty()).then(|| format!("invalid_payload: {told}"));
        assert_eq!(outcome, expected, "{body}");
    }
}

#[test]
fn numbers_have_a_range() {
    for (number, within) in [
        (json!(0), None),
        (json!(1), Some(1)),
        (json!(60), Some(60)),
        (json!(61), None),
        (json!(5_000_000_000_i64), None),
    ] {
        let mut body = fields(json!({ "seconds": number }));
        assert_eq!(
            body.optional_within("seconds", &(1..=60)),
            within,
            "{number}"
        );
        assert_eq!(body.finish(Some(())).is_ok(), within.is_some(), "{number}");
    }
}
#[test]
fn a_change_out_of_its_range_is_refused() {
    for (value, taken) in [
        (json!(-273.15), true),
        (json!(-273.16), false),
        (json!(1000), true),
        (json!(null), true),
        (json!("5"), false),
    ] {
        let mut body = fields(json!({ "max": value }));
        body.change_number("max", &(-273.15..=1000.0));
        assert_eq!(body.finish(Some(())).is_ok(), taken, "{value}");
    }
}

#[test]
fn what_a_function_takes_is_what_it_describes() {
    let read = |fields: &mut Fields| {
        let name = fields.required_text("name", 5);
        fields.change_within("seconds", &(0..=60));
        fields.inside("settings", |inner| inner.optional::<Probe>("probe"));
        name
    };
    assert_eq!(
        Fields::describe(read),
        json!({"type": "object", "additionalProperties": false, "required": ["name"], "properties": {
            "name": {"type": "string", "minLength": 1, "maxLength": 5},
            "seconds": {"type": ["integer", "null"], "minimum": 0, "maximum": 60},
            "settings": {"type": ["object", "null"], "additionalProperties": false, "properties": {
                "probe": {"type": ["string", "null"], "enum": ["internal", "external", null]},
            }},
        }})
    );
}
