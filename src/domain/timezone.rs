//! A time zone of the IANA database, which is inside the program.

use std::{fmt, str::FromStr};

use jiff::tz::{TimeZone, TimeZoneDatabase};

/// A zone that exists, by the name that the database gives it: `Europe/Berlin`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timezone(String);

/// A text that names no [`Timezone`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be an IANA time zone such as Europe/Berlin")]
pub struct InvalidTimezone;

impl Timezone {
    /// `Europe/Berlin`
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its offsets through history.
    #[must_use]
    pub fn rules(&self) -> TimeZone {
        // The name came from there.
        TimeZoneDatabase::bundled()
            .get(&self.0)
            .unwrap_or(TimeZone::UTC)
    }

    /// `Europe/Berlin`
    #[must_use]
    pub fn into_text(self) -> String {
        self.0
    }
}

impl FromStr for Timezone {
    type Err = InvalidTimezone;

    /// In any case: `europe/berlin`.
    fn from_str(text: &str) -> Result<Self, InvalidTimezone> {
        let zone = TimeZoneDatabase::bundled()
            .get(text)
            .map_err(|_| InvalidTimezone)?;
        match zone.iana_name() {
            Some(name) if !zone.is_unknown() => Ok(Self(name.to_owned())),
            _ => Err(InvalidTimezone),
        }
    }
}

impl fmt::Display for Timezone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_is_one_that_exists() {
        for (text, zone) in [
            ("Europe/Berlin", Some("Europe/Berlin")),
            ("europe/lisbon", Some("Europe/Lisbon")),
            (
                "America/Argentina/Ushuaia",
                Some("America/Argentina/Ushuaia"),
            ),
            ("UTC", Some("UTC")),
            ("Europe/Atlantis", None),
            ("Etc/Unknown", None),
            ("+02:00", None),
            ("CEST", None),
            (" Europe/Berlin", None),
            ("", None),
        ] {
            let parsed = text.parse::<Timezone>().ok();
            assert_eq!(parsed.as_ref().map(Timezone::as_str), zone, "{text}");
        }
    }
}
