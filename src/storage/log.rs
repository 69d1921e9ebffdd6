//! The log of each organization: what happened, numbered by the transaction that did it.
//!
//! Numbers have no holes and follow the order of commits. Rows live for the retention; the head stays.

use diesel::{ExpressionMethods, QueryDsl};
use futures_util::{FutureExt, future::BoxFuture};

use crate::{
    domain::{OrganizationId, Timestamp},
    events::{Head, LogEntry, LogId, LogReader, LogUnreadable},
};

use super::{
    Database, StoreError,
    conn::Conn,
    schema::{log, log_heads, meta},
};

/// The random id of this database's logs.
pub(super) async fn id(conn: &mut Conn) -> Result<LogId, StoreError> {
    let text: Option<String> = conn
        .first(
            meta::table
                .filter(meta::key.eq("log_id"))
                .select(meta::value),
        )
        .await?;
    let id = text.as_deref().and_then(|text| text.parse().ok());
    id.ok_or_else(|| StoreError::Damaged("meta holds no log_id".to_owned()))
}

/// Number of an organization's newest entry; 0 before the first.
///
/// # Errors
/// [`StoreError`] if the database cannot answer.
pub async fn head(conn: &mut Conn, organization: OrganizationId) -> Result<i64, StoreError> {
    let query = log_heads::table
        .filter(log_heads::organization_id.eq(organization))
        .select(log_heads::seq);
    Ok(conn.first(query).await?.unwrap_or(0))
}

/// The entries after `seq` that are still there, ascending, at most `limit`.
///
/// # Errors
/// [`StoreError`] if the database cannot answer.
pub async fn after(
    conn: &mut Conn,
    organization: OrganizationId,
    seq: i64,
    limit: i64,
) -> Result<Vec<LogEntry>, StoreError> {
    let query = log::table
        .filter(log::organization_id.eq(organization))
        .filter(log::seq.gt(seq))
        .order(log::seq)
        .limit(limit)
        .select((log::seq, log::at, log::body));
    decoded(conn.all(query).await?)
}

/// The newest entries up to number `through` that were written at `since` or later, ascending, at most `limit`.
///
/// # Errors
/// [`StoreError`] if the database cannot answer.
pub async fn recent(
    conn: &mut Conn,
    organization: OrganizationId,
    (through, since): (i64, Timestamp),
    limit: i64,
) -> Result<Vec<LogEntry>, StoreError> {
    let query = log::table
        .filter(log::organization_id.eq(organization))
        .filter(log::seq.le(through))
        .filter(log::at.ge(since))
        .order(log::seq.desc())
        .limit(limit)
        .select((log::seq, log::at, log::body));
    let mut entries = decoded(conn.all(query).await?)?;
    entries.reverse();
    Ok(entries)
}

fn decoded(rows: Vec<(i64, Timestamp, String)>) -> Result<Vec<LogEntry>, StoreError> {
    let decode = |(seq, at, body): (i64, Timestamp, String)| LogEntry::decode(seq, at, &body);
    rows.into_iter()
        .map(decode)
        .collect::<Result<_, _>>()
        .map_err(|error| StoreError::Damaged(format!("log: {error}")))
}

impl LogReader for Database {
    fn head(&self, organization: OrganizationId) -> BoxFuture<'_, Result<Head, LogUnreadable>> {
        async move {
            let mut conn = self.read().await?;
            Ok(Head {
                log: self.log_id(),
                seq: head(&mut conn, organization).await?,
            })
        }
        .map(readable)
        .boxed()
    }

    fn entries(
        &self,
        organization: OrganizationId,
        seq: i64,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<LogEntry>, LogUnreadable>> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        async move { after(&mut self.read().await?, organization, seq, limit).await }
            .map(readable)
            .boxed()
    }

    fn recent(
        &self,
        organization: OrganizationId,
        through: i64,
        since: Timestamp,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<LogEntry>, LogUnreadable>> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        async move {
            recent(
                &mut self.read().await?,
                organization,
                (through, since),
                limit,
            )
            .await
        }
        .map(readable)
        .boxed()
    }

    fn heads(
        &self,
        organizations: Vec<OrganizationId>,
    ) -> BoxFuture<'_, Result<Vec<(OrganizationId, i64)>, LogUnreadable>> {
        async move {
            let followed = log_heads::organization_id.eq_any(organizations);
            let query = log_heads::table
                .filter(followed)
                .select((log_heads::organization_id, log_heads::seq));
            self.read().await?.all(query).await
        }
        .map(readable)
        .boxed()
    }
}

fn readable<T>(outcome: Result<T, StoreError>) -> Result<T, LogUnreadable> {
    outcome.map_err(|error| LogUnreadable(Box::new(error)))
}
