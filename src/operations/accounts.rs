//! What a person is told of themselves, and what they get at a login.

use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    auth::{AccessGrant, AccessToken, Identity, Secret},
    domain::{OrganizationId, Role, SessionId, Timestamp},
    storage::users::Member,
};

use super::{OperationError, Operations};

/// Somebody, as they are told of themselves; somebody of an outside identity provider may lack a name.
///
/// ```json
/// {"id":"…","email":"manager@freshtrack.local","name":"Mia","role":"manager","organizationId":"…"}
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// Our id, or the outside provider's subject.
    pub id: String,
    /// Their login.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Shown name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What they may do.
    pub role: Role,
    /// Where.
    pub organization_id: OrganizationId,
}

impl From<&Identity> for Account {
    fn from(who: &Identity) -> Self {
        Self {
            id: who.subject.clone(),
            email: who.email.clone(),
            name: who.name.clone(),
            role: who.role,
            organization_id: who.organization_id,
        }
    }
}

impl From<&Member> for Account {
    fn from(member: &Member) -> Self {
        Self {
            id: member.id.to_string(),
            email: Some(member.email.clone()),
            name: Some(member.name.clone()),
            role: member.role,
            organization_id: member.organization_id,
        }
    }
}

/// What a login or a refresh gives; both tokens are secrets.
#[derive(Debug)]
pub struct SignedIn {
    /// For `Authorization: Bearer` and the handshake.
    pub access: AccessToken,
    /// Works once, for the next pair.
    pub refresh: Secret,
    /// Who.
    pub account: Account,
}

impl Operations {
    /// An access token for this member that belongs to `session`, with a refresh secret that is not stored yet.
    pub(super) fn sign_in(
        &self,
        member: &Member,
        session: SessionId,
        refresh: Secret,
        now: Timestamp,
    ) -> Result<SignedIn, OperationError> {
        let grant = AccessGrant {
            user_id: member.id,
            organization_id: member.organization_id,
            role: member.role,
            email: member.email.clone(),
            name: member.name.clone(),
            session: Some(session),
        };
        let setup = self.setup();
        let ttl = whole_seconds(setup.access_ttl);
        Ok(SignedIn {
            access: setup.tokens.issue(&grant, ttl, now)?,
            refresh,
            account: Account::from(member),
        })
    }

    /// Whole seconds that a refresh token lives.
    pub(super) fn refresh_ttl_seconds(&self) -> i64 {
        whole_seconds(self.setup().refresh_ttl)
    }
}

pub(super) fn whole_seconds(duration: std::time::Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
}
