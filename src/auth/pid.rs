//! What a client shows to come back as the socket that it was: a JWT (RFC 7519) that names its socket, its person
//! and what it had when it connected, signed with a key of the day. It lets nobody in: that takes an access token.
//!
//! ```json
//! {"sid":"pQ0…","sub":"0199…","organizationId":"0199…","at":"00000000deadbeef-7.0-6","iat":1795498812}
//! ```

use std::fmt;

use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    domain::{OrganizationId, Timestamp},
    events::Offset,
};

use super::AuthError;

/// Longest pid that is looked at, bytes; ours have some 400.
const MAX_PID_BYTES: usize = 2 * 1024;

/// Days that a pid is good for.
pub const PID_DAYS: i64 = 6;

const DAY_SECONDS: i64 = 86_400;

/// Which socket a client may come back as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pid {
    /// The socket's public id.
    pub sid: String,
    /// The claim `sub` of its access token.
    pub subject: String,
    /// The tenant.
    pub organization_id: OrganizationId,
    /// Everything up to here was before it.
    pub at: Offset,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Claims {
    sid: String,
    sub: String,
    organization_id: OrganizationId,
    at: String,
    iat: i64,
}

/// Signs pids, and knows its own.
#[derive(Clone)]
pub struct PidKey {
    id: Uuid,
    signing: EncodingKey,
    verifying: DecodingKey,
}

impl fmt::Debug for PidKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PidKey({})", self.id)
    }
}

impl PidKey {
    /// HS256 with this secret.
    #[must_use]
    pub fn new(id: Uuid, secret: &str) -> Self {
        Self {
            id,
            signing: EncodingKey::from_secret(secret.as_bytes()),
            verifying: DecodingKey::from_secret(secret.as_bytes()),
        }
    }

    /// A text for the client.
    ///
    /// # Errors
    /// [`AuthError::Signing`] if the claims cannot be encoded.
    pub fn issue(&self, pid: &Pid, now: Timestamp) -> Result<String, AuthError> {
        let claims = Claims {
            sid: pid.sid.clone(),
            sub: pid.subject.clone(),
            organization_id: pid.organization_id,
            at: pid.at.to_string(),
            iat: now.as_millis().div_euclid(1_000),
        };
        let header = Header {
            kid: Some(self.id.to_string()),
            ..Header::new(Algorithm::HS256)
        };
        encode(&header, &claims, &self.signing).map_err(AuthError::Signing)
    }

    /// What this key signed, if it still holds at `now`.
    #[must_use]
    pub fn verify(&self, text: &str, now: Timestamp) -> Option<Pid> {
        if text.len() > MAX_PID_BYTES {
            return None;
        }
        let mut validation = Validation::new(Algorithm::HS256);
        // A pid has an age instead, by a clock that the library does not know.
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        validation.validate_aud = false;
        let claims = decode::<Claims>(text, &self.verifying, &validation)
            .ok()?
            .claims;
        let issued = Timestamp::from_millis(claims.iat.saturating_mul(1_000));
        if now >= issued.plus_seconds(PID_DAYS * DAY_SECONDS) {
            return None;
        }
        Some(Pid {
            sid: claims.sid,
            subject: claims.sub,
            organization_id: claims.organization_id,
            at: claims.at.parse().ok()?,
        })
    }

    /// Whether a text says that this key signed it.
    #[must_use]
    pub fn is_named_by(&self, text: &str) -> bool {
        named_key(text) == Some(self.id)
    }
}

/// Which key a text says it was signed with; nobody has proven it.
fn named_key(text: &str) -> Option<Uuid> {
    if text.len() > MAX_PID_BYTES {
        return None;
    }
    decode_header(text).ok()?.kid?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::{LogId, Position};

    fn pid() -> Pid {
        Pid {
            sid: "socket".to_owned(),
            subject: "auth0|7".to_owned(),
            organization_id: Uuid::from_u128(3).into(),
            at: Position::at(LogId(5), 9).offset(),
        }
    }

    fn day(n: i64) -> Timestamp {
        Timestamp::from_millis(1_800_000_000_000).plus_seconds(n * DAY_SECONDS)
    }

    #[test]
    fn a_pid_comes_back_from_its_key_for_six_days() {
        let key = PidKey::new(Uuid::from_u128(1), "secret");
        let text = key.issue(&pid(), day(0)).expect("issued");
        assert!(key.is_named_by(&text));
        let last = day(PID_DAYS).plus_seconds(-1);
        for (now, expected) in [(day(0), Some(pid())), (last, Some(pid())), (day(6), None)] {
            assert_eq!(key.verify(&text, now), expected, "{now}");
        }
    }

    #[test]
    fn what_this_key_did_not_sign_is_refused() {
        let key = PidKey::new(Uuid::from_u128(1), "secret");
        let other = PidKey::new(Uuid::from_u128(2), "other");
        let foreign = other.issue(&pid(), day(0)).expect("issued");
        assert!(!key.is_named_by(&foreign));
        let same_name = PidKey::new(Uuid::from_u128(1), "guessed");
        let forged = same_name.issue(&pid(), day(0)).expect("issued");
        assert!(key.is_named_by(&forged));
        let own = key.issue(&pid(), day(0)).expect("issued");
        let unsigned = own.rsplit_once('.').map(|(body, _)| format!("{body}."));
        let long = "x".repeat(MAX_PID_BYTES + 1);
        for text in [
            foreign,
            forged,
            unsigned.expect("three parts"),
            String::new(),
            long,
        ] {
            assert_eq!(key.verify(&text, day(0)), None, "{text}");
        }
    }
}
