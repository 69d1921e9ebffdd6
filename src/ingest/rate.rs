//! How many messages each organization has sent in the present second.
//!
//! Bound: an entry per organization that sent in that second; a new second begins with none.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use crate::domain::OrganizationId;

/// Counts by organization; shared by all workers.
#[derive(Debug, Default)]
pub(super) struct Rates(Mutex<Second>);

#[derive(Debug, Default)]
struct Second {
    number: u64,
    counts: HashMap<OrganizationId, u32>,
}

impl Rates {
    /// Counts one message; how many the organization has sent in the second of `now` (monotonic) with it.
    pub(super) fn count(&self, organization: OrganizationId, now: Duration) -> u32 {
        let mut second = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if second.number != now.as_secs() {
            *second = Second {
                number: now.as_secs(),
                counts: HashMap::new(),
            };
        }
        let count = second.counts.entry(organization).or_default();
        *count = count.saturating_add(1);
        *count
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn each_organization_and_second_counts_by_itself() {
        let (rates, [a, b]) = (
            Rates::default(),
            [1, 2].map(|n| OrganizationId(Uuid::from_u128(n))),
        );
        let at = Duration::from_millis;
        for (organization, now, count) in [
            (a, 0, 1),
            (a, 999, 2),
            (b, 999, 1),
            (a, 1000, 1),
            (a, 1001, 2),
            (b, 5000, 1),
        ] {
            assert_eq!(rates.count(organization, at(now)), count, "at {now}");
        }
    }
}
