//! A unit's history summed up: by spans of time, and as the figures of a whole stretch.
//!
//! Quarters of an hour are kept by the writer; hours and days are sums of them, minutes are read from the readings.
//! Read in chunks of [`CHUNK`] rows: memory does not grow with the range.

use diesel::{ExpressionMethods, QueryDsl, dsl::count_star};
use jiff::tz::TimeZone;

use crate::domain::{
    AlertKind, Bucket, OrganizationId, Resolution, Summary, Timestamp, UnitId,
    resolution::{Spans, Sum},
    summary::Tally,
};

use super::{
    StoreError,
    conn::Conn,
    readings::{self, ReadingCursor},
    rollups::{self, Sums},
    schema::alerts,
    units::OnRecord,
};

/// Rows that are read at once.
const CHUNK: i64 = 4096;

/// The spans of a unit that begin before `to`, from the one that `from` lies in, at most `limit`.
///
/// # Errors
/// [`StoreError`] if the database cannot answer.
pub async fn buckets(
    conn: &mut Conn,
    organization: OrganizationId,
    unit: UnitId,
    (resolution, zone): (Resolution, TimeZone),
    (from, to): (Timestamp, Timestamp),
    limit: usize,
) -> Result<Vec<Bucket>, StoreError> {
    let mut spans = Spans::new(resolution, zone);
    let (begin, _) = spans.around(from);
    let mut rows = match resolution {
        Resolution::Raw | Resolution::Minute => Rows::Readings(None),
        Resolution::Quarter | Resolution::Hour | Resolution::Day => Rows::Quarters(begin),
    };
    while spans.complete() < limit {
        let sums = rows.next(conn, organization, unit, (begin, to)).await?;
        sums.iter().for_each(|sum| spans.add(sum));
        if sums.len() < usize::try_from(CHUNK).unwrap_or_default() {
            break;
        }
    }
    let mut buckets = spans.finish();
    buckets.truncate(limit);
    Ok(buckets)
}

/// Where the next chunk of rows begins.
enum Rows {
    Readings(Option<ReadingCursor>),
    Quarters(Timestamp),
}

impl Rows {
    async fn next(
        &mut self,
        conn: &mut Conn,
        organization: OrganizationId,
        unit: UnitId,
        range: (Timestamp, Timestamp),
    ) -> Result<Vec<Sum>, StoreError> {
        match self {
            Self::Readings(after) => {
                let subject = (unit, None);
                let after_these = after.take();
                let rows =
                    readings::temperatures(conn, organization, subject, range, after_these, CHUNK)
                        .await?;
                *after = rows.last().map(|(at, key, _)| ReadingCursor {
                    measured_at: *at,
                    frame_key: key.clone(),
                });
                let sum = |(at, _, celsius): &(Timestamp, Vec<u8>, Option<f64>)| {
                    Some(Sum::of(*at, (*celsius)?))
                };
                Ok(rows.iter().filter_map(sum).collect())
            }
            Self::Quarters(from) => {
                let range = (*from, range.1);
                let quarters = rollups::quarters(conn, organization, unit, range, CHUNK).await?;
                if let Some((last, _)) = quarters.last() {
                    *from = last.plus_millis(1);
                }
                Ok(quarters.into_iter().map(sum).collect())
            }
        }
    }
}

const fn sum((starts_at, sums): (Timestamp, Sums)) -> Sum {
    Sum {
        starts_at,
        min: sums.minimum,
        max: sums.maximum,
        total: sums.total,
        count: sums.count,
    }
}

/// The figures of a stretch of a unit's history, by the limits and the interval of now.
///
/// # Errors
/// [`StoreError`] if the database cannot answer.
pub async fn summary(
    conn: &mut Conn,
    organization: OrganizationId,
    (unit, on_record): (UnitId, OnRecord),
    (from, to): (Timestamp, Timestamp),
) -> Result<Summary, StoreError> {
    let mut tally = Tally::new((from, to), on_record.rule, on_record.interval_seconds);
    let subject = (unit, on_record.primary_device_id);
    let range = (tally.reads_from(), to);
    let mut after = None;
    loop {
        let rows =
            readings::temperatures(conn, organization, subject, range, after.take(), CHUNK).await?;
        for (at, _, celsius) in &rows {
            if let Some(celsius) = celsius {
                tally.add(*at, *celsius);
            }
        }
        if rows.len() < usize::try_from(CHUNK).unwrap_or_default() {
            break;
        }
        after = rows
            .into_iter()
            .next_back()
            .map(|(at, key, _)| ReadingCursor {
                measured_at: at,
                frame_key: key,
            });
    }
    let excursions = excursions(conn, organization, unit, (from, to)).await?;
    Ok(tally.finish(excursions))
}

async fn excursions(
    conn: &mut Conn,
    organization: OrganizationId,
    unit: UnitId,
    (from, to): (Timestamp, Timestamp),
) -> Result<i64, StoreError> {
    let query = alerts::table
        .filter(alerts::organization_id.eq(organization))
        .filter(alerts::unit_id.eq(unit))
        .filter(alerts::kind.eq(AlertKind::TemperatureExcursion))
        .filter(alerts::triggered_at.ge(from))
        .filter(alerts::triggered_at.lt(to))
        .select(count_star());
    Ok(conn.first::<i64>(query).await?.unwrap_or_default())
}
