//! Opening a PostgreSQL database: how each connection is set up, and the pool of those that read.
//!
//! Bounds: the pool's size; each wait for a connection, an answer or a lock has its limit. Without TLS: over a network,
//! put the database on the same host or in a tunnel.

use std::time::Duration;

use diesel::{
    ConnectionError, ConnectionResult, QueryResult, QueryableByName, sql_query, sql_types::Text,
};
use diesel_async::{
    AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection,
    pooled_connection::{
        AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod, deadpool::Pool,
    },
};
use futures_util::FutureExt;
use tokio::runtime::Handle;

use super::StoreError;

/// How long a reader waits for a connection.
const WAIT: Duration = Duration::from_secs(5);

/// How long making a connection may take.
const CONNECT: Duration = Duration::from_secs(3);

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// The writer's own.
    Writing,
    /// One of the pool.
    Reading,
}

impl Use {
    /// What is set at its start. Errors come in English if that may be set, because their text tells them apart. A commit that is answered is on the disk, whatever the server's default is (a stronger
    /// default stays). Plans are made once: the sizes of a group's arrays do not matter to them.
    const fn settings(self) -> &'static str {
        match self {
            Self::Writing => {
                "DO $$ BEGIN PERFORM set_config('lc_messages', 'C', false); \
                 EXCEPTION WHEN insufficient_privilege THEN NULL; END $$; \
                 SET lock_timeout = '250ms'; SET statement_timeout = '5s'; \
                 SET idle_in_transaction_session_timeout = '2s'; SET plan_cache_mode = force_generic_plan; SET jit = off; \
                 SELECT set_config('synchronous_commit', 'on', false) \
                 WHERE current_setting('synchronous_commit') = 'off'"
            }
            Self::Reading => {
                "SET default_transaction_read_only = on; SET statement_timeout = '10s'; \
                 SET idle_in_transaction_session_timeout = '10s'; SET jit = off"
            }
        }
    }
}

/// A connection; what drives it lives on the present runtime.
///
/// # Errors
/// [`ConnectionError`] if the server cannot be reached, or does not answer in time.
pub(super) async fn connect(url: &str, r#use: Use) -> ConnectionResult<AsyncPgConnection> {
    let connecting = async {
        let mut connection = AsyncPgConnection::establish(url).await?;
        connection
            .batch_execute(r#use.settings())
            .await
            .map_err(ConnectionError::CouldntSetupConfiguration)?;
        Ok(connection)
    };
    tokio::time::timeout(CONNECT, connecting)
        .await
        .unwrap_or_else(|_| Err(ConnectionError::BadConnection("no answer in time".into())))
}

/// Says so if the writer's errors would come in another language than they are told apart in.
pub(super) async fn warn_of_language(connection: &mut AsyncPgConnection) -> QueryResult<()> {
    let language = "SELECT current_setting('lc_messages') AS language";
    let Language { language } = sql_query(language).get_result(connection).await?;
    if !["", "C", "POSIX"].contains(&language.split('.').next().unwrap_or_default())
        && !language.starts_with("en")
    {
        log::warn!(lc_messages = language.as_str(); "PostgreSQL's messages must be in English: what another node locks or a sender got wrong is not recognized");
    }
    Ok(())
}

#[derive(QueryableByName)]
struct Language {
    #[diesel(sql_type = Text)]
    language: String,
}

/// The connections that read, at most `size`. Each is driven by the present runtime, whoever asked for it first:
/// that of a request's thread may end before.
///
/// # Errors
/// [`StoreError::Unavailable`] if the pool cannot be built.
pub(super) fn readers(url: &str, size: usize) -> Result<Pool<AsyncPgConnection>, StoreError> {
    let runtime = Handle::current();
    let mut config = ManagerConfig::<AsyncPgConnection>::default();
    // A closed connection is noticed without a question to the server.
    config.recycling_method = RecyclingMethod::Fast;
    config.custom_setup = Box::new(move |url| {
        let url = url.to_owned();
        let connecting = runtime.spawn(async move { connect(&url, Use::Reading).await });
        async move {
            connecting
                .await
                .map_err(|error| ConnectionError::BadConnection(error.to_string()))?
        }
        .boxed()
    });
    Pool::builder(AsyncDieselConnectionManager::new_with_config(url, config))
        .max_size(size)
        .runtime(deadpool::Runtime::Tokio1)
        .wait_timeout(Some(WAIT))
        .create_timeout(Some(WAIT))
        .build()
        .map_err(|error| StoreError::Unavailable(error.to_string()))
}
