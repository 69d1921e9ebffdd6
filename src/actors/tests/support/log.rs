//! A log in memory, that can be pruned, lose commits, and fail.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use futures_util::{FutureExt, future::BoxFuture};

use crate::{
    domain::{OrganizationId, Timestamp},
    events::{Head, LogEntry, LogId, LogItem, LogReader, LogUnreadable},
};

/// A log in memory.
#[derive(Default)]
pub(in crate::actors::tests) struct MemoryLog(Mutex<Logs>);

#[derive(Default)]
struct Logs {
    logs: BTreeMap<OrganizationId, (i64, Vec<LogEntry>)>,
    heads_read: usize,
    trapped: usize,
    failing: Option<Failing>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::actors::tests) enum Failing {
    Error,
    Panic,
    /// Entries never come, and whoever gives up on them panics.
    Trap,
}

/// Panics when dropped, outside of every guard.
struct Trap;

impl Drop for Trap {
    fn drop(&mut self) {
        panic!("the trap snapped");
    }
}

impl MemoryLog {
    pub(in crate::actors::tests) fn commit(
        &self,
        organization: OrganizationId,
        items: Vec<LogItem>,
    ) -> Arc<LogEntry> {
        let mut state = self.0.lock().expect("unpoisoned");
        let (head, entries) = state.logs.entry(organization).or_default();
        *head += 1;
        let entry = LogEntry {
            seq: *head,
            at: Timestamp::from_millis(*head),
            items,
        };
        entries.push(entry.clone());
        Arc::new(entry)
    }

    /// The retention takes everything up to and with this number.
    pub(in crate::actors::tests) fn prune(&self, organization: OrganizationId, through: i64) {
        let mut state = self.0.lock().expect("unpoisoned");
        state
            .logs
            .entry(organization)
            .or_default()
            .1
            .retain(|entry| entry.seq > through);
    }

    /// A failover loses the commits after this number.
    pub(in crate::actors::tests) fn lose(&self, organization: OrganizationId, after: i64) {
        let mut state = self.0.lock().expect("unpoisoned");
        let (head, entries) = state.logs.entry(organization).or_default();
        *head = after;
        entries.retain(|entry| entry.seq <= after);
    }

    pub(in crate::actors::tests) fn fail(&self, failing: Option<Failing>) {
        self.0.lock().expect("unpoisoned").failing = failing;
    }

    /// Reads of entries that never come.
    pub(in crate::actors::tests) fn trapped(&self) -> usize {
        self.0.lock().expect("unpoisoned").trapped
    }

    pub(in crate::actors::tests) fn heads_read(&self) -> usize {
        self.0.lock().expect("unpoisoned").heads_read
    }

    fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&mut Logs) -> T,
    ) -> BoxFuture<'_, Result<T, LogUnreadable>> {
        let mut state = self.0.lock().expect("unpoisoned");
        let result = match state.failing {
            None | Some(Failing::Trap) => Ok(read(&mut state)),
            Some(Failing::Error) => Err(LogUnreadable("the database is away".into())),
            Some(Failing::Panic) => return async { panic!("the reader is broken") }.boxed(),
        };
        async { result }.boxed()
    }
}

impl LogReader for MemoryLog {
    fn head(&self, organization: OrganizationId) -> BoxFuture<'_, Result<Head, LogUnreadable>> {
        self.read(move |state| {
            state.heads_read += 1;
            let seq = state.logs.get(&organization).map_or(0, |(head, _)| *head);
            Head { log: LogId(1), seq }
        })
    }

    fn entries(
        &self,
        organization: OrganizationId,
        after: i64,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<LogEntry>, LogUnreadable>> {
        let mut state = self.0.lock().expect("unpoisoned");
        if state.failing == Some(Failing::Trap) {
            state.trapped += 1;
            let trap = Trap;
            return async move {
                let _trap = trap;
                std::future::pending().await
            }
            .boxed();
        }
        drop(state);
        self.read(move |state| {
            let entries = state
                .logs
                .get(&organization)
                .into_iter()
                .flat_map(|(_, entries)| entries);
            entries
                .filter(|entry| entry.seq > after)
                .take(limit)
                .cloned()
                .collect()
        })
    }

    fn recent(
        &self,
        organization: OrganizationId,
        through: i64,
        since: Timestamp,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<LogEntry>, LogUnreadable>> {
        self.read(move |state| {
            let entries = state.logs.get(&organization).into_iter();
            let reached = entries
                .flat_map(|(_, entries)| entries)
                .filter(|entry| entry.seq <= through && entry.at >= since);
            let reached: Vec<LogEntry> = reached.cloned().collect();
            let first = reached.len().saturating_sub(limit);
            reached.into_iter().skip(first).collect()
        })
    }

    fn heads(
        &self,
        organizations: Vec<OrganizationId>,
    ) -> BoxFuture<'_, Result<Vec<(OrganizationId, i64)>, LogUnreadable>> {
        self.read(move |state| {
            let head = |id: OrganizationId| state.logs.get(&id).map(|(head, _)| (id, *head));
            organizations.into_iter().filter_map(head).collect()
        })
    }
}
