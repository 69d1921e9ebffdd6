//! The fields of a JSON body, taken one by one: every mistake is found in one go, and what nobody took is
//! a mistake too.
//!
//! A function that takes fields also describes them: [`Fields::describe`] runs it on no body and notes what it
//! asked for, so that the OpenAPI document cannot differ from what is read.

use std::{fmt::Display, ops::RangeInclusive};

use serde_json::{Map, Value};

use crate::operations::{Change, FieldError};

use super::{
    body_schema::{BodySchema, nullable},
    from_json::FromJson,
    problem::Problem,
};

/// Longest name of an unknown field that is quoted, characters.
const MAX_QUOTED_CHARS: usize = 64;

/// A body on its way to typed values.
#[derive(Debug, Default)]
pub(super) struct Fields {
    object: Map<String, Value>,
    errors: Vec<FieldError>,
    /// Only while a body is described.
    schema: Option<BodySchema>,
}

impl Fields {
    pub(super) fn new(object: Map<String, Value>) -> Self {
        Self {
            object,
            ..Self::default()
        }
    }

    /// The JSON Schema of the objects that `read` takes; it must ask for every field before it misses any.
    pub(super) fn describe<T>(read: impl FnOnce(&mut Self) -> T) -> Value {
        let mut fields = Self {
            schema: Some(BodySchema::default()),
            ..Self::default()
        };
        read(&mut fields);
        fields.schema.unwrap_or_default().into_value()
    }

    /// Says that all fields of one of these sets must be there, which the caller checks.
    pub(super) fn describe_alternatives(&mut self, sets: &[&[&str]]) {
        if let Some(body) = &mut self.schema {
            body.require_one_of(sets);
        }
    }

    /// `None` only after a mistake was noted.
    pub(super) fn required<T: FromJson>(&mut self, name: &str) -> Option<T> {
        self.note(name, T::schema, true);
        self.taken(name)
    }

    /// A text of at most `max` characters that must be there, and not empty.
    pub(super) fn required_text(&mut self, name: &str, max: usize) -> Option<String> {
        self.note(
            name,
            || serde_json::json!({"type": "string", "minLength": 1, "maxLength": max}),
            true,
        );
        let text: String = self.taken(name)?;
        let fits = (1..=max).contains(&text.chars().count());
        self.fitting(name, text, fits, || {
            format!("must be 1 to {max} characters")
        })
    }

    /// A text of at most `max` characters that may be absent or null.
    pub(super) fn optional_text(&mut self, name: &str, max: usize) -> Option<String> {
        self.note(
            name,
            || nullable(serde_json::json!({"type": "string", "maxLength": max})),
            false,
        );
        let text: String = self.not_null(name)?;
        let fits = text.chars().count() <= max;
        self.fitting(name, text, fits, || {
            format!("must be at most {max} characters")
        })
    }

    /// A field that may be absent or null.
    pub(super) fn optional<T: FromJson>(&mut self, name: &str) -> Option<T> {
        self.note(name, || nullable(T::schema()), false);
        self.not_null(name)
    }

    /// A whole number within `allowed`; may be absent or null.
    pub(super) fn optional_within(
        &mut self,
        name: &str,
        allowed: &RangeInclusive<i32>,
    ) -> Option<i32> {
        self.note(name, || nullable(whole_within(allowed)), false);
        let number = self.not_null(name)?;
        self.whole(name, number, allowed)
    }

    /// A number within `allowed`; may be absent or null.
    pub(super) fn optional_number(
        &mut self,
        name: &str,
        allowed: &RangeInclusive<f64>,
    ) -> Option<f64> {
        self.note(name, || nullable(number_within(allowed)), false);
        let number = self.not_null(name)?;
        self.fitting(name, number, allowed.contains(&number), || must_be(allowed))
    }

    /// A field of a merge patch that every such resource has: absent keeps, null is a mistake.
    pub(super) fn replaced<T: FromJson>(&mut self, name: &str) -> Option<T> {
        self.note(name, T::schema, false);
        let value = self.object.remove(name)?;
        self.read(name, &value)
    }

    /// Likewise, a whole number within `allowed`.
    pub(super) fn replaced_within(
        &mut self,
        name: &str,
        allowed: &RangeInclusive<i32>,
    ) -> Option<i32> {
        self.note(name, || whole_within(allowed), false);
        let value = self.object.remove(name)?;
        let number = self.read(name, &value)?;
        self.whole(name, number, allowed)
    }

    /// A field of a merge patch: absent keeps, null takes it away.
    pub(super) fn change<T: FromJson>(&mut self, name: &str) -> Change<T> {
        self.note(name, || nullable(T::schema()), false);
        self.changed(name, |fields, value| fields.read(name, value))
    }

