//! What a JSON value must be to become a value of ours.

use std::{fmt::Display, str::FromStr};

use serde_json::Value;
use uuid::Uuid;

use crate::domain::{
    AreaId, DevEui, DeviceRole, DoorPolarity, Name, Probe, RuleScope, SiteId, Timezone, UnitId,
    UnitKind,
};

use super::query::one_of;

/// A value that a field can have.
pub(super) trait FromJson: Sized {
    /// The value, or what it must be.
    fn from_json(value: &Value) -> Result<Self, String>;
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

macro_rules! ids {
    ($($id:ident),+) => {$(
        impl FromJson for $id {
            fn from_json(value: &Value) -> Result<Self, String> {
                Uuid::from_json(value).map(Self)
            }
        }
    )+};
}

ids!(AreaId, SiteId, UnitId);

macro_rules! enums {
    ($($name:ident),+) => {$(
        impl FromJson for $name {
            fn from_json(value: &Value) -> Result<Self, String> {
                let known = value.as_str().and_then(|text| text.parse().ok());
                known.ok_or_else(|| one_of(Self::ALL))
            }
        }
    )+};
}

enums!(DeviceRole, DoorPolarity, Probe, RuleScope, UnitKind);

macro_rules! texts {
    ($($name:ident),+) => {$(
        impl FromJson for $name {
            fn from_json(value: &Value) -> Result<Self, String> {
                parsed(value)
            }
        }
    )+};
}

texts!(DevEui, Name, Timezone);

fn parsed<T: FromStr<Err: Display>>(value: &Value) -> Result<T, String> {
    let text = value.as_str().ok_or("must be text")?;
    text.parse().map_err(|error: T::Err| error.to_string())
}
