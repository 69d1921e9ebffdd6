//! What is durable. Everything that writes goes through [`Writer`]; everything that reads is a function over
//! [`Conn`], a file per aggregate, the organization always an argument of it.
//!
//! Imports the rooms of pure values and `clock`; knows no actor and no HTTP: it tells of commits by [`Hooks`].
//! diesel is used here and nowhere else. Bounds: the writer's queue, the pool of readers, a `LIMIT` on each list.

pub mod alerts;
mod conn;
pub mod deadlines;
pub mod devices;
mod error;
pub mod gateways;
pub mod history;
pub mod log;
mod migrate;
pub mod organizations;
pub mod quarantine;
pub mod readings;
pub mod refresh_tokens;
pub mod retention;
pub mod rules;
mod schema;
pub mod sites;
pub mod snapshot;
mod sqlite;
pub mod statements;
mod stmt;
mod types;
pub mod units;
pub mod users;
pub mod writer;

#[cfg(test)]
mod suite;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use diesel_async::pooled_connection::deadpool::Pool;

use crate::{
    clock::Clock,
    domain::Timestamp,
    events::{LogId, OnCommit},
};

pub use conn::Conn;
pub use error::StoreError;
pub use writer::Writer;

/// Who is told of a commit, by the writer's thread: must not block.
#[derive(Clone)]
pub struct Hooks {
    /// A log entry was committed.
    pub entry: OnCommit,
    /// A deadline was set.
    pub deadline: Arc<dyn Fn(Timestamp) + Send + Sync>,
}

/// Where the data is and what may wait for it.
#[derive(Debug, Clone)]
pub struct Options {
    /// The database's file.
    pub path: PathBuf,
    /// Connections that read.
    pub readers: usize,
    /// Jobs that may wait for the writer.
    pub queue: usize,
    /// Jobs of one commit.
    pub group: usize,
}

/// An open database; cheap to clone.
#[derive(Clone)]
pub struct Database {
    readers: Pool<conn::Lite>,
    writer: Writer,
    log_id: LogId,
}

impl Database {
    /// Opens the database, brings its schema up to date, and starts the writer on a thread of its own.
    ///
    /// # Errors
    /// [`StoreError`] if it cannot be opened or migrated.
    pub async fn open(options: Options, clock: Clock, hooks: Hooks) -> Result<Self, StoreError> {
        let path = options.path.clone();
        let connection = blocking(move || {
            let mut connection = sqlite::writer(&path)?;
            let applied = migrate::sqlite(&mut connection)?;
            if !applied.is_empty() {
                ::log::info!(migrations:? = applied; "database schema brought up to date");
            }
            Ok(connection)
        })
        .await?;
        let readers = sqlite::readers(&options.path, options.readers)?;
        let log_id = log::id(&mut Conn::Sqlite(readers.get().await?)).await?;
        let (writer, messages) = Writer::channel(options.queue);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .map_err(|error| not_started(&error))?;
        let work = move || {
            let uow = writer::sqlite::SqliteUnitOfWork::new(connection);
            runtime.block_on(writer::run(uow, messages, options.group, clock, hooks));
        };
        std::thread::Builder::new()
            .name("writer".to_owned())
            .spawn(work)
            .map_err(|error| not_started(&error))?;
        Ok(Self {
            readers,
            writer,
            log_id,
        })
    }

    /// A connection to read by; waits at most 5 s for one.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if none gets free.
    pub async fn read(&self) -> Result<Conn, StoreError> {
        Ok(Conn::Sqlite(self.readers.get().await?))
    }

    /// Whether the database answers: its cheapest read.
    ///
    /// # Errors
    /// [`StoreError`] if it does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        log::id(&mut self.read().await?).await.map(drop)
    }

    /// The way to write.
    #[must_use]
    pub const fn writer(&self) -> &Writer {
        &self.writer
    }

    /// The random id of this database's logs.
    #[must_use]
    pub const fn log_id(&self) -> LogId {
        self.log_id
    }

    /// Commits what was submitted before and ends the writer.
    pub async fn close(&self) {
        self.writer.stop().await;
        self.readers.close();
    }
}

/// Applies pending migrations to the database in this file; their names.
///
/// # Errors
/// [`StoreError`] if it cannot be opened or migrated.
pub fn migrate(path: &Path) -> Result<Vec<String>, StoreError> {
    migrate::sqlite(&mut sqlite::writer(path)?)
}

/// Takes the newest migration of the database in this file back; its name.
///
/// # Errors
/// [`StoreError`] if it cannot be opened, or there is none.
pub fn migrate_down(path: &Path) -> Result<String, StoreError> {
    migrate::sqlite_down(&mut sqlite::writer(path)?)
}

fn not_started(error: &std::io::Error) -> StoreError {
    StoreError::Unavailable(format!("the writer did not start: {error}"))
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| StoreError::Unavailable(error.to_string()))?
}
