//! Lets rows go by age, in small portions, so that no commit waits long.

use std::time::Duration;

use crate::{
    auth::PID_DAYS,
    clock::Clock,
    domain::Timestamp,
    storage::{Database, StoreError, months, recovery, retention, statements::Statements},
};

/// Between two rounds.
const ROUND: Duration = Duration::from_secs(10);

/// How long frames are remembered to tell repetitions: a week is far beyond any sender's retries.
const FRAMES_DAYS: i64 = 7;

/// How long is kept what sockets come back by: longer than any pid is good for.
const RECOVERY_DAYS: i64 = PID_DAYS + 1;

const DAY_SECONDS: i64 = 86_400;

/// Rounds after which what leaves by the day or the month is looked at: once an hour.
const SLOW_ROUNDS: u32 = 359;

/// How long what is kept.
#[derive(Debug, Clone, Copy)]
pub struct Ages {
    /// Log entries, on the real clock: a rehearsal does not move it.
    pub log: Duration,
    /// Messages in quarantine.
    pub quarantine: Duration,
    /// Readings and their sums.
    pub readings: Duration,
}

/// Runs for ever; dropped at the stop.
pub async fn run(database: Database, clock: Clock, ages: Ages) {
    let mut until_slow = 0;
    loop {
        let is_slow = until_slow == 0;
        match round(&database, &clock, ages, is_slow).await {
            Ok(()) if is_slow => until_slow = SLOW_ROUNDS,
            Ok(()) => until_slow -= 1,
            Err(error) => {
                log::warn!(error:% = error; "old rows could not be removed, trying again");
            }
        }
        tokio::time::sleep(ROUND).await;
    }
}

async fn round(
    database: &Database,
    clock: &Clock,
    ages: Ages,
    is_slow: bool,
) -> Result<(), StoreError> {
    quick_round(database, clock, ages).await?;
    if is_slow {
        slow_round(database, clock, ages).await?;
    }
    Ok(())
}

/// Makes months of readings ahead, and lets the oldest readings go.
async fn slow_round(database: &Database, clock: &Clock, ages: Ages) -> Result<(), StoreError> {
    let now = clock.now();
    let oldest = back(now, ages.readings);
    months::make_ahead(database, now).await?;
    months::drop_before(database, oldest).await?;
    remove(database, || retention::readings_before(oldest)).await
}

async fn quick_round(database: &Database, clock: &Clock, ages: Ages) -> Result<(), StoreError> {
    let now = clock.now();
    remove(database, || {
        retention::log_before(back(clock.unskewed(), ages.log))
    })
    .await?;
    remove(database, || {
        retention::frames_before(now.plus_seconds(-FRAMES_DAYS * DAY_SECONDS))
    })
    .await?;
    remove(database, || {
        retention::quarantine_before(back(now, ages.quarantine))
    })
    .await?;
    remove(database, || retention::refresh_tokens_before(now)).await?;
    let unneeded = clock.unskewed().plus_seconds(-RECOVERY_DAYS * DAY_SECONDS);
    remove(database, || recovery::rooms_before(unneeded)).await?;
    remove(database, || recovery::ended_before(unneeded)).await
}

fn back(from: Timestamp, age: Duration) -> Timestamp {
    from.plus_millis(-i64::try_from(age.as_millis()).unwrap_or(i64::MAX))
}

/// Removes portions until one is not full.
async fn remove(database: &Database, portion: impl Fn() -> Statements) -> Result<(), StoreError> {
    let full = usize::try_from(retention::BATCH).unwrap_or(usize::MAX);
    while database
        .writer()
        .run(portion())
        .await?
        .iter()
        .any(|removed| *removed >= full)
    {}
    Ok(())
}
