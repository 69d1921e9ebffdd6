//! `/units/{id}/readings`: what a unit's sensors measured, ascending.

use actix_web::web;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    domain::{Reading, Timestamp, UnitId},
    http::{
        call::{Answer, Call},
        endpoint::{Endpoint, Parameter},
        problem::Problem,
        query::Query,
    },
    storage::{
        readings::{self, ReadingCursor},
        units,
    },
};

/// How far back a range reaches that names no beginning, seconds.
const DEFAULT_RANGE_SECONDS: i64 = 24 * 3600;

/// How far ahead of the server's clock a reading may be, seconds: a range that names no end holds it too.
const AHEAD_SECONDS: i64 = 5 * 60;

const A_MOMENT: &str = "must be an RFC 3339 date and time such as 2026-05-01T12:00:00.000Z";

/// Where a page ends: the last reading, and the end of the range as it was when the first page was asked for.
#[derive(Serialize, Deserialize)]
struct Key {
    at: Timestamp,
    frame: Vec<u8>,
    to: Timestamp,
}

pub(in crate::http) fn endpoints() -> Vec<Endpoint> {
    let moment = || json!({"type": "string", "format": "date-time"});
    let resolution = json!({"type": "string", "enum": ["raw"]});
    vec![
        Endpoint::get("/units/{id}/readings", web::to(list))
            .says("What a unit's sensors measured, in the order of time")
            .asks([
                Parameter::new(
                    "from",
                    moment(),
                    "Inclusive; by default 24 hours before the end",
                ),
                Parameter::new("to", moment(), "Exclusive; by default now"),
                Parameter::new("resolution", resolution, "Every reading"),
            ])
            .lists::<Reading>(),
    ]
}

async fn list(call: Call) -> Answer {
    let organization = call.organization();
    let unit: UnitId = call.id()?;
    let mut query = call.query()?;
    let mut page = call.page_in::<Key>(&mut query);
    let range = range(&mut query, page.after.as_ref(), call.state.clock.now());
    query.parsed_by("resolution", "must be raw", |text| {
        (text == "raw").then_some(())
    });
    query.finish()?;
    let mut conn = call.state.database.read().await?;
    if !units::exists(&mut conn, organization, unit).await? {
        return Err(Problem::not_found());
    }
    let after = page.after.take().map(|key| ReadingCursor {
        measured_at: key.at,
        frame_key: key.frame,
    });
    let found = readings::page(&mut conn, organization, unit, range, after, page.rows()).await?;
    page.answer(found, |row| Key {
        at: row.reading.timestamp,
        frame: row.frame_key.clone(),
        to: range.1,
    })
}

/// From (inclusive) and to (exclusive); by default the last 24 hours. A later page has the range of the first,
/// whatever the time is by then.
fn range(query: &mut Query, after: Option<&Key>, now: Timestamp) -> (Timestamp, Timestamp) {
    let mut moment =
        |name: &str| query.parsed_by(name, A_MOMENT, |text| Timestamp::parse(text).ok());
    let (from, to) = (moment("from"), moment("to"));
    if from.zip(to).is_some_and(|(from, to)| from > to) {
        query.refuse("from", "must not be after to");
    }
    match after {
        Some(key) => (key.at, key.to),
        None => (
            from.unwrap_or_else(|| to.unwrap_or(now).plus_seconds(-DEFAULT_RANGE_SECONDS)),
            to.unwrap_or_else(|| now.plus_seconds(AHEAD_SECONDS)),
        ),
    }
}
