//! `GET /units/{id}/readings.csv`: a table for spreadsheets (RFC 4180), streamed.
//!
//! Bound: one chunk of [`CHUNK`] readings in memory, however long the range; the next is read when the client has
//! taken the one before. No cell holds text that somebody chose, so none can be a formula.

use std::fmt::Write as _;

use actix_web::{
    HttpResponse,
    http::header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    web::{self, Bytes},
};
use futures_util::stream;

use crate::{
    domain::{OrganizationId, Reading, Timestamp, UnitId},
    http::{
        call::{Answer, Call},
        endpoint::Endpoint,
        problem::Problem,
    },
    storage::{
        Database, StoreError,
        readings::{self, PlacedReading, ReadingCursor},
        units,
    },
};

use super::range::{self, Named};

/// Readings that are read and sent at once.
const CHUNK: i64 = 1000;

const MEDIA_TYPE: &str = "text/csv; charset=utf-8";

const HEADER: &str = "timestamp,temperature,humidity,doorOpen,battery,deviceId\r\n";

pub(super) fn endpoint() -> Endpoint {
    Endpoint::get("/units/{id}/readings.csv", web::to(table))
        .says("What a unit's sensors measured, as a table for spreadsheets")
        .asks(range::parameters())
        .gives_text("text/csv")
}

async fn table(call: Call) -> Answer {
    let unit: UnitId = call.id()?;
    let mut query = call.query()?;
    let named = Named::of(&mut query);
    query.finish()?;
    let mut conn = call.state.database.read().await?;
    let known = units::on_record(&mut conn, call.organization(), unit).await?;
    known.ok_or_else(Problem::not_found)?;
    let rows = Rows {
        database: call.state.database.clone(),
        organization: call.organization(),
        unit,
        range: named.with_ahead(call.state.clock.now()),
        after: None,
    };
    let header = stream::iter([Ok(Bytes::from_static(HEADER.as_bytes()))]);
    let chunks = stream::try_unfold(Some(rows), |rows| async {
        match rows {
            None => Ok(None),
            Some(rows) => rows.next().await.map(Some),
        }
    });
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, MEDIA_TYPE))
        .insert_header((CONTENT_DISPOSITION, "attachment; filename=\"readings.csv\""))
        .streaming(futures_util::StreamExt::chain(header, chunks)))
}

/// What is still to be sent.
struct Rows {
    database: Database,
    organization: OrganizationId,
    unit: UnitId,
    range: (Timestamp, Timestamp),
    after: Option<ReadingCursor>,
}

impl Rows {
    /// The next chunk, and what is left after it.
    async fn next(mut self) -> Result<(Bytes, Option<Self>), StoreError> {
        let mut conn = self.database.read().await?;
        let after = self.after.take();
        let found = readings::page(
            &mut conn,
            self.organization,
            self.unit,
            self.range,
            after,
            CHUNK,
        )
        .await
        .inspect_err(|error| log::error!(error:% = error; "table not finished"))?;
        self.after = found.last().map(PlacedReading::cursor);
        let is_last = found.len() < usize::try_from(CHUNK).unwrap_or_default();
        let mut text = String::new();
        for placed in &found {
            push_row(&mut text, &placed.reading);
        }
        Ok((text.into(), (!is_last).then_some(self)))
    }
}

fn push_row(text: &mut String, reading: &Reading) {
    let cell = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
    let door_open = reading.door_open.map(|open| open.to_string());
    // Writing to a text does not fail.
    let _ = write!(
        text,
        "{},{},{},{},{},{}\r\n",
        reading.timestamp,
        cell(reading.temperature),
        cell(reading.humidity),
        door_open.unwrap_or_default(),
        cell(reading.battery),
        reading.device_id,
    );
}
