//! The statements that write all rows of a kind at once, a column an array.

use diesel::{
    pg::Pg,
    sql_types::{Array, BigInt, Binary, Bool, Double, Integer, Nullable, Text},
};

use crate::{
    domain::{OrganizationId, Timestamp},
    storage::{
        rollups::{Quarter, Quarters},
        stmt::{Binds, Stmt, stmt},
        types::{Id, Moment},
        writer::unit_of_work::{LockedDevice, LockedUnit, ReadingRow},
    },
};

/// One column of all rows.
fn column<Row, Value>(rows: &[Row], value: impl Fn(&Row) -> Value) -> Vec<Value> {
    rows.iter().map(value).collect()
}

/// Stores readings; those whose row is there already are left alone. Gives the ids of the new ones.
pub(super) fn readings(rows: &[ReadingRow]) -> Stmt<impl Binds<Pg> + Send, Id> {
    stmt(
        "INSERT INTO readings (unit_id, measured_at, frame_key, id, organization_id, device_id, temperature, humidity, \
         door_open, battery_percent, battery_volts, signal, late, fault, simulated, f_port, payload, received_at) \
         SELECT * FROM unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id",
    )
    .bind::<Array<Id>, _>(column(rows, |row| row.unit_id))
    .bind::<Array<Moment>, _>(column(rows, |row| row.reading.measured_at))
    .bind::<Array<Binary>, _>(column(rows, |row| row.reading.frame_key))
    .bind::<Array<Id>, _>(column(rows, |row| row.reading.id))
    .bind::<Array<Id>, _>(column(rows, |row| row.organization_id))
    .bind::<Array<Id>, _>(column(rows, |row| row.device_id))
    .bind::<Array<Nullable<Double>>, _>(column(rows, |row| row.reading.temperature))
    .bind::<Array<Nullable<Double>>, _>(column(rows, |row| row.reading.humidity))
    .bind::<Array<Nullable<Bool>>, _>(column(rows, |row| row.reading.door_open))
    .bind::<Array<Nullable<Double>>, _>(column(rows, |row| row.reading.battery_percent))
    .bind::<Array<Nullable<Double>>, _>(column(rows, |row| row.reading.battery_volts))
    .bind::<Array<Nullable<Double>>, _>(column(rows, |row| row.reading.signal))
    .bind::<Array<Bool>, _>(column(rows, |row| row.late))
    .bind::<Array<Bool>, _>(column(rows, |row| row.reading.fault))
    .bind::<Array<Bool>, _>(column(rows, |row| row.reading.simulated))
    .bind::<Array<Nullable<Integer>>, _>(column(rows, |row| row.reading.f_port))
    .bind::<Array<Nullable<Binary>>, _>(column(rows, |row| row.reading.payload.clone()))
    .bind::<Array<Moment>, _>(column(rows, |row| row.received_at))
    .returning::<Id>()
}

/// Keeps what decisions about units need.
pub(super) fn unit_states(rows: &[LockedUnit]) -> Stmt<impl Binds<Pg> + Send> {
    stmt(
        "UPDATE unit_states AS old SET status = new.status, status_since = new.status_since, last_at = \
         new.last_at, last_celsius = new.last_celsius, last_interval_seconds = new.last_interval_seconds, \
         latest_at = new.latest_at, latest_key = new.latest_key, excursion_alert_id = new.excursion_alert_id, \
         excursion_direction = new.excursion_direction, excursion_outside_since = \
         new.excursion_outside_since, excursion_confirm_at = new.excursion_confirm_at, excursion_peak = \
         new.excursion_peak, excursion_outside_ms = new.excursion_outside_ms FROM unnest(?, ?, ?, ?, ?, ?, ?, \
         ?, ?, ?, ?, ?, ?, ?) AS new (unit_id, status, status_since, last_at, last_celsius, \
         last_interval_seconds, latest_at, latest_key, excursion_alert_id, excursion_direction, \
         excursion_outside_since, excursion_confirm_at, excursion_peak, excursion_outside_ms) WHERE \
         old.unit_id = new.unit_id",
    )
    .bind::<Array<Id>, _>(column(rows, |row| row.state.unit.id))
    .bind::<Array<Text>, _>(column(rows, |row| row.state.status))
    .bind::<Array<Moment>, _>(column(rows, |row| row.state.status_since))
    .bind::<Array<Nullable<Moment>>, _>(column(rows, |row| row.state.last.map(|last| last.at)))
    .bind::<Array<Nullable<Double>>, _>(column(rows, |row| row.state.last.map(|last| last.celsius)))
    .bind::<Array<Nullable<Integer>>, _>(column(rows, |row| row.state.last.map(|last| last.interval_seconds)))
    .bind::<Array<Nullable<Moment>>, _>(column(rows, |row| row.latest.map(|(at, _)| at)))
    .bind::<Array<Nullable<Binary>>, _>(column(rows, |row| row.latest.map(|(_, key)| key)))
    .bind::<Array<Nullable<Id>>, _>(column(rows, |row| row.state.excursion.as_ref().map(|open| open.alert.id)))
    .bind::<Array<Nullable<Text>>, _>(column(rows, |row| row.state.excursion.as_ref().map(|open| open.direction)))
    .bind::<Array<Nullable<Moment>>, _>(column(rows, |row| row.state.excursion.as_ref().and_then(|open| open.outside_since)))
    .bind::<Array<Nullable<Moment>>, _>(column(rows, |row| row.state.excursion.as_ref().and_then(|open| open.confirm_at)))
    .bind::<Array<Nullable<Double>>, _>(column(rows, |row| row.state.excursion.as_ref().map(|open| open.peak)))
    .bind::<Array<Nullable<BigInt>>, _>(column(rows, |row| row.state.excursion.as_ref().map(|open| open.outside_ms)))
}