    /// Likewise, a number within `allowed`.
    pub(super) fn change_number(
        &mut self,
        name: &str,
        allowed: &RangeInclusive<f64>,
    ) -> Change<f64> {
        self.note(name, || nullable(number_within(allowed)), false);
        self.changed(name, |fields, value| {
            let number = fields.read(name, value)?;
            fields.fitting(name, number, allowed.contains(&number), || must_be(allowed))
        })
    }

    /// Likewise, a whole number within `allowed`.
    pub(super) fn change_within(
        &mut self,
        name: &str,
        allowed: &RangeInclusive<i32>,
    ) -> Change<i32> {
        self.note(name, || nullable(whole_within(allowed)), false);
        self.changed(name, |fields, value| {
            let number = fields.read(name, value)?;
            fields.whole(name, number, allowed)
        })
    }

    /// The fields of an object inside, which may be absent or null; its mistakes are told as `settings.probe`.
    pub(super) fn inside<T>(&mut self, name: &str, read: impl FnOnce(&mut Self) -> T) -> T {
        let mut inner = match self.object.remove(name) {
            None | Some(Value::Null) => Self::default(),
            Some(Value::Object(object)) => Self::new(object),
            Some(_) => {
                self.refuse(FieldError::new(name, "must be an object"));
                Self::default()
            }
        };
        inner.schema = self.schema.is_some().then(BodySchema::default);
        let value = read(&mut inner);
        inner.refuse_the_rest();
        let placed = inner.errors.into_iter().map(|error| FieldError {
            field: format!("{name}.{}", error.field),
            ..error
        });
        self.errors.extend(placed);
        if let Some(schema) = inner.schema {
            self.note(name, || nullable(schema.into_value()), false);
        }
        value
    }

    /// Notes a mistake that the caller found, unless the field has one already.
    pub(super) fn refuse(&mut self, error: FieldError) {
        if self.errors.iter().all(|known| known.field != error.field) {
            self.errors.push(error);
        }
    }

    /// What was made of the fields, if none was wrong or left over. `None` only after a mistake was noted.
    pub(super) fn finish<T>(self, value: Option<T>) -> Result<T, Problem> {
        self.finished(value).map_err(Problem::from)
    }

    /// Likewise, where the mistakes are not the whole answer.
    pub(super) fn finished<T>(mut self, value: Option<T>) -> Result<T, Vec<FieldError>> {
        self.refuse_the_rest();
        match value {
            Some(value) if self.errors.is_empty() => Ok(value),
            _ => Err(self.errors),
        }
    }

    fn note(&mut self, name: &str, schema: impl FnOnce() -> Value, is_required: bool) {
        if let Some(body) = &mut self.schema {
            body.add(name, schema(), is_required);
        }
    }

    fn taken<T: FromJson>(&mut self, name: &str) -> Option<T> {
        match self.object.remove(name) {
            Some(value) => self.read(name, &value),
            None => {
                self.errors.push(FieldError::new(name, "is required"));
                None
            }
        }
    }

    fn not_null<T: FromJson>(&mut self, name: &str) -> Option<T> {
        let value = self.object.remove(name).filter(|value| !value.is_null())?;
        self.read(name, &value)
    }

    fn changed<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&mut Self, &Value) -> Option<T>,
    ) -> Change<T> {
        match self.object.remove(name) {
            None => Change::Keep,
            Some(Value::Null) => Change::Inherit,
            Some(value) => read(self, &value).map_or(Change::Keep, Change::Set),
        }
    }

    fn whole(&mut self, name: &str, number: i64, allowed: &RangeInclusive<i32>) -> Option<i32> {
        let within = i32::try_from(number)
            .ok()
            .filter(|number| allowed.contains(number));
        if within.is_none() {
            self.refuse(FieldError::new(name, must_be(allowed)));
        }
        within
    }

    fn fitting<T>(
        &mut self,
        name: &str,
        value: T,
        fits: bool,
        must: impl FnOnce() -> String,
    ) -> Option<T> {
        if !fits {
            self.refuse(FieldError::new(name, must()));
        }
        fits.then_some(value)
    }

    fn refuse_the_rest(&mut self) {
        for name in self.object.keys() {
            let name: String = name.chars().take(MAX_QUOTED_CHARS).collect();
            self.errors.push(FieldError::new(name, "is not known"));
        }
    }

    fn read<T: FromJson>(&mut self, name: &str, value: &Value) -> Option<T> {
        T::from_json(value)
            .map_err(|message| self.errors.push(FieldError::new(name, message)))
            .ok()
    }
}

fn must_be<T: Display>(allowed: &RangeInclusive<T>) -> String {
    format!("must be {} to {}", allowed.start(), allowed.end())
}

fn whole_within(allowed: &RangeInclusive<i32>) -> Value {
    serde_json::json!({"type": "integer", "minimum": allowed.start(), "maximum": allowed.end()})
}

fn number_within(allowed: &RangeInclusive<f64>) -> Value {
    serde_json::json!({"type": "number", "minimum": allowed.start(), "maximum": allowed.end()})
}

#[cfg(test)]
mod tests;
