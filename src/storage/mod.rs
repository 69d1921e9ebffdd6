//! What is durable. Everything that writes goes through [`Writer`]; everything that reads is a function over
//! [`Conn`], a file per aggregate, the organization always an argument of it.
//!
//! Imports the rooms of pure values and `clock`; knows no actor and no HTTP: it tells of commits by [`Hooks`].
//! diesel is used here and nowhere else. Bounds: the writer's queue, the pool of readers, a `LIMIT` on each list.

pub mod alerts;
mod conn;
pub mod deadlines;
pub mod devices;
pub mod downlinks;
mod error;
pub mod gateways;
pub mod history;
pub mod log;
mod migrate;
pub mod months;
pub mod organizations;
mod postgres;
pub mod quarantine;
pub mod readings;
pub mod recovery;
pub mod refresh_tokens;
pub mod retention;
pub mod rollups;
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

use std::{fmt, path::PathBuf, sync::Arc};

use diesel_async::{AsyncPgConnection, pooled_connection::deadpool::Pool};

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

/// Where the data is.
#[derive(Clone, PartialEq, Eq)]
pub enum Location {
    /// A file of the bundled SQLite.
    Sqlite(PathBuf),
    /// A database of a PostgreSQL server: `postgres://user:password@host/database`.
    Postgres(String),
}

/// Without the password that a URL may hold.
impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => path.display().fmt(f),
            Self::Postgres(url) => {
                let place = url
                    .rsplit_once('@')
                    .map_or(url.as_str(), |(_, place)| place);
                let place = place.split('?').next().unwrap_or_default();
                let place = place.split_once("://").map_or(place, |(_, place)| place);
                write!(f, "postgres://{place}")
            }
        }
    }
}

impl fmt::Debug for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Where the data is and what may wait for it.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where.
    pub location: Location,
    /// Connections that read.
    pub readers: usize,
    /// Jobs that may wait for the writer.
    pub queue: usize,
    /// Jobs of one commit.
    pub group: usize,
}

/// The connections that read.
#[derive(Clone)]
enum Readers {
    Postgres(Pool<AsyncPgConnection>),
    Sqlite(Pool<conn::Lite>),
}

impl Readers {
    async fn get(&self) -> Result<Conn, StoreError> {
        Ok(match self {
            Self::Postgres(pool) => Conn::Postgres(pool.get().await?),
            Self::Sqlite(pool) => Conn::Sqlite(pool.get().await?),
        })
    }

    fn close(&self) {
        match self {
            Self::Postgres(pool) => pool.close(),
            Self::Sqlite(pool) => pool.close(),
        }
    }
}

/// An open database; cheap to clone.
#[derive(Clone)]
pub struct Database {
    readers: Readers,
    writer: Writer,
    log_id: LogId,
}

impl Database {
    /// Opens the database, brings its schema up to date, and starts the writer on a thread of its own.
    ///
    /// # Errors
    /// [`StoreError`] if it cannot be opened or migrated.
    pub async fn open(options: Options, clock: Clock, hooks: Hooks) -> Result<Self, StoreError> {
        let (writer, messages) = Writer::channel(options.queue);
        let group = options.group;
        let location = options.location.clone();
        let applied = blocking(move || migrate(&location)).await?;
        if !applied.is_empty() {
            ::log::info!(migrations:? = applied; "database schema brought up to date");
        }
        let readers = match options.location {
            Location::Sqlite(path) => {
                let readers = sqlite::readers(&path, options.readers)?;
                let connection = blocking(move || sqlite::writer(&path)).await?;
                let uow = writer::sqlite::SqliteUnitOfWork::new(connection);
                start(move || writer::run(uow, messages, group, clock, hooks))?;
                Readers::Sqlite(readers)
            }
            Location::Postgres(url) => {
                let readers = postgres::readers(&url, options.readers)?;
                let uow = writer::postgres::PostgresUnitOfWork::new(url);
                start(move || writer::run(uow, messages, group, clock, hooks))?;
                Readers::Postgres(readers)
            }
        };
        let log_id = log::id(&mut readers.get().await?).await?;
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
        self.readers.get().await
    }

    /// Whether the database answers: its cheapest read.
    ///
    /// # Errors
    /// [`StoreError`] if it does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        log::id(&mut self.read().await?).await.map(drop)
    }

    /// Whether readings are kept by month.
    const fn has_months(&self) -> bool {
        matches!(self.readers, Readers::Postgres(_))
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

/// Applies pending migrations; their names. Blocks.
///
/// # Errors
/// [`StoreError`] if the database cannot be opened or migrated.
pub fn migrate(location: &Location) -> Result<Vec<String>, StoreError> {
    match location {
        Location::Sqlite(path) => migrate::sqlite(&mut sqlite::writer(path)?),
        Location::Postgres(url) => migrate::postgres(url),
    }
}

/// Takes the newest migration back; its name. Blocks.
///
/// # Errors
/// [`StoreError`] if the database cannot be opened, or there is none.
pub fn migrate_down(location: &Location) -> Result<String, StoreError> {
    match location {
        Location::Sqlite(path) => migrate::sqlite_down(&mut sqlite::writer(path)?),
        Location::Postgres(url) => migrate::postgres_down(url),
    }
}

/// Runs the writer on a thread of its own until it ends.
fn start<Work: Future<Output = ()>>(
    work: impl FnOnce() -> Work + Send + 'static,
) -> Result<(), StoreError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| not_started(&error))?;
    std::thread::Builder::new()
        .name("writer".to_owned())
        .spawn(move || runtime.block_on(work()))
        .map(drop)
        .map_err(|error| not_started(&error))
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
