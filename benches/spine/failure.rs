//! Why there is no figure.

use std::io;
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
    /// Something did not happen.
    #[error("{what}: not within {limit:?}")]
    Overdue {
        /// What was awaited.
        what: &'static str,
        /// For how long.
        limit: Duration,
    },
    /// The server is gone.
    #[error("the server ended: {0}")]
    Ended(ExitStatus),
    /// Not what HTTP, Engine.IO or Socket.IO has there.
    #[error("{what}: unexpected {got:?}")]
    Protocol {
        /// What was read.
        what: &'static str,
        /// The beginning of what came.
        got: String,
    },
    /// Another answer than the one that counts.
    #[error("{path} answered {status}: {body}")]
    Answered {
        /// What was called.
        path: &'static str,
        /// The status of HTTP.
        status: u16,
        /// What was said.
        body: String,
    },
    /// An event for something that was not posted, or a second one.
    #[error("an event at {0} hundredths of a degree that nobody awaited")]
    Stray(i64),
}

impl Failure {
    /// For `map_err`.
    pub(crate) fn io(what: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { what, source }
    }

    /// Keeps the beginning of what came.
    pub(crate) fn protocol(what: &'static str, got: &str) -> Self {
        Self::Protocol {
            what,
            got: got.chars().take(200).collect(),
        }
    }
}
