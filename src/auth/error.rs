//! Why somebody is not let in.

use thiserror::Error;

use crate::domain::{Code, Role};

/// Why an access token does not hold. The text is the message of Socket.IO's `connect_error`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TokenError {
    /// There is none.
    #[error("Authentication required")]
    Missing,
    /// It is malformed, foreign, expired, or lacks a claim. Which of them is not told.
    #[error("Invalid or expired token")]
    Invalid,
}

impl TokenError {
    /// What `connect_error` carries in `data`: `{"code":"invalid_token"}`.
    #[must_use]
    pub const fn connect_code(self) -> &'static str {
        match self {
            Self::Missing => "authentication_required",
            Self::Invalid => Code::InvalidToken.as_str(),
        }
    }
}

/// Why somebody is not let in, or could not be judged.
#[derive(Debug, Error)]
pub enum AuthError {
    /// No access token that holds.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// Wrong password, or nobody of that name; which of them is not told.
    #[error("wrong e-mail or password")]
    InvalidCredentials,
    /// A refresh token that is unknown, spent, expired or revoked.
    #[error("the session is over: log in again")]
    SessionOver,
    /// Known, but without the right.
    #[error("the role {0} does not allow this")]
    Forbidden(Role),
    /// Too many failed logins for this account from this address.
    #[error("too many failed logins: try again in {retry_after_seconds} s")]
    TooManyAttempts {
        /// Until the oldest failure is forgotten, seconds.
        retry_after_seconds: u64,
    },
    /// Too many passwords wait to be checked.
    #[error("too many logins at once: try again")]
    Busy,
    /// A stored password hash that cannot be read, or a password that cannot be hashed.
    #[error("password hashing failed: {0}")]
    Hashing(argon2::password_hash::Error),
    /// A password check that did not end: it panicked or the server stops.
    #[error("password check was interrupted")]
    Interrupted,
    /// The system's source of randomness failed.
    #[error("no randomness for a new secret")]
    NoRandomness,
    /// An access token that could not be made.
    #[error("token could not be signed")]
    Signing(#[source] jsonwebtoken::errors::Error),
}

impl AuthError {
    /// What the client is told.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::Token(_) | Self::SessionOver => Code::Unauthorized,
            Self::InvalidCredentials => Code::InvalidCredentials,
            Self::Forbidden(_) => Code::Forbidden,
            Self::TooManyAttempts { .. } => Code::RateLimited,
            Self::Busy | Self::Interrupted => Code::Unavailable,
            Self::Hashing(_) | Self::NoRandomness | Self::Signing(_) => Code::Internal,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_connect_errors_are_told_apart() {
        for (error, message, code) in [
            (
                TokenError::Missing,
                "Authentication required",
                "authentication_required",
            ),
            (
                TokenError::Invalid,
                "Invalid or expired token",
                "invalid_token",
            ),
        ] {
            assert_eq!(error.to_string(), message);
            assert_eq!(error.connect_code(), code);
            assert_eq!(AuthError::from(error).code(), Code::Unauthorized);
        }
    }
}
