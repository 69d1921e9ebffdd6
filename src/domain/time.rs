//! A moment in UTC with the millisecond resolution that the wire shows.
//!
//! What the wire cannot show does not exist inside either: longer fractions are cut when a text is
//! read, so a `from`/`to` range, a cursor or a comparison by a client means what the server means.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Milliseconds since the Unix epoch, UTC.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Timestamp(i64);

/// Why a text is no moment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be an RFC 3339 date and time such as 2026-05-01T12:00:00.000Z")]
pub struct InvalidTimestamp;

impl Timestamp {
    /// Earliest moment that has a four-digit year.
    pub const MIN: Self = Self(-62_135_596_800_000);
    /// Latest moment that has a four-digit year.
    pub const MAX: Self = Self(253_402_207_199_999);

    /// A moment from milliseconds since the epoch; clamped to the years 1 to 9999.
    #[must_use]
    pub fn from_millis(millis: i64) -> Self {
        Self(millis.clamp(Self::MIN.0, Self::MAX.0))
    }

    /// Milliseconds since the epoch.
    #[must_use]
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// This moment moved by whole seconds (negative: earlier).
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        self.plus_millis(seconds.saturating_mul(1000))
    }

    /// This moment moved by milliseconds (negative: earlier).
    #[must_use]
    pub fn plus_millis(self, millis: i64) -> Self {
        Self::from_millis(self.0.saturating_add(millis))
    }

    /// Milliseconds from `earlier` to this moment; negative if it is later.
    #[must_use]
    pub const fn millis_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// Whole seconds from `earlier` to this moment, rounded down.
    #[must_use]
    pub const fn seconds_since(self, earlier: Self) -> i64 {
        self.millis_since(earlier).div_euclid(1000)
    }

    /// Reads RFC 3339; a fraction of any length is cut to milliseconds.
    ///
    /// # Errors
    /// [`InvalidTimestamp`] if the text is not RFC 3339.
    pub fn parse(text: &str) -> Result<Self, InvalidTimestamp> {
        let parsed = match text.split_once('.') {
            None => text.parse::<jiff::Timestamp>(),
            Some((seconds, rest)) => {
                let zone = rest.trim_start_matches(|c: char| c.is_ascii_digit());
                let digits = &rest[..rest.len() - zone.len()];
                let kept = &digits[..digits.len().min(3)];
                format!("{seconds}.{kept}{zone}").parse()
            }
        };
        parsed
            .map(|t| Self::from_millis(t.as_millisecond()))
            .map_err(|_| InvalidTimestamp)
    }
}

impl fmt::Display for Timestamp {
    /// `2026-05-01T12:00:00.000Z`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_millisecond(self.0) {
            Ok(moment) => write!(f, "{moment:.3}"),
            Err(_) => Err(fmt::Error),
        }
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl schemars::JsonSchema for Timestamp {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Timestamp".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "date-time" })
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_fraction_is_cut_to_milliseconds() {
        for (text, shown) in [
            ("2026-11-24T05:40:12Z", "2026-11-24T05:40:12.000Z"),
            ("2026-11-24T05:40:12.3Z", "2026-11-24T05:40:12.300Z"),
            ("2026-11-24T05:40:12.519442917Z", "2026-11-24T05:40:12.519Z"),
            (
                "2026-11-24T05:46:44.9999999999Z",
                "2026-11-24T05:46:44.999Z",
            ),
            ("2026-11-24T07:40:12.5+02:00", "2026-11-24T05:40:12.500Z"),
            ("1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"),
            ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z"),
        ] {
            let read = Timestamp::parse(text).expect(text);
            assert_eq!(read.to_string(), shown, "{text}");
            assert_eq!(Timestamp::parse(shown), Ok(read), "{text}");
        }
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        for text in [
            "",
            "yesterday",
            "2026-11-24",
            "2026-11-24T05:40:12",
            "2026-13-01T00:00:00Z",
            "2026-11-24T05:40:12.Z.Z",
            "12.5",
        ] {
            assert_eq!(Timestamp::parse(text), Err(InvalidTimestamp), "{text}");
        }
    }

    #[test]
    fn arithmetic_saturates_instead_of_overflowing() {
        assert_eq!(Timestamp::MAX.plus_seconds(i64::MAX), Timestamp::MAX);
        assert_eq!(Timestamp::MIN.plus_millis(i64::MIN), Timestamp::MIN);
        assert_eq!(
            Timestamp::from_millis(-1).seconds_since(Timestamp::from_millis(0)),
            -1
        );
        assert_eq!(Timestamp::MAX.to_string(), "9999-12-30T21:59:59.999Z");
    }
}
