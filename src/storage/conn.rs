//! One connection type for both backends, for reading.
//!
//! A diesel query has no backend; only running it does. [`Fetch`] is any query that both backends can run,
//! so each query of this room is an ordinary function over [`Conn`]. Do not import diesel's or diesel-async's
//! `RunQueryDsl` beside it.

use std::time::Duration;

use diesel::SqliteConnection;
use diesel_async::{
    AnsiTransactionManager, AsyncConnection, AsyncPgConnection, TransactionManager,
    methods::LoadQuery, pooled_connection::deadpool::Object,
    sync_connection_wrapper::SyncConnectionWrapper,
};
use futures_util::TryStreamExt;

use super::StoreError;

/// How long PostgreSQL may take to answer a read: over its own `statement_timeout`.
const ANSWER: Duration = Duration::from_secs(12);

/// An SQLite connection whose statements run on the blocking threads.
pub(super) type Lite = SyncConnectionWrapper<SqliteConnection>;

/// A query that both backends can run, giving rows of `U`.
pub trait Fetch<'q, U>:
    LoadQuery<'q, AsyncPgConnection, U> + LoadQuery<'q, Lite, U> + Send + 'q
{
}
impl<'q, U, Q> Fetch<'q, U> for Q where
    Q: LoadQuery<'q, AsyncPgConnection, U> + LoadQuery<'q, Lite, U> + Send + 'q
{
}

/// A pooled connection for reading.
#[expect(
    clippy::large_enum_variant,
    reason = "one lives at a time, in the request that reads"
)]
pub enum Conn {
    /// Opened read-only: what writes goes through the writer.
    Postgres(Object<AsyncPgConnection>),
    /// Opened with `query_only`: what writes goes through the writer.
    Sqlite(Object<Lite>),
}

impl Conn {
    /// All rows. The query itself must carry a bound (`LIMIT`, or a table that is small by nature).
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot answer.
    pub async fn all<'q, U: Send + 'q>(
        &mut self,
        query: impl Fetch<'q, U>,
    ) -> Result<Vec<U>, StoreError> {
        let rows = match self {
            Self::Postgres(postgres) => {
                let reading = async {
                    LoadQuery::<AsyncPgConnection, U>::internal_load(query, postgres)
                        .await?
                        .try_collect()
                        .await
                };
                // The server ends a statement in time, but for one that does not answer any more.
                tokio::time::timeout(ANSWER, reading)
                    .await
                    .map_err(|_| no_answer())??
            }
            Self::Sqlite(lite) => {
                LoadQuery::<Lite, U>::internal_load(query, lite)
                    .await?
                    .try_collect()
                    .await?
            }
        };
        Ok(rows)
    }

    /// The first row, if there is one.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot answer.
    pub async fn first<'q, U: Send + 'q>(
        &mut self,
        query: impl Fetch<'q, U>,
    ) -> Result<Option<U>, StoreError> {
        Ok(self.all(query).await?.into_iter().next())
    }

    /// Runs several reads on one moment of the database.
    ///
    /// # Errors
    /// What `read` fails with, or [`StoreError`] if the database cannot answer.
    pub async fn snapshot<R>(
        &mut self,
        read: impl AsyncFnOnce(&mut Self) -> Result<R, StoreError>,
    ) -> Result<R, StoreError> {
        match self {
            Self::Postgres(postgres) => {
                let moment = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY";
                AnsiTransactionManager::begin_transaction_sql(&mut **postgres, moment).await?;
            }
            Self::Sqlite(lite) => {
                <Lite as AsyncConnection>::TransactionManager::begin_transaction(&mut **lite)
                    .await?;
            }
        }
        // A future dropped here leaves the transaction open; the pool sees it and throws the connection away.
        let outcome = read(self).await;
        match self {
            Self::Postgres(postgres) => {
                AnsiTransactionManager::rollback_transaction(&mut **postgres).await?;
            }
            Self::Sqlite(lite) => {
                <Lite as AsyncConnection>::TransactionManager::rollback_transaction(&mut **lite)
                    .await?;
            }
        }
        outcome
    }
}

fn no_answer() -> StoreError {
    StoreError::Unavailable("PostgreSQL did not answer in time".to_owned())
}
