//! Stored measurements: rows, and pages of a unit's history.

use diesel::{
    BoolExpressionMethods, ExpressionMethods, IntoSql, NullableExpressionMethods, QueryDsl,
    prelude::{Queryable, Selectable},
    sql_types::{Bool, Nullable},
};

use serde::Serialize;

use crate::domain::{DeviceId, OrganizationId, Reading, ReadingId, Timestamp, UnitId};

use super::{StoreError, conn::Conn, schema::readings, types::columns};

/// A measurement as its table has it.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = readings)]
pub(super) struct ReadingRow {
    id: ReadingId,
    device_id: DeviceId,
    temperature: Option<f64>,
    humidity: Option<f64>,
    door_open: Option<bool>,
    battery_percent: Option<f64>,
    battery_volts: Option<f64>,
    signal: Option<f64>,
    late: bool,
    fault: bool,
    simulated: bool,
    measured_at: Timestamp,
}

impl From<ReadingRow> for Reading {
    fn from(row: ReadingRow) -> Self {
        Self {
            id: row.id,
            device_id: row.device_id,
            temperature: row.temperature,
            humidity: row.humidity,
            door_open: row.door_open,
            battery: row.battery_percent,
            battery_volts: row.battery_volts,
            signal: row.signal,
            late: row.late,
            fault: row.fault,
            simulated: row.simulated,
            timestamp: row.measured_at,
        }
    }
}

/// Where a page begins: after this row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadingCursor {
    /// Time of the last row seen.
    pub measured_at: Timestamp,
    /// Its key among those of that time.
    pub frame_key: Vec<u8>,
}

/// A stored measurement with its place among those of its time; on the wire the measurement alone.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct PlacedReading {
    /// What was measured.
    pub reading: Reading,
    /// Its key among those of that time.
    #[serde(skip)]
    pub frame_key: Vec<u8>,
}

impl PlacedReading {
    /// Where the page after it begins.
    #[must_use]
    pub fn cursor(&self) -> ReadingCursor {
        ReadingCursor {
            measured_at: self.reading.timestamp,
            frame_key: self.frame_key.clone(),
        }
    }
}

/// A unit's measurements from `from` (inclusive) to `to` (exclusive), ascending, at most `limit`.
///
/// # Errors
/// [`StoreError`] if the database cannot answer.
pub async fn page(
    conn: &mut Conn,
    organization: OrganizationId,
    unit: UnitId,
    (from, to): (Timestamp, Timestamp),
    after: Option<ReadingCursor>,
    limit: i64,
) -> Result<Vec<PlacedReading>, StoreError> {
    let start = after.unwrap_or(ReadingCursor {
        measured_at: from,
        frame_key: Vec::new(),
    });
    let query = readings::table
        .filter(readings::organization_id.eq(organization))
        .filter(readings::unit_id.eq(unit))
        .filter(readings::measured_at.ge(from.max(start.measured_at)))
        .filter(readings::measured_at.lt(to))
        .filter(
            readings::measured_at
                .gt(start.measured_at)
                .or(readings::frame_key.gt(start.frame_key)),
        )
        .order((readings::measured_at, readings::frame_key))
        .limit(limit)
        .select((columns::<ReadingRow>(), readings::frame_key));
    let rows: Vec<(ReadingRow, Vec<u8>)> = conn.all(query).await?;
    let placed = |(row, frame_key): (ReadingRow, Vec<u8>)| PlacedReading {
        reading: row.into(),
        frame_key,
    };
    Ok(rows.into_iter().map(placed).collect())
}

/// The newest measurements of a unit that count, up to and with `until`, ascending, at most `limit`.
///
/// # Errors
/// [`StoreError`] if the database cannot answer.
pub async fn newest_until(
    conn: &mut Conn,
    organization: OrganizationId,
    unit: UnitId,
    until: Timestamp,
    limit: i64,
) -> Result<Vec<Reading>, StoreError> {
    let query = readings::table
        .filter(readings::organization_id.eq(organization))
        .filter(readings::unit_id.eq(unit))
        .filter(readings::measured_at.le(until))
        .filter(readings::simulated.eq(false))
        .order((readings::measured_at.desc(), readings::frame_key.desc()))
        .limit(limit)
        .select(columns::<ReadingRow>());
    let rows: Vec<ReadingRow> = conn.all(query).await?;
    Ok(rows.into_iter().rev().map(Reading::from).collect())
}

/// A temperature that counts, with its place among those of its time.
pub(super) type PlacedTemperature = (Timestamp, Vec<u8>, Option<f64>);

/// Temperatures that count, as [`page`]; only those of `device`, if it is named.
pub(super) async fn temperatures(
    conn: &mut Conn,
    organization: OrganizationId,
    (unit, device): (UnitId, Option<DeviceId>),
    (from, to): (Timestamp, Timestamp),
    after: Option<ReadingCursor>,
    limit: i64,
) -> Result<Vec<PlacedTemperature>, StoreError> {
    let start = after.unwrap_or(ReadingCursor {
        measured_at: from,
        frame_key: Vec::new(),
    });
    let query = readings::table
        .filter(readings::organization_id.eq(organization))
        .filter(readings::unit_id.eq(unit))
        .filter(readings::measured_at.ge(from.max(start.measured_at)))
        .filter(readings::measured_at.lt(to))
        .filter(
            readings::measured_at
                .gt(start.measured_at)
                .or(readings::frame_key.gt(start.frame_key)),
        )
        .filter(readings::temperature.is_not_null())
        .filter(readings::simulated.eq(false))
        .filter(
            readings::device_id
                .nullable()
                .eq(device)
                .or(device.is_none().into_sql::<Nullable<Bool>>()),
        )
        .order((readings::measured_at, readings::frame_key))
        .limit(limit)
        .select((
            readings::measured_at,
            readings::frame_key,
            readings::temperature,
        ));
    conn.all(query).await
}
