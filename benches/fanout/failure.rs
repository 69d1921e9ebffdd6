//! Why there is no figure.

use std::io;
use std::path::PathBuf;
use std::process::ExitStatus;
use std::time::Duration;

use thiserror::Error;

/// Ends the run: a figure next to a failure would be worth nothing.
#[derive(Debug, Error)]
pub(crate) enum Failure {
    /// The system refused something.
    #[error("{what}: {source}")]
    Io {
        /// What was tried.
        what: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// A program of the comparison is not there.
    #[error("{0:?} is missing: start by `scripts/bench fanout`, which builds it")]
    Missing(PathBuf),
    /// Something did not happen.
    #[error("{what}: not within {limit:?}")]
    Overdue {
        /// What was awaited.
        what: &'static str,
        /// For how long.
        limit: Duration,
    },
    /// A server is gone.
    #[error("the server ended: {0}")]
    Ended(ExitStatus),
    /// Not what WebSocket, Engine.IO or Socket.IO has there.
    #[error("{what}: unexpected {got:?}")]
    Protocol {
        /// What was read.
        what: &'static str,
        /// The beginning of what came.
        got: String,
    },
    /// Messages that had not come long after the last of the others.
    #[error("{0} messages did not come")]
    Lost(u64),
    /// A server ended a connection.
    #[error("a client was cut off {0}")]
    CutOff(&'static str),
    /// Not one of the servers.
    #[error("no such server: {0}")]
    Unknown(String),
    /// The page of figures has no place for them.
    #[error("{path:?} has no line {marker:?}")]
    Marker {
        /// The page.
        path: PathBuf,
        /// What is missing in it.
        marker: &'static str,
    },
}

impl Failure {
    /// For `map_err`.
    pub(crate) fn io(what: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { what, source }
    }

    /// Keeps the beginning of what came.
    pub(crate) fn protocol(what: &'static str, got: &[u8]) -> Self {
        Self::Protocol {
            what,
            got: String::from_utf8_lossy(got).chars().take(200).collect(),
        }
    }
}
