//! The end of the log that is still needed here: readings that wait for the tick, and what a hub that
//! refused has not got yet.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use crate::{
    domain::UnitId,
    events::{LogEntry, LogItem, UnitBatch},
};

/// Entries in the order of the log, without holes.
#[derive(Debug, Default)]
pub(super) struct Window {
    entries: Vec<Arc<LogEntry>>,
    items: usize,
}

impl Window {
    /// Items it holds at most, some 64 MB: over it hubs that refuse fall behind, and then the log is not
    /// followed until the next flush.
    pub(super) const MAX_ITEMS: usize = 150_000;

    pub(super) fn push(&mut self, entry: Arc<LogEntry>) {
        self.items += entry.items.len();
        self.entries.push(entry);
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Forgets the entries up to this number.
    pub(super) fn forget_through(&mut self, seq: i64) {
        let gone = self.entries.partition_point(|entry| entry.seq <= seq);
        self.items -= self
            .entries
            .drain(..gone)
            .map(|entry| entry.items.len())
            .sum::<usize>();
    }

    pub(super) fn entries(&self) -> &[Arc<LogEntry>] {
        &self.entries
    }

    pub(super) const fn is_over(&self) -> bool {
        self.items > Self::MAX_ITEMS
    }

    /// What these units would have collected from the entries after `after` up to `through`.
    pub(super) fn collect(
        &self,
        units: &BTreeSet<UnitId>,
        after: i64,
        through: i64,
    ) -> BTreeMap<UnitId, UnitBatch> {
        let mut batches = BTreeMap::new();
        let range = (after + 1)..=through;
        for item in self
            .entries
            .iter()
            .filter(|entry| range.contains(&entry.seq))
            .flat_map(|entry| &entry.items)
        {
            let LogItem::Reading {
                unit_id,
                site_id,
                reading,
            } = item
            else {
                continue;
            };
            if units.contains(unit_id) {
                let batch = batches
                    .entry(*unit_id)
                    .or_insert_with(|| UnitBatch::new(*unit_id, *site_id));
                batch.set_site(*site_id);
                batch.consider(reading);
                batch.push(reading.clone());
            }
        }
        batches
    }
}
