//! Callers that each hand over an uplink, wait until it is durable, and hand over the next.

use std::cell::RefCell;
use std::time::Duration;

use freshtrack::domain::Timestamp;
use freshtrack::storage::alerts::{self, AlertFilter};
use freshtrack::storage::writer::job::Stored;
use freshtrack::storage::{Database, StoreError};
use futures_util::future::try_join_all;
use tokio::time::Instant;

use crate::fleet::Fleet;

/// Before anything is counted: statements are prepared, caches filled.
const WARM_UP: Duration = Duration::from_secs(1);

/// How long is counted.
const MEASURED: Duration = Duration::from_secs(6);

/// What the callers saw.
pub(crate) struct Load {
    pub(crate) per_second: f64,
    pub(crate) p50: Duration,
    pub(crate) p99: Duration,
    /// Alerts so far, to show that decisions are made.
    pub(crate) alerts: usize,
}

impl Load {
    /// Runs the callers, spread over the writers of `databases`.
    pub(crate) async fn run(
        databases: &[Database],
        fleet: &Fleet,
        callers: usize,
    ) -> Result<Self, StoreError> {
        let start = Instant::now() + WARM_UP;
        let end = start + MEASURED;
        let waits = RefCell::new(Vec::new());
        let calls = (0..callers).map(async |caller| {
            let database = &databases[caller % databases.len()];
            while Instant::now() < end {
                let sent = Instant::now();
                let stored = database.writer().store(fleet.uplink()).await?;
                let once = Stored::Readings {
                    stored: 1,
                    duplicates: 0,
                };
                assert_eq!(stored, once, "each is new");
                let now = Instant::now();
                if start <= sent && now < end {
                    waits.borrow_mut().push(now - sent);
                }
            }
            Ok::<_, StoreError>(())
        });
        try_join_all(calls).await?;
        let mut waits = waits.into_inner();
        waits.sort_unstable();
        let percentile = |percent: usize| {
            let rank = (waits.len() * percent).div_ceil(100);
            waits
                .get(rank.saturating_sub(1))
                .copied()
                .unwrap_or_default()
        };
        Ok(Self {
            per_second: waits.len() as f64 / MEASURED.as_secs_f64(),
            p50: percentile(50),
            p99: percentile(99),
            alerts: alerts_of(&databases[0], fleet).await?,
        })
    }
}

async fn alerts_of(database: &Database, fleet: &Fleet) -> Result<usize, StoreError> {
    let mut conn = database.read().await?;
    let mut found = 0;
    for organization in fleet.organizations() {
        let all = AlertFilter::default();
        found += alerts::list(&mut conn, organization, all, None::<(Timestamp, _)>, 10_000)
            .await?
            .len();
    }
    Ok(found)
}
