//! Somebody whose access token held.

use crate::domain::{Action, OrganizationId, Role, SessionId, Timestamp, UserId};

use super::AuthError;

/// What a verified access token says. A known user's role and membership in the database win over it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The subject, if it is one of our ids; an outside identity provider may use others.
    pub user_id: Option<UserId>,
    /// The claim `sub` (or `userId`) as it stands.
    pub subject: String,
    /// The only tenant whose data may be read or changed.
    pub organization_id: OrganizationId,
    /// What they may do there.
    pub role: Role,
    /// Not verified by us when the token is an outside one.
    pub email: Option<String>,
    /// Shown name.
    pub name: Option<String>,
    /// The login that the token came from; ours have one.
    pub session: Option<SessionId>,
    /// The claim `exp`, without leeway: when sockets of this token are disconnected.
    pub expires_at: Timestamp,
}

impl Identity {
    /// Whether the role allows it.
    ///
    /// # Errors
    /// [`AuthError::Forbidden`] if it does not.
    pub const fn require(&self, action: Action) -> Result<(), AuthError> {
        if self.role.may(action) {
            Ok(())
        } else {
            Err(AuthError::Forbidden(self.role))
        }
    }
}
