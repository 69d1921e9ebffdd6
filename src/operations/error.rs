//! Why something was not done.

use std::fmt;

use thiserror::Error;

use crate::{
    auth::{AuthError, TokenError},
    domain::Code,
    storage::StoreError,
};

/// A field that is wrong, and what it must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// Its name as on the wire: `maxTemperature`.
    pub field: String,
    /// What it must be: `must be a number`.
    pub message: String,
}

impl FieldError {
    /// That `field` is not as `message` says.
    pub fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            message: message.into(),
        }
    }
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.field, self.message)
    }
}

/// Why something was not done. The text is for the client: it tells nothing of the database.
#[derive(Debug, Error)]
pub enum OperationError {
    /// Nobody who may.
    #[error(transparent)]
    Auth(#[from] AuthError),
    /// Unknown, or another organization's: nobody learns which.
    #[error("not found")]
    NotFound,
    /// A field that names something unknown, or another organization's: nobody learns which.
    #[error("{0}")]
    UnknownReference(FieldError),
    /// No organization has this id or name.
    #[error("no organization has this id or name")]
    NoSuchOrganization,
    /// Nobody logs in with this address.
    #[error("nobody has this e-mail address")]
    NoSuchUser,
    /// Fields that are wrong, at least one.
    #[error("{}", list(.0))]
    Invalid(Vec<FieldError>),
    /// Too late to take the alert on.
    #[error("the alert is resolved")]
    AlertResolved,
    /// One rule per scope.
    #[error("this scope has a rule already")]
    RuleExists,
    /// An address is one login.
    #[error("somebody has this e-mail address already")]
    EmailTaken,
    /// One device per EUI, and per application and device id, within an organization.
    #[error("a device with this devEui, or this applicationId and ttnDeviceId, is there already")]
    DeviceExists,
    /// One gateway of The Things Stack's name within an organization.
    #[error("a gateway with this gatewayId is there already")]
    GatewayExists,
    /// Names of organizations are unique.
    #[error("another organization has this name")]
    NameTaken,
    /// Something depends on it; a unit's record keeps its place for good.
    #[error("something lies in it, or lay in it and is on record")]
    InUse,
    /// Others were quicker each time.
    #[error("changed by others at the same time: try again")]
    Contended,
    /// Not as the client has seen it.
    #[error("changed since it was read")]
    PreconditionFailed,
    /// The database could not be asked, or refused.
    #[error("could not be read or stored")]
    Store(#[from] StoreError),
}

impl OperationError {
    /// One field that is wrong.
    pub fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError::new(field, message)])
    }

    /// A field that names nothing of this organization.
    pub fn unknown(field: impl Into<String>) -> Self {
        Self::UnknownReference(FieldError::new(field, "is not found"))
    }

    /// What the client is told.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::Auth(error) => error.code(),
            Self::NotFound
            | Self::UnknownReference(_)
            | Self::NoSuchOrganization
            | Self::NoSuchUser => Code::NotFound,
            Self::Invalid(_) => Code::InvalidPayload,
            Self::AlertResolved
            | Self::RuleExists
            | Self::EmailTaken
            | Self::DeviceExists
            | Self::GatewayExists
            | Self::NameTaken
            | Self::InUse
            | Self::Contended => Code::Conflict,
            Self::PreconditionFailed => Code::PreconditionFailed,
            Self::Store(error) => error.code(),
        }
    }

    /// The first field that is wrong.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        self.fields().first().map(|error| error.field.as_str())
    }

    /// Every field that is wrong.
    #[must_use]
    pub fn fields(&self) -> &[FieldError] {
        match self {
            Self::Invalid(errors) => errors,
            Self::UnknownReference(error) => std::slice::from_ref(error),
            _ => &[],
        }
    }

    /// When to try again, seconds, where that is known.
    #[must_use]
    pub const fn retry_after_seconds(&self) -> Option<u64> {
        match self {
            Self::Auth(AuthError::TooManyAttempts {
                retry_after_seconds,
            }) => Some(*retry_after_seconds),
            _ => None,
        }
    }
}

impl From<TokenError> for OperationError {
    fn from(error: TokenError) -> Self {
        Self::Auth(error.into())
    }
}

fn list(errors: &[FieldError]) -> String {
    let texts: Vec<String> = errors.iter().map(ToString::to_string).collect();
    texts.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Role;

    #[test]
    fn each_error_has_its_code_and_tells_nothing_of_the_database() {
        let secret = || "SELECT secret".to_owned();
        for (error, code, text) in [
            (OperationError::NotFound, Code::NotFound, "not found"),
            (
                AuthError::Forbidden(Role::Viewer).into(),
                Code::Forbidden,
                "the role viewer does not allow this",
            ),
            (
                TokenError::Missing.into(),
                Code::Unauthorized,
                "Authentication required",
            ),
            (
                OperationError::invalid("note", "must be text"),
                Code::InvalidPayload,
                "note must be text",
            ),
            (
                OperationError::unknown("siteId"),
                Code::NotFound,
                "siteId is not found",
            ),
            (
                OperationError::AlertResolved,
                Code::Conflict,
                "the alert is resolved",
            ),
            (
                StoreError::Unavailable(secret()).into(),
                Code::Unavailable,
                "could not be read or stored",
            ),
            (
                StoreError::Damaged(secret()).into(),
                Code::Internal,
                "could not be read or stored",
            ),
        ] {
            assert_eq!((error.code(), error.to_string().as_str()), (code, text));
        }
    }

    #[test]
    fn the_first_wrong_field_is_named() {
        let error = OperationError::Invalid(vec![
            FieldError::new("minTemperature", "must be a number"),
            FieldError::new("hysteresis", "must be a number"),
        ]);
        assert_eq!(error.field(), Some("minTemperature"));
        assert_eq!(error.fields().len(), 2);
        assert_eq!(OperationError::unknown("siteId").field(), Some("siteId"));
        assert_eq!(OperationError::NotFound.field(), None);
    }
}
