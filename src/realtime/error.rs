//! Why a client's event is not done, and what the client is told of it.

use actix_socketio::Gone;
use thiserror::Error;

use crate::{
    actors::NotAdmitted,
    domain::{Code, text_enum},
    operations::OperationError,
    storage::StoreError,
};

use super::rooms::MAX_SUBSCRIPTIONS;

/// Why a client's event is not done.
#[derive(Debug, Error)]
pub(super) enum CommandError {
    /// No event of ours has this name.
    #[error("there is no such event")]
    UnknownEvent,
    /// A field is missing, wrong, or unknown.
    #[error("`{field}` {why}")]
    Invalid {
        /// Which one; unknown ones as the client named them.
        field: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// Unknown, malformed, or another organization's: not told apart.
    #[error("not found")]
    NotFound,
    /// Another organization than the socket's own.
    #[error("this is another organization")]
    ForeignOrganization,
    /// A token of somebody else, or for another organization.
    #[error("the token is another person's")]
    AnotherPerson,
    /// One must be given up first.
    #[error("a socket can follow {MAX_SUBSCRIPTIONS} sites and units at most")]
    TooManySubscriptions,
    /// The socket sends faster than it may.
    #[error("too many events: slow down")]
    TooManyEvents,
    /// What was asked for could not be done.
    #[error(transparent)]
    Operation(#[from] OperationError),
    /// The database did not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The organization's rooms are not there now.
    #[error(transparent)]
    Rooms(#[from] NotAdmitted),
    /// The socket went meanwhile.
    #[error(transparent)]
    Gone(#[from] Gone),
}

impl CommandError {
    pub(super) fn invalid(field: impl Into<String>, why: &'static str) -> Self {
        Self::Invalid {
            field: field.into(),
            why,
        }
    }

    /// The code that the client gets.
    pub(super) fn code(&self) -> AnswerCode {
        match self {
            Self::UnknownEvent | Self::Invalid { .. } => AnswerCode::InvalidPayload,
            Self::NotFound => AnswerCode::NotFound,
            Self::ForeignOrganization | Self::AnotherPerson => AnswerCode::Forbidden,
            Self::TooManySubscriptions => AnswerCode::Conflict,
            Self::TooManyEvents => AnswerCode::RateLimited,
            Self::Operation(error) => error.code().into(),
            Self::Store(error) => error.code().into(),
            Self::Rooms(_) | Self::Gone(_) => AnswerCode::Unavailable,
        }
    }

    /// The field that is at fault.
    pub(super) fn field(&self) -> Option<&str> {
        match self {
            Self::UnknownEvent => Some("event"),
            Self::Invalid { field, .. } => Some(field),
            Self::Operation(error) => error.field(),
            Self::NotFound
            | Self::ForeignOrganization
            | Self::AnotherPerson
            | Self::TooManySubscriptions
            | Self::TooManyEvents
            | Self::Store(_)
            | Self::Rooms(_)
            | Self::Gone(_) => None,
        }
    }

    /// What the client reads. Our own faults are not explained to it.
    pub(super) fn message(&self) -> String {
        if self.code() == AnswerCode::Unavailable {
            return "this cannot be done now: try again".to_owned();
        }
        self.to_string()
    }
}

/// Whether it says nothing of who was judged, but that they could not be judged now.
pub(super) const fn is_undecided(code: Code) -> bool {
    match code {
        Code::Internal | Code::Unavailable | Code::RateLimited => true,
        Code::InvalidJson
        | Code::InvalidPayload
        | Code::Unauthorized
        | Code::InvalidCredentials
        | Code::InvalidToken
        | Code::Forbidden
        | Code::NotFound
        | Code::MethodNotAllowed
        | Code::Conflict
        | Code::PreconditionFailed
        | Code::PayloadTooLarge
        | Code::UnsupportedMediaType => false,
    }
}

text_enum! {
    /// The codes of Socket.IO answers.
    AnswerCode {
        /// An argument is wrong; the error names the field.
        InvalidPayload = "invalid_payload",
        /// Unknown, or another organization's.
        NotFound = "not_found",
        /// The role does not allow it.
        Forbidden = "forbidden",
        /// The state of things does not allow it.
        Conflict = "conflict",
        /// The token does not hold.
        InvalidToken = "invalid_token",
        /// Too much in too short a time.
        RateLimited = "rate_limited",
        /// Cannot be done now; try again.
        Unavailable = "unavailable",
    }
}

impl From<Code> for AnswerCode {
    fn from(code: Code) -> Self {
        match code {
            Code::InvalidJson
            | Code::InvalidPayload
            | Code::MethodNotAllowed
            | Code::PayloadTooLarge
            | Code::UnsupportedMediaType => Self::InvalidPayload,
            Code::Unauthorized | Code::InvalidCredentials | Code::InvalidToken => {
                Self::InvalidToken
            }
            Code::Forbidden => Self::Forbidden,
            Code::NotFound => Self::NotFound,
            Code::Conflict | Code::PreconditionFailed => Self::Conflict,
            Code::RateLimited => Self::RateLimited,
            Code::Internal | Code::Unavailable => Self::Unavailable,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_error_is_told_by_code_and_field_without_our_insides() {
        for (error, code, field, message) in [
            (
                CommandError::UnknownEvent,
                "invalid_payload",
                Some("event"),
                "there is no such event",
            ),
            (
                CommandError::invalid("note", "must be a string"),
                "invalid_payload",
                Some("note"),
                "`note` must be a string",
            ),
            (CommandError::NotFound, "not_found", None, "not found"),
            (
                CommandError::ForeignOrganization,
                "forbidden",
                None,
                "this is another organization",
            ),
            (
                CommandError::AnotherPerson,
                "forbidden",
                None,
                "the token is another person's",
            ),
            (
                CommandError::TooManySubscriptions,
                "conflict",
                None,
                "a socket can follow 1000 sites and units at most",
            ),
            (
                CommandError::TooManyEvents,
                "rate_limited",
                None,
                "too many events: slow down",
            ),
            (
                StoreError::Unavailable("disk I/O error in /srv/data".to_owned()).into(),
                "unavailable",
                None,
                "this cannot be done now: try again",
            ),
            (
                StoreError::Damaged("row 7".to_owned()).into(),
                "unavailable",
                None,
                "this cannot be done now: try again",
            ),
        ] {
            assert_eq!(error.code().as_str(), code, "{error}");
            assert_eq!(error.field(), field, "{error}");
            assert_eq!(error.message(), message);
        }
    }
}
