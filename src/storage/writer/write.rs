//! The statements of a group, one row each. Constraints of the tables refuse what must not be.

use diesel::{
    pg::Pg,
    query_builder::{QueryFragment, QueryId},
    sql_types::{BigInt, Binary, Bool, Double, Integer, Nullable, Text},
    sqlite::Sqlite,
};

use crate::{
    alerts::UnitState,
    domain::{OrganizationId, Rule, Timestamp},
    storage::{
        StoreError,
        stmt::stmt,
        types::{AnyId, Id, Moment},
    },
};

use super::unit_of_work::{AlertRow, Frame, LockedDevice, LockedUnit, ReadingRow};

/// A statement of either backend.
pub(super) trait Write:
    QueryFragment<Sqlite> + QueryFragment<Pg> + QueryId + diesel::RunQueryDsl<diesel::SqliteConnection>
{
}
impl<
    T: QueryFragment<Sqlite>
        + QueryFragment<Pg>
        + QueryId
        + diesel::RunQueryDsl<diesel::SqliteConnection>,
> Write for T
{
}

/// Notes a frame; no row is touched if it was there.
pub(super) fn frame(frame: &Frame) -> impl Write {
    stmt("INSERT INTO frames (device_id, frame_key, received_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING")
        .bind::<Id, _>(frame.device_id)
        .bind::<Binary, _>(frame.seen_key.to_vec())
        .bind::<Moment, _>(frame.received_at)
}

/// Stores a reading; a row of the same frame (of a part that came before) keeps its id and gets what is new.
pub(super) fn reading(row: &ReadingRow) -> impl Write {
    let reading = &row.reading;
    stmt(
        "INSERT INTO readings (unit_id, measured_at, frame_key, id, organization_id, device_id, temperature, humidity, \
         door_open, battery_percent, battery_volts, signal, late, fault, simulated, f_port, payload, received_at) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) \
         ON CONFLICT (unit_id, measured_at, frame_key) DO UPDATE SET \
         temperature = coalesce(excluded.temperature, readings.temperature), \
         humidity = coalesce(excluded.humidity, readings.humidity), \
         door_open = coalesce(excluded.door_open, readings.door_open), \
         battery_percent = coalesce(excluded.battery_percent, readings.battery_percent), \
         battery_volts = coalesce(excluded.battery_volts, readings.battery_volts), \
         signal = coalesce(excluded.signal, readings.signal), fault = excluded.fault, \
         f_port = excluded.f_port, payload = excluded.payload",
    )
    .bind::<Id, _>(row.unit_id)
    .bind::<Moment, _>(reading.measured_at)
    .bind::<Binary, _>(reading.frame_key.to_vec())
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
    .bind::<Nullable<Binary>, _>(unit.latest.map(|(_, key)| key.to_vec()))
    .bind::<Nullable<Id>, _>(excursion.map(|open| open.alert.id))
    .bind::<Nullable<Text>, _>(excursion.map(|open| open.direction))
    .bind::<Nullable<Moment>, _>(excursion.and_then(|open| open.outside_since))
    .bind::<Nullable<Moment>, _>(excursion.and_then(|open| open.confirm_at))
    .bind::<Nullable<Double>, _>(excursion.map(|open| open.peak))
    .bind::<Nullable<BigInt>, _>(excursion.map(|open| open.outside_ms))
    .bind::<Id, _>(state.unit.id)
}

/// Sets the unit's confirm deadline.
pub(super) fn deadline(state: &UnitState, due: Timestamp) -> impl Write {
    stmt(
        "INSERT INTO deadlines (subject_id, kind, organization_id, unit_id, due_at) VALUES (?, 'confirm', ?, ?, ?) \
         ON CONFLICT (subject_id, kind) DO UPDATE SET due_at = excluded.due_at",
    )
    .bind::<Id, _>(state.unit.id)
    .bind::<Id, _>(state.unit.organization_id)
    .bind::<Id, _>(state.unit.id)
    .bind::<Moment, _>(due)
}

/// Ends the unit's confirm deadline.
pub(super) fn no_deadline(state: &UnitState) -> impl Write {
    stmt("DELETE FROM deadlines WHERE subject_id = ? AND kind = 'confirm'")
        .bind::<Id, _>(state.unit.id)
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
