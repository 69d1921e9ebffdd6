//! `[database]` and `[storage]`: where things are kept, and for how long.

use std::path::PathBuf;
use std::time::Duration;

use super::Secret;
use super::check::Checker;

/// Which database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Database {
    /// A file of the bundled SQLite; made where there is none.
    Sqlite {
        /// The file.
        path: PathBuf,
    },
    /// A database of a PostgreSQL server.
    Postgres {
        /// `postgres://user:password@host/database`; holds a password.
        url: Secret,
    },
}

/// What is kept where, and for how long.
#[derive(Debug, Clone)]
pub struct Storage {
    /// Folder of the database, the signing secret and whatever else this server keeps.
    pub data_dir: PathBuf,
    /// How long a row of the event log lives.
    pub log_retention: Duration,
    /// How long readings are kept.
    pub readings_retention: Duration,
    /// Connections that read beside the one that writes.
    pub read_connections: usize,
}

impl Storage {
    pub(super) fn check(checker: &mut Checker<'_>) -> Option<Self> {
        let data_dir = checker.parsed("storage.data_dir", |text| match text {
            "" => Err("must be a folder".to_owned()),
            folder => Ok(PathBuf::from(folder)),
        });
        let log_retention = checker.seconds("storage.log_retention_seconds", 60..=86_400);
        let readings_retention = checker.days("storage.readings_retention_days", 31..=36_500);
        let read_connections = checker.whole::<u16>("storage.read_connections", 1..=64);
        Some(Self {
            data_dir: data_dir?,
            log_retention: log_retention?,
            readings_retention: readings_retention?,
            read_connections: read_connections?.into(),
        })
    }
}

impl Database {
    pub(super) fn check(checker: &mut Checker<'_>, storage: Option<&Storage>) -> Option<Self> {
        match checker.parsed("database.url", parse_url)? {
            Some(database) => Some(database),
            None => Some(Self::Sqlite {
                path: storage?.data_dir.join("freshtrack.db"),
            }),
        }
    }
}

/// The database that the URL names; an empty URL names none.
fn parse_url(url: &str) -> Result<Option<Database>, String> {
    if url.is_empty() {
        return Ok(None);
    }
    let server = ["postgres://", "postgresql://"].map(|scheme| url.strip_prefix(scheme));
    if server.iter().flatten().any(|rest| !rest.is_empty()) {
        let url = Secret::new(url);
        return Ok(Some(Database::Postgres { url }));
    }
    match url.strip_prefix("sqlite://") {
        Some(path) if !path.is_empty() && !path.contains(['?', '#']) && path != ":memory:" => {
            let path = PathBuf::from(path);
            Ok(Some(Database::Sqlite { path }))
        }
        _ => Err("must be postgres://USER:PASSWORD@HOST/DATABASE, sqlite://PATH with the path of a file, or empty".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_names_a_file_or_a_server() {
        for (url, path) in [
            ("sqlite:///var/lib/fresh.db", "/var/lib/fresh.db"),
            ("sqlite://data/fresh.db", "data/fresh.db"),
        ] {
            let path = PathBuf::from(path);
            assert_eq!(parse_url(url), Ok(Some(Database::Sqlite { path })), "{url}");
        }
        for server in [
            "postgres://me:word@db/fresh",
            "postgresql:///fresh?host=/run",
        ] {
            let url = Secret::new(server);
            let named = Ok(Some(Database::Postgres { url }));
            assert_eq!(parse_url(server), named, "{server}");
        }
        assert_eq!(parse_url(""), Ok(None));
    }

    #[test]
    fn what_would_lose_data_or_cannot_be_opened_is_refused() {
        for url in [
            "sqlite://",
            "sqlite://:memory:",
            "sqlite::memory:",
            "sqlite://a.db?mode=ro",
            "fresh.db",
            "postgres://",
            "mysql://localhost/fresh",
        ] {
            let allowed = parse_url(url).unwrap_err();
            assert!(allowed.starts_with("must be postgres://"), "{url}");
        }
    }
}
