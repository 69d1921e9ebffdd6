//! What a group writes: the kinds of rows at once where their order does not matter, the log last.

use std::collections::{BTreeSet, HashSet};

use diesel::{
    pg::Pg,
    query_builder::{QueryFragment, QueryId},
};
use diesel_async::{AsyncConnectionCore, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use futures_util::future::{try_join, try_join_all, try_join4};

use crate::{
    domain::{OrganizationId, ReadingId, Timestamp},
    events::LogEntry,
    storage::{
        StoreError,
        rollups::{self, Quarters},
        writer::{
            unit_of_work::{Changes, ReadingRow},
            write,
        },
    },
};

use super::{answered, rows};

/// Runs one statement; the rows touched.
async fn execute(
    mut connection: &AsyncPgConnection,
    statement: impl QueryFragment<Pg> + QueryId + Send,
) -> Result<usize, StoreError> {
    answered(connection.execute_returning_count(statement)).await
}

/// Writes everything, then numbers the log and commits on one way; the numbers that the log gave.
pub(super) async fn commit(
    connection: &AsyncPgConnection,
    changes: &Changes,
    at: Timestamp,
) -> Result<Vec<i64>, StoreError> {
    for (organization, rule, now) in &changes.rules {
        execute(connection, write::rule(*organization, rule, *now)).await?;
    }
    try_join4(
        readings(connection, &changes.readings),
        alerts_and_states(connection, changes),
        deadlines(connection, changes),
        devices(connection, changes),
    )
    .await?;
    let commit = answered(async { (&mut &*connection).batch_execute("COMMIT").await });
    if changes.log.is_empty() {
        commit.await?;
        return Ok(Vec::new());
    }
    let (numbers, ()) = try_join(log(connection, changes, at), commit).await?;
    Ok(numbers)
}

/// Runs the statements of [`commit`] whose order among others matters, on nothing.
pub(super) async fn prepare(connection: &AsyncPgConnection) -> Result<(), StoreError> {
    log(connection, &Changes::default(), Timestamp::MIN)
        .await
        .map(drop)
}

/// Stores new readings and adds them to their quarters. One whose row is there completes it, and its quarter, which
/// counted it twice then, is summed up anew.
async fn readings(
    connection: &AsyncPgConnection,
    readings: &[ReadingRow],
) -> Result<(), StoreError> {
    if readings.is_empty() {
        return Ok(());
    }
    let mut quarters = Quarters::default();
    readings.iter().for_each(|row| quarters.add(row));
    let (new, _) = try_join(
        new_readings(connection, readings),
        execute(connection, rows::rollups(&quarters)),
    )
    .await?;
    let mut anew = BTreeSet::new();
    for row in readings.iter().filter(|row| !new.contains(&row.reading.id)) {
        execute(connection, write::merge_reading(row)).await?;
        anew.insert((row.unit_id, rollups::quarter_of(row.reading.measured_at)));
    }
    for (unit, starts_at) in anew {
        execute(connection, write::rollup_anew(unit, starts_at)).await?;
    }
    Ok(())
}

async fn new_readings(
    mut connection: &AsyncPgConnection,
    readings: &[ReadingRow],
) -> Result<HashSet<ReadingId>, StoreError> {
    let new: Vec<ReadingId> = answered(rows::readings(readings).load(&mut connection)).await?;
    Ok(new.into_iter().collect())
}

/// Alerts before the states that name them; updates before inserts, so that the place of a resolved alert is free.
async fn alerts_and_states(
    connection: &AsyncPgConnection,
    changes: &Changes,
) -> Result<(), StoreError> {
    let (updated, inserted) = changes.final_alerts();
    for row in updated {
        execute(connection, write::alert_update(row)?).await?;
    }
    for row in inserted {
        execute(connection, write::alert_insert(row)?).await?;
    }
    for row in &changes.alerts {
        execute(connection, write::alert_history(row)?).await?;
    }
    if !changes.units.is_empty() {
        execute(connection, rows::unit_states(&changes.units)).await?;
    }
    Ok(())
}

async fn deadlines(connection: &AsyncPgConnection, changes: &Changes) -> Result<(), StoreError> {
    try_join_all(changes.deadlines.iter().map(async |row| match row.due_at {
        Some(due) => execute(connection, write::deadline(row, due)).await,
        None => execute(connection, write::no_deadline(row)).await,
    }))
    .await
    .map(drop)
}

async fn devices(connection: &AsyncPgConnection, changes: &Changes) -> Result<(), StoreError> {
    if !changes.devices.is_empty() {
        execute(connection, rows::device_states(&changes.devices)).await?;
    }
    Ok(())
}

/// Numbers and writes one entry of each organization: the transaction's last locks.
async fn log(
    connection: &AsyncPgConnection,
    changes: &Changes,
    at: Timestamp,
) -> Result<Vec<i64>, StoreError> {
    let bodies = changes
        .log
        .iter()
        .map(|(_, items)| LogEntry::encode_body(items))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| StoreError::Refused(error.to_string()))?;
    let organizations: Vec<OrganizationId> = changes.log.iter().map(|(id, _)| *id).collect();
    let insert = rows::log(organizations, bodies, at);
    let mut numbers: Vec<(OrganizationId, i64)> = answered(insert.load(&mut &*connection)).await?;
    numbers.sort_unstable_by_key(|(organization, _)| *organization);
    Ok(numbers.into_iter().map(|(_, seq)| seq).collect())
}
