//! Access tokens: JWT (RFC 7519) signed with HS256, ours and those of outside issuers that share the key.
//!
//! ```json
//! {"sub":"0199…","organizationId":"0199…","role":"manager","email":"manager@freshtrack.local",
//!  "name":"Mia","sid":"0199…","iat":1795498812,"exp":1795499712}
//! ```

use std::fmt;

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde::{Deserialize, Serialize};

use crate::domain::{OrganizationId, Role, SessionId, Timestamp, UserId};

use super::{AuthError, Identity, TokenError};

/// How far the clocks of an issuer and ours may differ.
const LEEWAY_SECONDS: i64 = 5;

/// Longest token that is looked at, bytes; ours have some 400.
const MAX_TOKEN_BYTES: usize = 8 * 1024;

/// Whom a token is made for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessGrant {
    /// The user.
    pub user_id: UserId,
    /// Their tenant.
    pub organization_id: OrganizationId,
    /// What they may do there.
    pub role: Role,
    /// Their login.
    pub email: String,
    /// Shown name.
    pub name: String,
    /// The family of the refresh token that comes with it; a token that an operator makes comes alone.
    pub session: Option<SessionId>,
}

/// A token just made; its text is a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct AccessToken {
    /// `header.claims.signature`
    pub text: String,
    /// Whole seconds, as in the token.
    pub expires_at: Timestamp,
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AccessToken(.., expires {})", self.expires_at)
    }
}

/// The claims of our own tokens.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct IssuedClaims<'a> {
    sub: UserId,
    organization_id: OrganizationId,
    role: Role,
    email: &'a str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<SessionId>,
    iat: i64,
    exp: i64,
}

/// The claims that count, of anybody's. Times are `NumericDate`: seconds, possibly with a fraction.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Claims {
    sub: Option<String>,
    user_id: Option<String>,
    organization_id: OrganizationId,
    role: Role,
    email: Option<String>,
    name: Option<String>,
    sid: Option<String>,
    exp: f64,
    nbf: Option<f64>,
}

/// Makes and verifies access tokens with one shared secret.
#[derive(Clone)]
pub struct TokenKey {
    signing: EncodingKey,
    verifying: DecodingKey,
    validation: Validation,
}

impl fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenKey(HS256)")
    }
}

impl TokenKey {
    /// HS256, and nothing else: the header of a token never chooses its algorithm. `config` sees to it that
    /// the secret is long enough (RFC 7518, 3.2: 32 bytes).
    #[must_use]
    pub fn hs256(secret: &[u8]) -> Self {
        let mut validation = Validation::new(Algorithm::HS256);
        // The library would read the system's clock, which knows no clock offset: see `lifetime`.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        // An outside issuer may name its audience; we have no name of our own to look for.
        validation.validate_aud = false;
        Self {
            signing: EncodingKey::from_secret(secret),
            verifying: DecodingKey::from_secret(secret),
            validation,
        }
    }

    /// A token for this user that holds for `ttl_seconds`.
    ///
    /// # Errors
    /// [`AuthError::Signing`] if the claims cannot be encoded.
    pub fn issue(
        &self,
        grant: &AccessGrant,
        ttl_seconds: i64,
        now: Timestamp,
    ) -> Result<AccessToken, AuthError> {
        let iat = now.as_millis().div_euclid(1000);
        let exp = iat.saturating_add(ttl_seconds);
        let claims = IssuedClaims {
            sub: grant.user_id,
            organization_id: grant.organization_id,
            role: grant.role,
            email: &grant.email,
            name: &grant.name,
            sid: grant.session,
            iat,
            exp,
        };
        let text = encode(&Header::new(Algorithm::HS256), &claims, &self.signing)
            .map_err(AuthError::Signing)?;
        Ok(AccessToken {
            text,
            expires_at: Timestamp::from_millis(exp.saturating_mul(1000)),
        })
    }

    /// Who presents this token, if it holds at `now`.
    ///
    /// # Errors
    /// [`TokenError::Missing`] for none or an empty one, [`TokenError::Invalid`] for any other fault.
    pub fn verify(&self, token: Option<&str>, now: Timestamp) -> Result<Identity, TokenError> {
        let token = token
            .filter(|token| !token.is_empty())
            .ok_or(TokenError::Missing)?;
        if token.len() > MAX_TOKEN_BYTES {
            return Err(TokenError::Invalid);
        }
        let decoded = decode::<Claims>(token, &self.verifying, &self.validation)
            .map_err(|_| TokenError::Invalid)?;
        // RFC 7515, 4.1.11: what is critical and not understood must be refused; we understand none.
        if decoded.header.crit.is_some() {
            return Err(TokenError::Invalid);
        }
        decoded.claims.identity(now)
    }
}

impl Claims {
    fn identity(self, now: Timestamp) -> Result<Identity, TokenError> {
        let expires_at = self.lifetime(now)?;
        let subject = self
            .sub
            .or(self.user_id)
            .filter(|subject| !subject.is_empty())
            .ok_or(TokenError::Invalid)?;
        Ok(Identity {
            user_id: subject.parse().ok(),
            subject,
            organization_id: self.organization_id,
            role: self.role,
            email: self.email,
            name: self.name,
            session: self.sid.and_then(|sid| sid.parse().ok()),
            expires_at,
        })
    }

    /// When it ends; an error if it has, or has not begun.
    fn lifetime(&self, now: Timestamp) -> Result<Timestamp, TokenError> {
        let expires_at = numeric_date(self.exp);
        let begins = self.nbf.map_or(Timestamp::MIN, numeric_date);
        let over = now >= expires_at.plus_seconds(LEEWAY_SECONDS);
        let early = now < begins.plus_seconds(-LEEWAY_SECONDS);
        if over || early {
            return Err(TokenError::Invalid);
        }
        Ok(expires_at)
    }
}

/// Seconds since the epoch; what is out of range becomes the nearest moment there is.
#[expect(clippy::cast_possible_truncation, reason = "`as` saturates")]
fn numeric_date(seconds: f64) -> Timestamp {
    Timestamp::from_millis((seconds * 1000.0).floor() as i64)
}

#[cfg(test)]
mod tests;
