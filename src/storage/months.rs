//! The months that PostgreSQL keeps readings in: made ahead, dropped whole. SQLite keeps one table, and has none.
//!
//! A reading of a month that nobody made goes to the default partition, and moves when the month is made.

use crate::domain::Timestamp;

use super::{Database, StoreError, statements::Statements, stmt::stmt, types::Moment};

/// Longer than any month, so that a step of it never skips one twice.
const STEP_SECONDS: i64 = 28 * 86_400;

/// Steps from a month before now, whose late readings still come, to two months after.
const STEPS: std::ops::RangeInclusive<i64> = -1..=3;

/// Makes the months around `now`, those that are not there yet.
///
/// # Errors
/// [`StoreError`] if the database is unavailable.
pub async fn make_ahead(database: &Database, now: Timestamp) -> Result<(), StoreError> {
    if !database.has_months() {
        return Ok(());
    }
    for step in STEPS {
        let at = now.plus_seconds(step * STEP_SECONDS);
        let make = stmt("SELECT make_readings_month(?)").bind::<Moment, _>(at);
        database.writer().run(Statements::new().and(make)).await?;
    }
    Ok(())
}

/// Drops the months that ended before this moment, each in a transaction of its own.
///
/// # Errors
/// [`StoreError`] if the database is unavailable.
pub async fn drop_before(database: &Database, moment: Timestamp) -> Result<(), StoreError> {
    if !database.has_months() {
        return Ok(());
    }
    let dropped = || {
        let one = "SELECT 1 WHERE drop_readings_month(?)";
        Statements::new().and(stmt(one).bind::<Moment, _>(moment))
    };
    while database.writer().run(dropped()).await? == [1] {}
    Ok(())
}
