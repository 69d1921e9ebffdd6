//! New databases whose commits reach the disk.

use std::sync::Arc;

use freshtrack::clock::Clock;
use freshtrack::storage::{Database, Hooks, Location, Options, StoreError};
use tempfile::TempDir;

use crate::postgres::Server;

/// Uplinks that may wait for the writer.
const QUEUE: usize = 4096;

/// A database of its own, gone with it.
pub(crate) enum Place {
    Sqlite(TempDir),
    Postgres(Server),
}

impl Place {
    pub(crate) fn sqlite() -> Self {
        // Beside the build: a folder for temporary files may be memory.
        let folder = std::env::current_exe().expect("a program");
        let folder = folder.parent().expect("in a folder");
        Self::Sqlite(tempfile::tempdir_in(folder).expect("a folder"))
    }

    pub(crate) fn postgres() -> Self {
        Self::Postgres(Server::durable())
    }

    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "sqlite",
            Self::Postgres(_) => "postgresql",
        }
    }

    /// How many can write at once: a file has one writer.
    pub(crate) const fn single_writers(&self, connections: usize) -> usize {
        match self {
            Self::Sqlite(_) => 1,
            Self::Postgres(_) => connections,
        }
    }

    /// Opens it as a server would.
    pub(crate) async fn open(&self, group: usize) -> Result<Database, StoreError> {
        let location = match self {
            Self::Sqlite(folder) => Location::Sqlite(folder.path().join("bench.db")),
            Self::Postgres(server) => Location::Postgres(server.url("postgres")),
        };
        let options = Options {
            location,
            readers: 1,
            queue: QUEUE,
            group,
        };
        let hooks = Hooks {
            entry: Arc::new(|_, _| {}),
            deadline: Arc::new(|_| {}),
        };
        Database::open(options, Clock::system(), hooks).await
    }

    /// Opens it several times, as several nodes would.
    pub(crate) async fn open_many(
        &self,
        group: usize,
        number: usize,
    ) -> Result<Vec<Database>, StoreError> {
        let mut databases = Vec::with_capacity(number);
        for _ in 0..number {
            databases.push(self.open(group).await?);
        }
        Ok(databases)
    }
}
