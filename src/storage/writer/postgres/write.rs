//! What a group writes: the kinds of rows at once where their order does not matter, the log last.

use std::collections::BTreeSet;

use diesel::{
    pg::Pg,
    query_builder::{QueryFragment, QueryId},
};
use diesel_async::{AsyncConnectionCore, AsyncPgConnection, RunQueryDsl};
use futures_util::future::{try_join_all, try_join4};

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

/// Writes everything; the numbers that the log gave.
pub(super) async fn apply(
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
    log(connection, changes, at).await
}

/// Stores new readings and adds them to their quarters; one whose row is there completes it.
async fn readings(
    connection: &AsyncPgConnection,
    readings: &[ReadingRow],
) -> Result<(), StoreError> {
    if readings.is_empty() {
        return Ok(());
    }
    let insert = rows::readings(readings);
    let new: Vec<ReadingId> = answered(insert.load(&mut &*connection)).await?;
    let (mut quarters, mut anew) = (Quarters::default(), BTreeSet::new());
    if new.len() == readings.len() {
        readings.iter().for_each(|row| quarters.add(row));
    } else {
        let new: BTreeSet<ReadingId> = new.into_iter().collect();
        for row in readings {
            if new.contains(&row.reading.id) {
                quarters.add(row);
            } else {
                execute(connection, write::merge_reading(row)).await?;
                anew.insert((row.unit_id, rollups::quarter_of(row.reading.measured_at)));
            }
        }
    }
    execute(connection, rows::rollups(&quarters)).await?;
    for (unit, starts_at) in anew {
        execute(connection, write::rollup_anew(unit, starts_at)).await?;
    }
    Ok(())
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
    if changes.log.is_empty() {
        return Ok(Vec::new());
    }
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
