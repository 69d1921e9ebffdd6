//! Deadlines on the server's clock: rows of the database, with hints in memory so that nobody has to look often.
//!
//! The writer says when it sets one ([`Hints`]); this task compares the earliest with the clock every 100 ms, hands
//! due rows to the writer, which reads them again under the unit's lock, and reads the next from the database. So
//! they fire within a second, also after a restart, and also when a rehearsal moves the clock.
//! Bound: [`BATCH`] rows wait in the writer at once, each once, because this task waits for all of them.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use futures_util::future::join_all;

use super::step_guard::StepGuard;
use crate::{
    clock::Clock,
    domain::Timestamp,
    storage::{Database, StoreError, deadlines, writer::job::Due},
};

/// How often the clock is compared with the earliest deadline.
const LOOK: Duration = Duration::from_millis(100);

/// How often the database is asked though nobody has set a deadline here: another process may have.
const REFRESH: Duration = Duration::from_secs(10);

/// How many rows are handed to the writer at once.
const BATCH: i64 = 256;

/// The earliest deadline known; shared with the writer, which only ever brings it forward.
#[derive(Debug, Clone)]
pub struct Hints(Arc<AtomicI64>);

impl Default for Hints {
    /// The first look goes to the database.
    fn default() -> Self {
        Self(Arc::new(AtomicI64::new(i64::MIN)))
    }
}

impl Hints {
    /// A deadline was set.
    pub fn set(&self, due: Timestamp) {
        self.0.fetch_min(due.as_millis(), Ordering::AcqRel);
    }

    fn take_due(&self, now: Timestamp) -> bool {
        let due = self.0.load(Ordering::Acquire) <= now.as_millis();
        if due {
            // What is set from here on is brought forward again; what was set before is in the database.
            self.0.store(i64::MAX, Ordering::Release);
        }
        due
    }
}

/// Runs for ever; dropped at the stop, after which nothing is lost: rows stay.
pub async fn run(database: Database, clock: Clock, hints: Hints) {
    let mut guard = StepGuard::default();
    let mut refreshed = clock.monotonic();
    loop {
        tokio::time::sleep(LOOK).await;
        let elapsed = clock.monotonic();
        let held = guard.holds(clock.unskewed(), elapsed);
        let stale = elapsed.saturating_sub(refreshed) >= REFRESH;
        if held || !(hints.take_due(clock.now()) || stale) {
            continue;
        }
        refreshed = elapsed;
        if let Err(error) = fire(&database, &clock, &hints).await {
            log::warn!(error:% = error; "deadlines could not be looked at, trying again");
            hints.set(clock.now());
        }
    }
}

/// Hands what is due to the writer, and notes the next.
async fn fire(database: &Database, clock: &Clock, hints: &Hints) -> Result<(), StoreError> {
    let now = clock.now();
    let due = deadlines::due(&mut database.read().await?, now, BATCH).await?;
    let jobs = due.into_iter().map(|(organization_id, unit_id)| {
        database.writer().due(Due {
            organization_id,
            unit_id,
            now,
        })
    });
    join_all(jobs)
        .await
        .into_iter()
        .collect::<Result<(), _>>()?;
    if let Some(next) = deadlines::next(&mut database.read().await?).await? {
        hints.set(next);
    }
    Ok(())
}
