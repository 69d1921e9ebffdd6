//! Opening an SQLite database: one file beside the program, nothing to install.

use std::{fs::DirBuilder, os::unix::fs::DirBuilderExt, path::Path};

use diesel::{Connection, ConnectionError, SqliteConnection, connection::SimpleConnection};
use diesel_async::pooled_connection::{
    AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod, deadpool::Pool,
};
use futures_util::FutureExt;

use super::{StoreError, conn::Lite};

/// How long a statement waits for another process's lock, and a reader for a connection.
const WAIT: std::time::Duration = std::time::Duration::from_secs(5);

/// One by one, the waiting first: the others may have to wait. Every commit reaches the disk before it is answered.
/// Half of SQLite's usual page (of a new file): a group's rows lie far apart, and each of their pages is written whole.
const WRITER: [&str; 7] = [
    "PRAGMA busy_timeout = 5000",
    "PRAGMA page_size = 2048",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA wal_autocheckpoint = 32000",
    "PRAGMA cache_size = -65536",
];

const READER: [&str; 3] = [
    "PRAGMA busy_timeout = 5000",
    "PRAGMA query_only = ON",
    "PRAGMA cache_size = -16384",
];

fn establish(path: &str, pragmas: &[&str]) -> Result<SqliteConnection, ConnectionError> {
    let mut connection = SqliteConnection::establish(path)?;
    pragmas
        .iter()
        .try_for_each(|pragma| connection.batch_execute(pragma))
        .map_err(ConnectionError::CouldntSetupConfiguration)?;
    Ok(connection)
}

/// The connection that writes. Makes the file and its folder if they are not there.
///
/// # Errors
/// [`StoreError::Unavailable`] if the file cannot be opened.
pub(super) fn writer(path: &Path) -> Result<SqliteConnection, StoreError> {
    if let Some(folder) = path.parent() {
        private_folder(folder).map_err(|error| unavailable(path, &error))?;
    }
    let text = path
        .to_str()
        .ok_or_else(|| unavailable(path, &"the path is not UTF-8"))?;
    establish(text, &WRITER).map_err(|error| unavailable(path, &error))
}

/// Makes the folder if it is not there, for this user alone: the database holds password hashes.
fn private_folder(folder: &Path) -> std::io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// The connections that read, at most `size`.
///
/// # Errors
/// [`StoreError::Unavailable`] if the pool cannot be built.
pub(super) fn readers(path: &Path, size: usize) -> Result<Pool<Lite>, StoreError> {
    let mut config = ManagerConfig::<Lite>::default();
    config.recycling_method = RecyclingMethod::Fast;
    config.custom_setup = Box::new(|path| {
        let path = path.to_owned();
        async move {
            let opened = tokio::task::spawn_blocking(move || establish(&path, &READER)).await;
            opened
                .map_err(|error| ConnectionError::BadConnection(error.to_string()))?
                .map(Lite::new)
        }
        .boxed()
    });
    let text = path
        .to_str()
        .ok_or_else(|| unavailable(path, &"the path is not UTF-8"))?;
    Pool::builder(AsyncDieselConnectionManager::new_with_config(text, config))
        .max_size(size)
        .runtime(deadpool::Runtime::Tokio1)
        .wait_timeout(Some(WAIT))
        .create_timeout(Some(WAIT))
        .build()
        .map_err(|error| unavailable(path, &error))
}

fn unavailable(path: &Path, error: &dyn std::fmt::Display) -> StoreError {
    StoreError::Unavailable(format!("{}: {error}", path.display()))
}
