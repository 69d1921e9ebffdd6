//! Password hashes: argon2id as a PHC string. Synchronous and slow on purpose; callers go through
//! [`PasswordHasher`](super::PasswordHasher).

use std::fmt;
use std::hint::black_box;

use argon2::{Argon2, PasswordHasher as _, PasswordVerifier as _, password_hash};

use super::AuthError;

/// Salt of the work done for accounts that do not exist; no hash is ever stored with it.
const NOBODY: &[u8; 16] = b"freshtrack-none!";

/// A password as stored: `$argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash>`.
///
/// 19 MiB, two passes, one lane: OWASP's parameters, and argon2's defaults. A stored hash is verified
/// with its own.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Hashes with a salt of its own.
    ///
    /// # Errors
    /// [`AuthError::Hashing`] if there is no randomness or no memory.
    pub fn of(password: &str) -> Result<Self, AuthError> {
        Argon2::default()
            .hash_password(password.as_bytes())
            .map(|hash| Self(hash.to_string()))
            .map_err(AuthError::Hashing)
    }

    /// As it comes from the database; a malformed one shows when a password is held against it.
    #[must_use]
    pub const fn from_stored(phc: String) -> Self {
        Self(phc)
    }

    /// As it goes to the database.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is the password. Takes as long without a stored hash as with one, so that nobody
    /// learns from the time who has an account.
    ///
    /// # Errors
    /// [`AuthError::InvalidCredentials`] if it is not, or there is no hash; [`AuthError::Hashing`] if the
    /// stored one is malformed.
    pub fn verify(stored: Option<&Self>, password: &str) -> Result<(), AuthError> {
        let argon2 = Argon2::default();
        let Some(stored) = stored else {
            let mut wasted = [0; argon2::Params::DEFAULT_OUTPUT_LEN];
            // A failure would only be a faster refusal of somebody who is refused anyway.
            let _ = argon2.hash_password_into(password.as_bytes(), NOBODY, &mut wasted);
            black_box(wasted);
            return Err(AuthError::InvalidCredentials);
        };
        argon2
            .verify_password(password.as_bytes(), stored.as_str())
            .map_err(|error| match error {
                password_hash::Error::PasswordInvalid => AuthError::InvalidCredentials,
                other => AuthError::Hashing(other),
            })
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Code;

    fn code(stored: Option<&PasswordHash>, password: &str) -> Option<Code> {
        let verdict = PasswordHash::verify(stored, password);
        verdict.err().map(|error| error.code())
    }

    #[test]
    fn only_the_password_itself_verifies() {
        let stored = PasswordHash::of("pässword 🧊").expect("hashed");
        for (name, password, refused) in [
            ("the same", "pässword 🧊", None),
            ("another", "password", Some(Code::InvalidCredentials)),
            ("more", "pässword 🧊 ", Some(Code::InvalidCredentials)),
            ("none", "", Some(Code::InvalidCredentials)),
        ] {
            assert_eq!(code(Some(&stored), password), refused, "{name}");
        }
    }

    #[test]
    fn nobody_has_no_password() {
        assert_eq!(code(None, "freshtrack"), Some(Code::InvalidCredentials));
    }

    #[test]
    fn a_malformed_hash_is_our_fault_and_not_the_password() {
        for phc in ["", "freshtrack", "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA"] {
            let stored = PasswordHash::from_stored(phc.to_owned());
            assert_eq!(
                code(Some(&stored), "freshtrack"),
                Some(Code::Internal),
                "{phc}"
            );
        }
    }

    #[test]
    fn hashes_have_owasps_parameters_and_a_salt_of_their_own() {
        let [first, second] = [(); 2].map(|()| PasswordHash::of("freshtrack").expect("hashed"));
        assert!(
            first
                .as_str()
                .starts_with("$argon2id$v=19$m=19456,t=2,p=1$")
        );
        assert_ne!(first, second);
        assert_eq!(format!("{first:?}"), "PasswordHash(..)");
    }

    #[test]
    fn a_hash_with_other_parameters_still_verifies() {
        let params = argon2::Params::new(64, 1, 1, None).expect("params");
        let hash = Argon2::from(params)
            .hash_password(b"freshtrack")
            .expect("hashed");
        let stored = PasswordHash::from_stored(hash.to_string());
        assert_eq!(code(Some(&stored), "freshtrack"), None);
    }
}
