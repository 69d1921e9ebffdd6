//! The end of the log that is needed here: readings that wait for the tick, what a hub that refused has not got
//! yet, and, as far as there is room, what a client that comes back may have missed.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use crate::{
    domain::{Timestamp, UnitId},
    events::{LogEntry, LogItem, UnitBatch},
};

/// Items it holds at most, some 64 MB: over it what is kept for replays goes; if that is not enough, hubs that
/// refuse fall behind, and then the log is not followed until the next flush.
pub(in crate::actors) const MAX_ITEMS: usize = 150_000;

/// Entries that may go stay until so many can go at once.
const PORTION: usize = 64;

/// Entries in the order of the log, without holes.
#[derive(Debug, Default)]
pub(super) struct Window {
    entries: Vec<Arc<LogEntry>>,
    items: usize,
    /// The entries up to this one are kept for replays alone.
    released: i64,
    /// Items behind it.
    pending: usize,
}

impl Window {
    /// What comes before the entry after `head`, for replays. What lies before a hole is left out.
    pub(super) fn of_history(history: Vec<Arc<LogEntry>>, head: i64) -> Self {
        let mut entries: Vec<Arc<LogEntry>> = Vec::with_capacity(history.len());
        let mut next = head;
        for entry in history.into_iter().rev() {
            if entry.seq != next {
                break;
            }
            next -= 1;
            entries.push(entry);
        }
        entries.reverse();
        Self {
            items: entries.iter().map(|entry| entry.items.len()).sum(),
            entries,
            released: head,
            pending: 0,
        }
    }

    /// Adds the next entry. One that is here already, read again after a panic, is not doubled.
    pub(super) fn push(&mut self, entry: Arc<LogEntry>) {
        if self
            .entries
            .last()
            .is_some_and(|last| last.seq >= entry.seq)
        {
            return;
        }
        self.items += entry.items.len();
        self.pending += entry.items.len();
        self.entries.push(entry);
    }

    /// Nothing of this log is left; the next entry is the one after `head`.
    pub(super) fn clear(&mut self, head: i64) {
        *self = Self::of_history(Vec::new(), head);
    }

    /// The entries up to this number are sent: what is left of them is for replays.
    pub(super) fn release(&mut self, through: i64) {
        let sent = (self.released + 1)..=through;
        let first = self
            .entries
            .partition_point(|entry| entry.seq <= self.released);
        let released = self.entries.iter().skip(first);
        self.pending -= released
            .take_while(|entry| sent.contains(&entry.seq))
            .map(|entry| entry.items.len())
            .sum::<usize>();
        self.released = self.released.max(through);
    }

    /// Lets released entries go that were written before `cutoff`, or are too many.
    pub(super) fn forget(&mut self, cutoff: Timestamp) {
        let mut items = self.items;
        let gone = self.entries.iter().take_while(|entry| {
            let goes = entry.at < cutoff || items > MAX_ITEMS;
            items -= entry.items.len();
            goes && entry.seq <= self.released
        });
        let gone = gone.count();
        if gone < PORTION && self.items <= MAX_ITEMS {
            return;
        }
        let gone = self.entries.drain(..gone);
        self.items -= gone.map(|entry| entry.items.len()).sum::<usize>();
    }

    pub(super) fn entries(&self) -> &[Arc<LogEntry>] {
        &self.entries
    }

    /// Whether what has not been released is too much.
    pub(super) const fn is_over(&self) -> bool {
        self.pending > MAX_ITEMS
    }

    /// When the oldest entry from this number on was written, if there is one.
    pub(super) fn written(&self, seq: i64) -> Option<Timestamp> {
        let from = self.entries.partition_point(|entry| entry.seq < seq);
        self.entries.get(from).map(|entry| entry.at)
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

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::events::Notice;

    /// Entry `seq` of so many items, written `seq` seconds after the epoch.
    fn entry(seq: i64, items: usize) -> Arc<LogEntry> {
        let notice = Notice::MemberChanged {
            user_id: Uuid::nil().into(),
        };
        Arc::new(LogEntry {
            seq,
            at: Timestamp::from_millis(seq * 1_000),
            items: vec![LogItem::Notice(notice); items],
        })
    }

    fn seqs(window: &Window) -> Vec<i64> {
        window.entries().iter().map(|entry| entry.seq).collect()
    }

    fn second(n: i64) -> Timestamp {
        Timestamp::from_millis(n * 1_000)
    }

    #[test]
    fn released_entries_stay_for_replays_until_they_are_old() {
        let mut window = Window::default();
        (1..=200).for_each(|seq| window.push(entry(seq, 1)));
        window.release(150);
        window.forget(second(101));
        assert_eq!(seqs(&window), (101..=200).collect::<Vec<_>>());
        window.forget(second(1_000));
        assert_eq!(seqs(&window), (101..=200).collect::<Vec<_>>(), "a portion");
        window.release(190);
        window.forget(second(1_000));
        assert_eq!(seqs(&window), (191..=200).collect::<Vec<_>>());
    }

    #[test]
    fn what_is_kept_for_replays_goes_when_there_is_too_much() {
        let mut window = Window::default();
        for seq in 1..=4 {
            window.push(entry(seq, 50_000));
        }
        assert!(window.is_over());
        window.release(1);
        assert!(!window.is_over());
        window.forget(second(0));
        assert_eq!(seqs(&window), [2, 3, 4]);
    }

    #[test]
    fn history_counts_as_released_and_begins_behind_a_hole() {
        let history = [1, 2, 4, 5].map(|seq| entry(seq, 100_000)).to_vec();
        let mut window = Window::of_history(history, 5);
        assert_eq!(seqs(&window), [4, 5]);
        assert!(!window.is_over());
        window.push(entry(6, 1));
        window.push(entry(5, 1));
        assert_eq!(seqs(&window), [4, 5, 6]);
        assert_eq!(
            [4, 6, 7].map(|seq| window.written(seq)),
            [Some(second(4)), Some(second(6)), None]
        );
    }
}