/// Keeps what devices told last. A device that moves between two groups is under the lock of neither: no time goes back.
pub(super) fn device_states(rows: &[LockedDevice]) -> Stmt<impl Binds<Pg> + Send> {
    stmt(
        "UPDATE device_states AS old SET last_seen_at = greatest(old.last_seen_at, new.last_seen_at), \
         newest_at = greatest(old.newest_at, new.newest_at), battery_percent = new.battery_percent, \
         battery_volts = new.battery_volts, signal = new.signal FROM unnest(?, ?, ?, ?, ?, ?) AS new \
         (device_id, last_seen_at, newest_at, battery_percent, battery_volts, signal) WHERE old.device_id = \
         new.device_id",
    )
    .bind::<Array<Id>, _>(column(rows, |row| row.id))
    .bind::<Array<Nullable<Moment>>, _>(column(rows, |row| row.state.last_seen_at))
    .bind::<Array<Nullable<Moment>>, _>(column(rows, |row| row.state.newest_at))
    .bind::<Array<Nullable<Double>>, _>(column(rows, |row| row.state.battery_percent))
    .bind::<Array<Nullable<Double>>, _>(column(rows, |row| row.state.battery_volts))
    .bind::<Array<Nullable<Double>>, _>(column(rows, |row| row.state.signal))
}

/// Adds to quarters of an hour.
pub(super) fn rollups(quarters: &Quarters) -> Stmt<impl Binds<Pg> + Send> {
    let rows: Vec<Quarter> = quarters.iter().collect();
    let rows = rows.as_slice();
    stmt(
        "INSERT INTO rollups (unit_id, starts_at, organization_id, minimum, maximum, total, count) \
         SELECT * FROM unnest(?, ?, ?, ?, ?, ?, ?) ON CONFLICT (unit_id, starts_at) DO UPDATE SET \
         minimum = least(rollups.minimum, excluded.minimum), maximum = greatest(rollups.maximum, excluded.maximum), \
         total = rollups.total + excluded.total, count = rollups.count + excluded.count",
    )
    .bind::<Array<Id>, _>(column(rows, |row| row.unit_id))
    .bind::<Array<Moment>, _>(column(rows, |row| row.starts_at))
    .bind::<Array<Id>, _>(column(rows, |row| row.organization_id))
    .bind::<Array<Double>, _>(column(rows, |row| row.sums.minimum))
    .bind::<Array<Double>, _>(column(rows, |row| row.sums.maximum))
    .bind::<Array<Double>, _>(column(rows, |row| row.sums.total))
    .bind::<Array<BigInt>, _>(column(rows, |row| row.sums.count))
}

/// Numbers one entry of each organization, given in id order, and writes it; gives the numbers.
pub(super) fn log(
    organizations: Vec<OrganizationId>,
    bodies: Vec<String>,
    at: Timestamp,
) -> Stmt<impl Binds<Pg> + Send, (Id, BigInt)> {
    stmt(
        "WITH heads AS (INSERT INTO log_heads (organization_id, seq) \
         SELECT given.id, 1 FROM unnest(?) WITH ORDINALITY AS given (id, place) ORDER BY place \
         ON CONFLICT (organization_id) DO UPDATE SET seq = log_heads.seq + 1 RETURNING organization_id, seq) \
         INSERT INTO log (organization_id, seq, at, body) \
         SELECT heads.organization_id, heads.seq, ?, given.body \
         FROM heads JOIN unnest(?, ?) AS given (organization_id, body) USING (organization_id) \
         RETURNING organization_id, seq",
    )
    .bind::<Array<Id>, _>(organizations.clone())
    .bind::<Moment, _>(at)
    .bind::<Array<Id>, _>(organizations)
    .bind::<Array<Text>, _>(bodies)
    .returning::<(Id, BigInt)>()
}
