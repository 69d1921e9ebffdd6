//! What can go wrong with storing and reading.

use diesel::result::{DatabaseErrorKind, Error as DieselError};

use crate::domain::Code;

/// A failure of the database or of what it was asked to hold.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// A unique constraint refused it: it is there already.
    #[error("already there: {0}")]
    Conflict(String),
    /// Another constraint refused the values.
    #[error("refused by the database: {0}")]
    Refused(String),
    /// The database is away, locked, or its queue is full: try again.
    #[error("database unavailable: {0}")]
    Unavailable(String),
    /// Another node holds a lock for longer than a group waits: try again.
    #[error("locked by another node: {0}")]
    Blocked(String),
    /// A row does not read as what it should be.
    #[error("damaged row: {0}")]
    Damaged(String),
}

impl StoreError {
    /// The code that a client gets.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::Conflict(_) => Code::Conflict,
            Self::Refused(_) => Code::InvalidPayload,
            Self::Unavailable(_) | Self::Blocked(_) => Code::Unavailable,
            Self::Damaged(_) => Code::Internal,
        }
    }

    /// Whether the data is at fault, so that no repetition helps.
    #[must_use]
    pub const fn is_data_fault(&self) -> bool {
        matches!(self, Self::Conflict(_) | Self::Refused(_))
    }
}

impl From<DieselError> for StoreError {
    fn from(error: DieselError) -> Self {
        match error {
            DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, info) => {
                Self::Conflict(info.message().to_owned())
            }
            DieselError::DatabaseError(
                DatabaseErrorKind::CheckViolation
                | DatabaseErrorKind::NotNullViolation
                | DatabaseErrorKind::ForeignKeyViolation,
                info,
            ) => Self::Refused(info.message().to_owned()),
            // These have no kind of their own: both backends tell them by their text alone.
            DieselError::DatabaseError(_, info) if is_of_the_data(info.message()) => {
                Self::Refused(info.message().to_owned())
            }
            DieselError::DatabaseError(_, info) if is_lock_timeout(info.message()) => {
                Self::Blocked(info.message().to_owned())
            }
            DieselError::SerializationError(cause) => Self::Refused(cause.to_string()),
            DieselError::DeserializationError(cause) => Self::Damaged(cause.to_string()),
            other => Self::Unavailable(other.to_string()),
        }
    }
}

fn is_of_the_data(message: &str) -> bool {
    const SQLITE: [&str; 2] = ["datatype mismatch", "string or blob too big"];
    const POSTGRES: [&str; 4] = [
        "invalid byte sequence for encoding",
        "invalid input syntax for type",
        "unsupported Unicode escape sequence",
        "index row size",
    ];
    SQLITE.contains(&message)
        || POSTGRES.iter().any(|start| message.starts_with(start))
        || message.ends_with(" out of range")
}

/// PostgreSQL, with `lc_messages` in English.
fn is_lock_timeout(message: &str) -> bool {
    message == "canceling statement due to lock timeout"
}

impl From<diesel::ConnectionError> for StoreError {
    fn from(error: diesel::ConnectionError) -> Self {
        Self::Unavailable(error.to_string())
    }
}

impl From<diesel_async::pooled_connection::deadpool::PoolError> for StoreError {
    fn from(error: diesel_async::pooled_connection::deadpool::PoolError) -> Self {
        Self::Unavailable(error.to_string())
    }
}
