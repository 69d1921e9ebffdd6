//! The fields of a JSON body, taken one by one: every mistake is found in one go, and what nobody took is
//! a mistake too.

use serde_json::{Map, Value};
use uuid::Uuid;

use crate::{
    domain::RuleScope,
    operations::{Change, FieldError},
};

use super::{problem::Problem, query::one_of};

/// Longest name of an unknown field that is quoted, characters.
const MAX_QUOTED_CHARS: usize = 64;

/// A body on its way to typed values.
#[derive(Debug, Default)]
pub(super) struct Fields {
    object: Map<String, Value>,
    errors: Vec<FieldError>,
}

/// A value that a field can have.
pub(super) trait FromJson: Sized {
    /// The value, or what it must be.
    fn from_json(value: &Value) -> Result<Self, String>;
}

impl Fields {
    pub(super) fn new(object: Map<String, Value>) -> Self {
        Self {
            object,
            errors: Vec::new(),
        }
    }

    /// `None` only after a mistake was noted.
    pub(super) fn required<T: FromJson>(&mut self, name: &str) -> Option<T> {
        match self.object.remove(name) {
            Some(value) => self.read(name, &value),
            None => {
                self.errors.push(FieldError::new(name, "is required"));
                None
            }
        }
    }

    /// A text of at most `max` characters that must be there, and not empty.
    pub(super) fn required_text(&mut self, name: &str, max: usize) -> Option<String> {
        let text: String = self.required(name)?;
        if text.is_empty() || text.chars().count() > max {
            let message = format!("must be 1 to {max} characters");
            self.errors.push(FieldError::new(name, message));
            return None;
        }
        Some(text)
    }

    /// A field that may be absent or null.
    pub(super) fn optional<T: FromJson>(&mut self, name: &str) -> Option<T> {
        let value = self.object.remove(name).filter(|value| !value.is_null())?;
        self.read(name, &value)
    }

    /// A field of a merge patch: absent keeps, null inherits.
    pub(super) fn change<T: FromJson>(&mut self, name: &str) -> Change<T> {
        match self.object.remove(name) {
            None => Change::Keep,
            Some(Value::Null) => Change::Inherit,
            Some(value) => self
                .read(name, &value)
                .map_or(Change::Keep, |value| Change::Set(value)),
        }
    }

    /// What was made of the fields, if none was wrong or left over. `None` only after a mistake was noted.
    pub(super) fn finish<T>(mut self, value: Option<T>) -> Result<T, Problem> {
        for name in self.object.keys() {
            let name: String = name.chars().take(MAX_QUOTED_CHARS).collect();
            self.errors.push(FieldError::new(name, "is not known"));
        }
        match value {
            Some(value) if self.errors.is_empty() => Ok(value),
            _ => Err(self.errors.into()),
        }
    }

    fn read<T: FromJson>(&mut self, name: &str, value: &Value) -> Option<T> {
        T::from_json(value)
            .map_err(|message| self.errors.push(FieldError::new(name, message)))
            .ok()
    }
}

impl FromJson for String {
    fn from_json(value: &Value) -> Result<Self, String> {
        let text = value.as_str().ok_or("must be text")?;
        Ok(text.to_owned())
    }
}

impl FromJson for f64 {
    fn from_json(value: &Value) -> Result<Self, String> {
        Ok(value.as_f64().ok_or("must be a number")?)
    }
}

impl FromJson for i64 {
    /// `900.0` is a whole number too: JSON knows one kind.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "whole, and `as` saturates: a range check follows"
    )]
    fn from_json(value: &Value) -> Result<Self, String> {
        let whole = || value.as_f64().filter(|number| number.fract() == 0.0);
        let number = value
            .as_i64()
            .or_else(|| whole().map(|number| number as Self));
        Ok(number.ok_or("must be a whole number")?)
    }
}

impl FromJson for Uuid {
    fn from_json(value: &Value) -> Result<Self, String> {
        let id = value.as_str().and_then(|text| Self::try_parse(text).ok());
        Ok(id.ok_or("must be an id")?)
    }
}

impl FromJson for RuleScope {
    fn from_json(value: &Value) -> Result<Self, String> {
        let scope = value.as_str().and_then(|text| text.parse().ok());
        scope.ok_or_else(|| one_of(Self::ALL))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

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
        assert_eq!(body.change::<i64>("c"), Change::Set(900));
        assert!(body.finish(Some(())).is_ok());
    }

    #[test]
    fn every_mistake_is_told_and_what_is_left_over_is_one() {
        let mut body = fields(
            json!({"email": 5, "confirm": 1.5, "scope": "planet", "scopeId": "x", "extra": 1}),
        );
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
}
