//! What a JSON value must be to become a value of ours, and the schema that says so.

use std::{fmt::Display, str::FromStr};

use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    auth::NewPassword,
    domain::{
        AreaId, DevEui, DeviceId, DeviceRole, DoorPolarity, Email, Name, Probe, Role, RuleScope,
        SiteId, TemperatureUnit, Timestamp, Timezone, UnitId, UnitKind,
    },
};

use super::query::one_of;

/// A value that a field can have.
pub(super) trait FromJson: Sized {
    /// The value, or what it must be.
    fn from_json(value: &Value) -> Result<Self, String>;

    /// What it must be, as JSON Schema (2020-12).
    fn schema() -> Value;
}

impl FromJson for String {
    fn from_json(value: &Value) -> Result<Self, String> {
        let text = value.as_str().ok_or("must be text")?;
        Ok(text.to_owned())
    }

    fn schema() -> Value {
        json!({"type": "string"})
    }
}

impl FromJson for bool {
    fn from_json(value: &Value) -> Result<Self, String> {
        Ok(value.as_bool().ok_or("must be true or false")?)
    }

    fn schema() -> Value {
        json!({"type": "boolean"})
    }
}

impl FromJson for f64 {
    fn from_json(value: &Value) -> Result<Self, String> {
        Ok(value.as_f64().ok_or("must be a number")?)
    }

    fn schema() -> Value {
        json!({"type": "number"})
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

    fn schema() -> Value {
        json!({"type": "integer"})
    }
}

impl FromJson for Uuid {
    fn from_json(value: &Value) -> Result<Self, String> {
        let id = value.as_str().and_then(|text| Self::try_parse(text).ok());
        Ok(id.ok_or("must be an id")?)
    }

    fn schema() -> Value {
        json!({"type": "string", "format": "uuid"})
    }
}

impl FromJson for Timestamp {
    fn from_json(value: &Value) -> Result<Self, String> {
        let text = value.as_str().ok_or("must be text")?;
        Self::parse(text).map_err(|error| error.to_string())
    }

    fn schema() -> Value {
        json!({"type": "string", "format": "date-time"})
    }
}

macro_rules! ids {
    ($($id:ident),+) => {$(
        impl FromJson for $id {
            fn from_json(value: &Value) -> Result<Self, String> {
                Uuid::from_json(value).map(Self)
            }

            fn schema() -> Value {
                Uuid::schema()
            }
        }
    )+};
}

ids!(AreaId, DeviceId, SiteId, UnitId);

macro_rules! enums {
    ($($name:ident),+) => {$(
        impl FromJson for $name {
            fn from_json(value: &Value) -> Result<Self, String> {
                let known = value.as_str().and_then(|text| text.parse().ok());
                known.ok_or_else(|| one_of(Self::ALL))
            }

            fn schema() -> Value {
                json!({"type": "string", "enum": Self::ALL})
            }
        }
    )+};
}

enums!(
    DeviceRole,
    DoorPolarity,
    Probe,
    Role,
    RuleScope,
    TemperatureUnit,
    UnitKind
);

macro_rules! texts {
    ($($name:ident $schema:tt)+) => {$(
        impl FromJson for $name {
            fn from_json(value: &Value) -> Result<Self, String> {
                parsed(value)
            }

            fn schema() -> Value {
                json!($schema)
            }
        }
    )+};
}

texts! {
    DevEui {"type": "string", "pattern": "^[0-9A-Fa-f]{16}$"}
    // Something else than blanks, and no control character.
    Name {"type": "string", "minLength": 1, "maxLength": 100,
        "pattern": r"^[^\u0000-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f][^\u0000-\u001f\u007f-\u009f]*$"}
    Timezone {"type": "string", "description": "A name of the IANA time zone database", "examples": ["Europe/Berlin"]}
    Email {"type": "string", "format": "email", "maxLength": 254}
    NewPassword {"type": "string", "minLength": 8, "maxLength": 1024, "format": "password"}
}

fn parsed<T: FromStr<Err: Display>>(value: &Value) -> Result<T, String> {
    let text = value.as_str().ok_or("must be text")?;
    text.parse().map_err(|error: T::Err| error.to_string())
}
