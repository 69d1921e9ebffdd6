//! The statements of a group, one row each. Constraints of the tables refuse what must not be.

use diesel::{
    pg::Pg,
    query_builder::{QueryFragment, QueryId},
    sql_types::{BigInt, Binary, Bool, Double, Integer, Nullable, Text},
    sqlite::Sqlite,
};

use crate::{
    domain::{OrganizationId, Rule, Timestamp, UnitId},
    storage::{
        StoreError,
        rollups::{QUARTER_MS, Quarter},
        stmt::stmt,
        types::{AnyId, Id, Moment},
    },
};

use super::unit_of_work::{AlertRow, DeadlineRow, Frame, LockedDevice, LockedUnit, ReadingRow};

/// A statement of either backend.
pub(super) trait Write:
    QueryFragment<Sqlite>
    + QueryFragment<Pg>
    + QueryId
    + diesel::RunQueryDsl<diesel::SqliteConnection>
    + Send
    + 'static
{
}
impl<
    T: QueryFragment<Sqlite>
        + QueryFragment<Pg>
        + QueryId
        + diesel::RunQueryDsl<diesel::SqliteConnection>
        + Send
        + 'static,
> Write for T
{
}

/// Notes a frame; no row is touched if it was there.
pub(super) fn frame(frame: &Frame) -> impl Write {
    stmt("INSERT INTO frames (device_id, frame_key, received_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING")
        .bind::<Id, _>(frame.device_id)
        .bind::<Binary, _>(frame.seen_key)
        .bind::<Moment, _>(frame.received_at)
}

/// Stores a reading; no row is touched if one of the same frame is there (of a part that came before).
pub(super) fn reading(row: &ReadingRow) -> impl Write {
    let reading = &row.reading;
    stmt(
        "INSERT INTO readings (unit_id, measured_at, frame_key, id, organization_id, device_id, temperature, humidity, \
         door_open, battery_percent, battery_volts, signal, late, fault, simulated, f_port, payload, received_at) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
    )
    .bind::<Id, _>(row.unit_id)
    .bind::<Moment, _>(reading.measured_at)
    .bind::<Binary, _>(reading.frame_key)
    .bind::<Id, _>(reading.id)
    .bind::<Id, _>(row.organization_id)
    .bind::<Id, _>(row.device_id)
    .bind::<Nullable<Double>, _>(reading.temperature)
    .bind::<Nullable<Double>, _>(reading.humidity)
    .bind::<Nullable<Bool>, _>(reading.door_open)
    .bind::<Nullable<Double>, _>(reading.battery_percent)
    .bind::<Nullable<Double>, _>(reading.battery_volts)
    .bind::<Nullable<Double>, _>(reading.signal)
    .bind::<Bool, _>(row.late)
    .bind::<Bool, _>(reading.fault)
    .bind::<Bool, _>(reading.simulated)
    .bind::<Nullable<Integer>, _>(reading.f_port)
    .bind::<Nullable<Binary>, _>(reading.payload.clone())
    .bind::<Moment, _>(row.received_at)
}

/// Completes the row of a frame of which a part came before: it keeps its id and gets what is new.
pub(super) fn merge_reading(row: &ReadingRow) -> impl Write {
    let reading = &row.reading;
    stmt(
        "UPDATE readings SET temperature = coalesce(?, temperature), humidity = coalesce(?, humidity), \
         door_open = coalesce(?, door_open), battery_percent = coalesce(?, battery_percent), \
         battery_volts = coalesce(?, battery_volts), signal = coalesce(?, signal), fault = ?, f_port = ?, payload = ? \
         WHERE unit_id = ? AND measured_at = ? AND frame_key = ?",
    )
    .bind::<Nullable<Double>, _>(reading.temperature)
    .bind::<Nullable<Double>, _>(reading.humidity)
    .bind::<Nullable<Bool>, _>(reading.door_open)
    .bind::<Nullable<Double>, _>(reading.battery_percent)
    .bind::<Nullable<Double>, _>(reading.battery_volts)
    .bind::<Nullable<Double>, _>(reading.signal)
    .bind::<Bool, _>(reading.fault)
    .bind::<Nullable<Integer>, _>(reading.f_port)
    .bind::<Nullable<Binary>, _>(reading.payload.clone())
    .bind::<Id, _>(row.unit_id)
    .bind::<Moment, _>(reading.measured_at)
    .bind::<Binary, _>(reading.frame_key)
}

