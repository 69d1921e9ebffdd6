//! Secrets that we make: webhook secrets and refresh tokens. Shown once, kept as SHA-256.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::TryRng as _;
use rand::rngs::SysRng;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::AuthError;

/// A secret in the clear: 32 bytes of the system's randomness as 43 characters of base64url. Never stored,
/// never logged.
pub struct Secret(String);

impl Secret {
    /// A new one.
    ///
    /// # Errors
    /// [`AuthError::NoRandomness`] if the system has none.
    pub fn generate() -> Result<Self, AuthError> {
        let mut bytes = [0; 32];
        SysRng
            .try_fill_bytes(&mut bytes)
            .map_err(|_| AuthError::NoRandomness)?;
        Ok(Self(URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// What is kept of it.
    #[must_use]
    pub fn hash(&self) -> SecretHash {
        SecretHash::of(self.0.as_bytes())
    }

    /// To be shown to its owner, once.
    #[must_use]
    pub fn into_text(self) -> String {
        self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// SHA-256 of a secret: what is stored and looked up. A lookup by the hash of what was presented gives
/// nothing away; comparing takes the same time wherever two of them differ.
#[derive(Clone, Copy)]
pub struct SecretHash(pub [u8; 32]);

impl SecretHash {
    /// Of what somebody presents, whatever it is.
    #[must_use]
    pub fn of(presented: &[u8]) -> Self {
        Self(Sha256::digest(presented).into())
    }
}

impl PartialEq for SecretHash {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for SecretHash {}

impl fmt::Debug for SecretHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretHash(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_sha_256_of_the_text() {
        let known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(hex::encode(SecretHash::of(b"abc").0), known);
    }

    #[test]
    fn what_is_presented_is_found_by_the_hash_of_what_was_made() {
        let secret = Secret::generate().expect("randomness");
        let kept = secret.hash();
        let shown = secret.into_text();
        assert_eq!(shown.len(), 43);
        assert!(
            shown
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
        );
        assert_eq!(SecretHash::of(shown.as_bytes()), kept);
        for other in [shown.to_uppercase(), format!("{shown} "), String::new()] {
            assert_ne!(SecretHash::of(other.as_bytes()), kept, "{other}");
        }
    }

    #[test]
    fn no_two_are_alike_and_none_shows_itself() {
        let [first, second] = [(); 2].map(|()| Secret::generate().expect("randomness"));
        assert_ne!(first.hash(), second.hash());
        assert_eq!(
            format!("{first:?} {:?}", first.hash()),
            "Secret(..) SecretHash(..)"
        );
    }
}
