//! `[database]` and `[storage]`: where things are kept, and for how long.

use std::path::PathBuf;
use std::time::Duration;

use super::check::Checker;

/// Which database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Database {
    /// A file of the bundled SQLite; made where there is none.
    Sqlite {
        /// The file.
        path: PathBuf,
    },
}

/// What is kept where, and for how long.
#[derive(Debug, Clone)]
pub struct Storage {
    /// Folder of the database, the signing secret and whatever else this server keeps.
    pub data_dir: PathBuf,
    /// How long a row of the event log lives.
    pub log_retention: Duration,
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
        let read_connections = checker.whole::<u16>("storage.read_connections", 1..=64);
        Some(Self {
            data_dir: data_dir?,
            log_retention: log_retention?,
            read_connections: read_connections?.into(),
        })
    }
}

impl Database {
    pub(super) fn check(checker: &mut Checker<'_>, storage: Option<&Storage>) -> Option<Self> {
        let path = checker.parsed("database.url", parse_url)?;
        Some(Self::Sqlite {
            path: match path {
                Some(path) => path,
                None => storage?.data_dir.join("freshtrack.db"),
            },
        })
    }
}

/// The file that the URL names; an empty URL names none.
fn parse_url(url: &str) -> Result<Option<PathBuf>, String> {
    if url.is_empty() {
        return Ok(None);
    }
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        return Err("this version keeps its data in SQLite only: use sqlite://PATH".to_owned());
    }
    match url.strip_prefix("sqlite://") {
        Some(path) if !path.is_empty() && !path.contains(['?', '#']) && path != ":memory:" => {
            Ok(Some(PathBuf::from(path)))
        }
        _ => Err("must be sqlite://PATH with the path of a file, or empty".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_names_a_file() {
        for (url, path) in [
            ("", None),
            ("sqlite:///var/lib/fresh.db", Some("/var/lib/fresh.db")),
            ("sqlite://data/fresh.db", Some("data/fresh.db")),
        ] {
            assert_eq!(parse_url(url), Ok(path.map(PathBuf::from)), "{url}");
        }
    }

    #[test]
    fn what_would_lose_data_or_cannot_be_opened_is_refused() {
        for url in [
            "sqlite://",
            "sqlite://:memory:",
            "sqlite::memory:",
            "sqlite://a.db?mode=ro",
            "fresh.db",
            "mysql://localhost/fresh",
        ] {
            let allowed = parse_url(url).unwrap_err();
            assert!(allowed.starts_with("must be sqlite://PATH"), "{url}");
        }
        for url in ["postgres://me@db/fresh", "postgresql:///fresh"] {
            let allowed = parse_url(url).unwrap_err();
            assert!(allowed.contains("SQLite only"), "{url}");
        }
    }
}
