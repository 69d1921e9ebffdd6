//! `GET /units/{id}/readings`: every reading, or spans of time, ascending.

use actix_web::web;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    domain::{Bucket, Reading, Resolution, Timestamp, UnitId},
    http::{
        call::{Answer, Call},
        endpoint::{Endpoint, Parameter},
        page::Page,
        problem::Problem,
        query::one_of,
    },
    storage::{
        readings::{self, ReadingCursor},
        units,
    },
};

use super::{
    buckets,
    range::{self, Named},
};

/// What chooses the resolution by the range.
const AUTO: &str = "auto";

/// Where a page ends: the last item, and the end of the range as it was when the first page was asked for.
#[derive(Serialize, Deserialize)]
pub(super) struct Key {
    pub(super) at: Timestamp,
    /// Of a reading: its place among those of its time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    frame: Vec<u8>,
    pub(super) to: Timestamp,
}

impl Key {
    /// After a span that begins then.
    pub(super) const fn of_span(at: Timestamp, to: Timestamp) -> Self {
        Self {
            at,
            frame: Vec::new(),
            to,
        }
    }
}

/// A reading, or a span of time.
#[derive(JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "only described: a page holds one of them")]
enum Item {
    Reading(Reading),
    Bucket(Bucket),
}

pub(super) fn endpoint() -> Endpoint {
    let texts: Vec<&str> = Resolution::ALL
        .iter()
        .map(|resolution| resolution.as_str())
        .chain([AUTO])
        .collect();
    let resolution = json!({"type": "string", "enum": texts, "default": "raw"});
    Endpoint::get("/units/{id}/readings", web::to(list))
        .says("What a unit's sensors measured, in the order of time: every reading, or sums of 1m, 15m, 1h or 1d")
        .asks(range::parameters())
        .asks([Parameter::new(
            "resolution",
            resolution,
            "`raw` gives readings, others the spans that begin before `to`, from the one that `from` lies in; days are \
             those of the site; `auto` takes what gives about 2,000 points at most",
        )])
        .lists::<Item>()
}

async fn list(call: Call) -> Answer {
    let unit: UnitId = call.id()?;
    let mut query = call.query()?;
    let page = call.page_in::<Key>(&mut query);
    let named = Named::of(&mut query);
    let mut must = one_of(Resolution::ALL);
    must.push_str(", ");
    must.push_str(AUTO);
    let resolution = query.parsed_by("resolution", &must, |text| match text {
        AUTO => Some(None),
        text => text.parse().ok().map(Some),
    });
    query.finish()?;
    let now = call.state.clock.now();
    let range = named.with_ahead(now);
    let automatic = || {
        let (from, to) = named.until(now);
        Resolution::for_range(from, to)
    };
    let resolution = resolution
        .unwrap_or(Some(Resolution::Raw))
        .unwrap_or_else(automatic);
    match resolution {
        Resolution::Raw => raw(&call, unit, range, page).await,
        resolution => buckets::list(&call, unit, resolution, range, page).await,
    }
}

/// A later page has the end of the first, whatever the time is by then.
async fn raw(
    call: &Call,
    unit: UnitId,
    (from, to): (Timestamp, Timestamp),
    mut page: Page<Key>,
) -> Answer {
    let organization = call.organization();
    let mut conn = call.state.database.read().await?;
    let known = units::on_record(&mut conn, organization, unit).await?;
    known.ok_or_else(Problem::not_found)?;
    let after = page.after.take();
    let range = after.as_ref().map_or((from, to), |key| (key.at, key.to));
    let after = after.map(|key| ReadingCursor {
        measured_at: key.at,
        frame_key: key.frame,
    });
    let found = readings::page(&mut conn, organization, unit, range, after, page.rows()).await?;
    page.answer(found, |placed| Key {
        at: placed.reading.timestamp,
        frame: placed.frame_key.clone(),
        to: range.1,
    })
}
