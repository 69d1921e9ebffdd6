//! `/units/{id}/readings`: what a unit's sensors measured, ascending.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use serde::{Deserialize, Serialize};

use crate::{
    domain::{Timestamp, UnitId},
    http::{page::Page, path, problem::Problem, query::Query, state::State, who::Who},
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

/// `GET /units/{id}/readings` `?from=&to=&resolution=raw&limit=&cursor=`
pub(in crate::http) async fn list(
    state: Data<State>,
    who: Who,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let organization = who.0.organization_id;
    let unit: UnitId = path::id(&request)?;
    let mut query = Query::of(&request)?;
    let mut page = Page::<Key>::of(&request, &mut query, organization);
    let range = range(&mut query, page.after.as_ref(), state.clock.now());
    query.parsed_by("resolution", "must be raw", |text| {
        (text == "raw").then_some(())
    });
    query.finish()?;
    let mut conn = state.database.read().await?;
    if !units::exists(&mut conn, organization, unit).await? {
        return Err(Problem::not_found());
    }
    let after = page.after.take().map(|key| ReadingCursor {
        measured_at: key.at,
        frame_key: key.frame,
    });
    let found = readings::page(&mut conn, organization, unit, range, after, page.rows()).await?;
    let rows = found.into_iter().map(|(reading, cursor)| {
        let key = Key {
            at: cursor.measured_at,
            frame: cursor.frame_key,
            to: range.1,
        };
        (reading, key)
    });
    page.answer(rows.collect())
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
