//! How followers read the log; `storage` provides it.

use std::error::Error;

use futures_util::future::BoxFuture;

use super::{LogEntry, LogId};
use crate::domain::{OrganizationId, Timestamp};

/// Where an organization's log stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Which log.
    pub log: LogId,
    /// Number of the newest entry; 0 before the first.
    pub seq: i64,
}

/// The database could not be asked, or held an entry that cannot be read. Worth another try later.
#[derive(Debug, thiserror::Error)]
#[error("the log could not be read: {0}")]
pub struct LogUnreadable(pub Box<dyn Error + Send + Sync>);

/// Reads the log. Entries once returned never change; they vanish, the oldest first, when they are older
/// than the retention.
pub trait LogReader: Send + Sync {
    /// The head of one organization's log.
    ///
    /// # Errors
    /// [`LogUnreadable`]
    fn head(&self, organization: OrganizationId) -> BoxFuture<'_, Result<Head, LogUnreadable>>;

    /// The entries after number `after` that are still there, ascending, at most `limit`.
    ///
    /// # Errors
    /// [`LogUnreadable`]
    fn entries(
        &self,
        organization: OrganizationId,
        after: i64,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<LogEntry>, LogUnreadable>>;

    /// The newest entries up to number `through` that were written at `since` or later, ascending, at most `limit`.
    ///
    /// # Errors
    /// [`LogUnreadable`]
    fn recent(
        &self,
        organization: OrganizationId,
        through: i64,
        since: Timestamp,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<LogEntry>, LogUnreadable>>;

    /// The number of the newest entry of each of these organizations, in one query; one that has none yet
    /// may be absent.
    ///
    /// # Errors
    /// [`LogUnreadable`]
    fn heads(
        &self,
        organizations: Vec<OrganizationId>,
    ) -> BoxFuture<'_, Result<Vec<(OrganizationId, i64)>, LogUnreadable>>;
}