/// Adds to a quarter of an hour.
pub(super) fn rollup(quarter: &Quarter) -> impl Write {
    stmt(
        "INSERT INTO rollups (unit_id, starts_at, organization_id, minimum, maximum, total, count) \
         VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (unit_id, starts_at) DO UPDATE SET \
         minimum = min(minimum, excluded.minimum), maximum = max(maximum, excluded.maximum), \
         total = total + excluded.total, count = count + excluded.count",
    )
    .bind::<Id, _>(quarter.unit_id)
    .bind::<Moment, _>(quarter.starts_at)
    .bind::<Id, _>(quarter.organization_id)
    .bind::<Double, _>(quarter.sums.minimum)
    .bind::<Double, _>(quarter.sums.maximum)
    .bind::<Double, _>(quarter.sums.total)
    .bind::<BigInt, _>(quarter.sums.count)
}

/// Sums a quarter of an hour up anew, from its readings.
pub(super) fn rollup_anew(unit: UnitId, starts_at: Timestamp) -> impl Write {
    stmt(
        "INSERT INTO rollups (unit_id, starts_at, organization_id, minimum, maximum, total, count) \
         SELECT unit_id, ?, organization_id, min(temperature), max(temperature), sum(temperature), count(temperature) \
         FROM readings WHERE unit_id = ? AND measured_at >= ? AND measured_at < ? \
         AND temperature IS NOT NULL AND NOT simulated GROUP BY unit_id, organization_id \
         ON CONFLICT (unit_id, starts_at) DO UPDATE SET minimum = excluded.minimum, maximum = excluded.maximum, \
         total = excluded.total, count = excluded.count",
    )
    .bind::<Moment, _>(starts_at)
    .bind::<Id, _>(unit)
    .bind::<Moment, _>(starts_at)
    .bind::<Moment, _>(starts_at.plus_millis(QUARTER_MS))
}

fn json<T: serde::Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Refused(error.to_string()))
}

