//! `[auth]`: the secret that signs tokens, and how long they live.

use std::path::PathBuf;
use std::time::Duration;

use super::check::Checker;
use super::database::Storage;
use super::secret::{Secret, SecretError};

/// Tokens: what signs them, how long they live.
#[derive(Debug, Clone)]
pub struct Auth {
    /// Signs access tokens (HS256).
    pub jwt_secret: JwtSecret,
    /// Life of an access token.
    pub access_ttl: Duration,
    /// Life of a refresh token.
    pub refresh_ttl: Duration,
}

/// Where the signing secret comes from. Checking a configuration makes no file: [`JwtSecret::resolve`] does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JwtSecret {
    /// The operator's.
    Given(Secret),
    /// Our own, in this file; only on a loopback address.
    Kept(PathBuf),
}

impl JwtSecret {
    /// The secret; where it is kept in a file and there is none yet, it is made.
    ///
    /// # Errors
    /// [`SecretError`] if the file cannot be read or made.
    pub fn resolve(&self) -> Result<Secret, SecretError> {
        match self {
            Self::Given(secret) => Ok(secret.clone()),
            Self::Kept(path) => Secret::kept_in(path),
        }
    }
}

impl Auth {
    pub(super) fn check(checker: &mut Checker<'_>, storage: Option<&Storage>) -> Option<Self> {
        let given = checker.text("auth.jwt_secret");
        let access_ttl = checker.seconds("auth.access_ttl_seconds", 10..=86_400);
        let refresh_ttl = checker.days("auth.refresh_ttl_days", 1..=365);
        let given = given?;
        let jwt_secret = if given.is_empty() {
            JwtSecret::Kept(storage?.data_dir.join("jwt.secret"))
        } else {
            JwtSecret::Given(Secret::new(given))
        };
        Some(Self {
            jwt_secret,
            access_ttl: access_ttl?,
            refresh_ttl: refresh_ttl?,
        })
    }
}
