//! From when to when.

use serde_json::json;

use crate::{
    domain::Timestamp,
    http::{endpoint::Parameter, query::Query},
};

/// How far back a range reaches that names no beginning, seconds.
const DEFAULT_RANGE_SECONDS: i64 = 24 * 3600;

/// How far ahead of the server's clock a reading may be, seconds: a range that names no end holds it too.
const AHEAD_SECONDS: i64 = 5 * 60;

const A_MOMENT: &str = "must be an RFC 3339 date and time such as 2026-05-01T12:00:00.000Z";

/// From (inclusive) and to (exclusive), as far as they are named.
#[derive(Debug, Clone, Copy)]
pub(super) struct Named {
    from: Option<Timestamp>,
    to: Option<Timestamp>,
}

/// How a range is asked for.
pub(super) fn parameters() -> [Parameter; 2] {
    let moment = || json!({"type": "string", "format": "date-time"});
    [
        Parameter::new(
            "from",
            moment(),
            "Inclusive; by default 24 hours before the end",
        ),
        Parameter::new("to", moment(), "Exclusive; by default now"),
    ]
}

impl Named {
    /// As the query names it.
    pub(super) fn of(query: &mut Query) -> Self {
        let mut moment =
            |name: &str| query.parsed_by(name, A_MOMENT, |text| Timestamp::parse(text).ok());
        let (from, to) = (moment("from"), moment("to"));
        if from.zip(to).is_some_and(|(from, to)| from > to) {
            query.refuse("from", "must not be after to");
        }
        Self { from, to }
    }

    /// The last 24 hours by default, with readings whose clock is a little ahead.
    pub(super) fn with_ahead(self, now: Timestamp) -> (Timestamp, Timestamp) {
        let (from, _) = self.until(now);
        (
            from,
            self.to.unwrap_or_else(|| now.plus_seconds(AHEAD_SECONDS)),
        )
    }

    /// The last 24 hours by default, up to `now`.
    pub(super) fn until(self, now: Timestamp) -> (Timestamp, Timestamp) {
        let to = self.to.unwrap_or_else(|| now.max(self.from.unwrap_or(now)));
        let from = self
            .from
            .unwrap_or_else(|| to.plus_seconds(-DEFAULT_RANGE_SECONDS));
        (from, to)
    }
}