/// Makes an alert.
///
/// # Errors
/// [`StoreError::Refused`] if it cannot be written as JSON.
pub(super) fn alert_insert(row: &AlertRow) -> Result<impl Write, StoreError> {
    let alert = &row.alert;
    let subject = alert.unit_id.map(|unit| AnyId(unit.0));
    Ok(stmt(
        "INSERT INTO alerts (id, organization_id, subject_id, unit_id, site_id, kind, status, version, triggered_at, body) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind::<Id, _>(alert.id)
    .bind::<Id, _>(row.organization_id)
    .bind::<Nullable<Id>, _>(subject)
    .bind::<Nullable<Id>, _>(alert.unit_id)
    .bind::<Id, _>(alert.site_id)
    .bind::<Text, _>(alert.kind)
    .bind::<Text, _>(alert.status)
    .bind::<BigInt, _>(alert.version)
    .bind::<Moment, _>(alert.triggered_at)
    .bind::<Text, _>(json(alert)?))
}

/// Brings an alert to its present version.
///
/// # Errors
/// [`StoreError::Refused`] if it cannot be written as JSON.
pub(super) fn alert_update(row: &AlertRow) -> Result<impl Write, StoreError> {
    let alert = &row.alert;
    Ok(
        stmt("UPDATE alerts SET status = ?, version = ?, body = ? WHERE id = ?")
            .bind::<Text, _>(alert.status)
            .bind::<BigInt, _>(alert.version)
            .bind::<Text, _>(json(alert)?)
            .bind::<Id, _>(alert.id),
    )
}

/// Keeps one version of an alert.
///
/// # Errors
/// [`StoreError::Refused`] if it cannot be written as JSON.
pub(super) fn alert_history(row: &AlertRow) -> Result<impl Write, StoreError> {
    let alert = &row.alert;
    Ok(stmt(
        "INSERT INTO alert_history (alert_id, version, organization_id, at, transition, rule, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind::<Id, _>(alert.id)
    .bind::<BigInt, _>(alert.version)
    .bind::<Id, _>(row.organization_id)
    .bind::<Moment, _>(alert.updated_at)
    .bind::<Text, _>(row.transition.as_str())
    .bind::<Text, _>(json(&row.rule)?)
    .bind::<Text, _>(json(alert)?))
}

/// Keeps what decisions about a unit need.
pub(super) fn unit_state(unit: &LockedUnit) -> impl Write {
    let state = &unit.state;
    let excursion = state.excursion.as_ref();
    stmt(
        "UPDATE unit_states SET status = ?, status_since = ?, last_at = ?, last_celsius = ?, last_interval_seconds = ?, \
         latest_at = ?, latest_key = ?, excursion_alert_id = ?, excursion_direction = ?, excursion_outside_since = ?, \
         excursion_confirm_at = ?, excursion_peak = ?, excursion_outside_ms = ? WHERE unit_id = ?",
    )
    .bind::<Text, _>(state.status)
    .bind::<Moment, _>(state.status_since)
    .bind::<Nullable<Moment>, _>(state.last.map(|last| last.at))
    .bind::<Nullable<Double>, _>(state.last.map(|last| last.celsius))
    .bind::<Nullable<Integer>, _>(state.last.map(|last| last.interval_seconds))
    .bind::<Nullable<Moment>, _>(unit.latest.map(|(at, _)| at))
    .bind::<Nullable<Binary>, _>(unit.latest.map(|(_, key)| key))
    .bind::<Nullable<Id>, _>(excursion.map(|open| open.alert.id))
    .bind::<Nullable<Text>, _>(excursion.map(|open| open.direction))
    .bind::<Nullable<Moment>, _>(excursion.and_then(|open| open.outside_since))
    .bind::<Nullable<Moment>, _>(excursion.and_then(|open| open.confirm_at))
    .bind::<Nullable<Double>, _>(excursion.map(|open| open.peak))
    .bind::<Nullable<BigInt>, _>(excursion.map(|open| open.outside_ms))
    .bind::<Id, _>(state.unit.id)
}

/// Sets the unit's confirm deadline.
pub(super) fn deadline(row: &DeadlineRow, due: Timestamp) -> impl Write {
    stmt(
        "INSERT INTO deadlines (subject_id, kind, organization_id, unit_id, due_at) VALUES (?, 'confirm', ?, ?, ?) \
         ON CONFLICT (subject_id, kind) DO UPDATE SET due_at = excluded.due_at",
    )
    .bind::<Id, _>(row.unit_id)
    .bind::<Id, _>(row.organization_id)
    .bind::<Id, _>(row.unit_id)
    .bind::<Moment, _>(due)
}

/// Ends the unit's confirm deadline.
pub(super) fn no_deadline(row: &DeadlineRow) -> impl Write {
    stmt("DELETE FROM deadlines WHERE subject_id = ? AND kind = 'confirm'")
        .bind::<Id, _>(row.unit_id)
}

/// Keeps what a device told last.
pub(super) fn device_state(device: &LockedDevice) -> impl Write {
    let state = &device.state;
    stmt(
        "UPDATE device_states SET last_seen_at = ?, newest_at = ?, battery_percent = ?, battery_volts = ?, signal = ? \
         WHERE device_id = ?",
    )
    .bind::<Nullable<Moment>, _>(state.last_seen_at)
    .bind::<Nullable<Moment>, _>(state.newest_at)
    .bind::<Nullable<Double>, _>(state.battery_percent)
    .bind::<Nullable<Double>, _>(state.battery_volts)
    .bind::<Nullable<Double>, _>(state.signal)
    .bind::<Id, _>(device.id)
}

/// Makes or replaces a rule.
pub(super) fn rule(organization: OrganizationId, rule: &Rule, now: Timestamp) -> impl Write {
    stmt(
        "INSERT INTO rules (id, organization_id, scope, scope_id, min_temperature, max_temperature, hysteresis, \
         confirm_high_seconds, confirm_low_seconds, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) \
         ON CONFLICT (id) DO UPDATE SET min_temperature = excluded.min_temperature, \
         max_temperature = excluded.max_temperature, hysteresis = excluded.hysteresis, \
         confirm_high_seconds = excluded.confirm_high_seconds, confirm_low_seconds = excluded.confirm_low_seconds, \
         updated_at = excluded.updated_at",
    )
    .bind::<Id, _>(rule.id)
    .bind::<Id, _>(organization)
    .bind::<Text, _>(rule.scope)
    .bind::<Id, _>(AnyId(rule.scope_id))
    .bind::<Nullable<Double>, _>(rule.min_temperature)
    .bind::<Nullable<Double>, _>(rule.max_temperature)
    .bind::<Nullable<Double>, _>(rule.hysteresis)
    .bind::<Nullable<Integer>, _>(rule.confirm_high_seconds)
    .bind::<Nullable<Integer>, _>(rule.confirm_low_seconds)
    .bind::<Moment, _>(now)
    .bind::<Moment, _>(now)
}

/// Writes one entry of an organization's log.
pub(super) fn log_entry(
    organization: OrganizationId,
    seq: i64,
    at: Timestamp,
    body: String,
) -> impl Write {
    stmt("INSERT INTO log (organization_id, seq, at, body) VALUES (?, ?, ?, ?)")
        .bind::<Id, _>(organization)
        .bind::<BigInt, _>(seq)
        .bind::<Moment, _>(at)
        .bind::<Text, _>(body)
}
