//! Why a message was not taken.

use crate::{
    domain::{Code, InvalidJson},
    storage::StoreError,
};

/// Why a message was not taken.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// The body is no JSON object, or one that parsers disagree on.
    #[error("the body must be a JSON object: {0}")]
    InvalidJson(#[from] InvalidJson),
    /// The organization sends more than its share while the queue is full.
    #[error("too many messages per second while the server is busy")]
    RateLimited,
    /// It could not be made durable.
    #[error("the message could not be stored")]
    Store(#[from] StoreError),
}

impl IngestError {
    /// The code that the sender gets.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::InvalidJson(_) => Code::InvalidJson,
            Self::RateLimited => Code::RateLimited,
            Self::Store(error) => error.code(),
        }
    }
}
