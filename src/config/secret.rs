//! A secret that no log and no error shows, and the file that keeps one that this server made itself.

use std::fmt;
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use toml::Value;

const MASK: &str = "********";
/// HS256 needs a key of at least the hash's size (RFC 7518, section 3.2).
const LEAST_BYTES: usize = 32;
/// 32 random hexadecimal digits have fewer distinct ones once in more than 10,000 draws; `changeme` repeated has 7.
const LEAST_DISTINCT: usize = 10;

/// A secret text. `Debug` and `Display` mask it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

/// Why the secret that this server keeps could not be had.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The file could not be made or read.
    #[error("signing secret {}: {why}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        why: io::Error,
    },
    /// The file holds something that is no secret of ours.
    #[error("signing secret {}: too weak; remove the file to have a new one made", path.display())]
    Weak {
        /// The file.
        path: PathBuf,
    },
}

impl Secret {
    /// Takes a text for a secret, strong or not.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The secret itself, for the one who signs with it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether it can protect a server that others reach: 32 bytes, 10 of them distinct.
    #[must_use]
    pub fn is_strong(&self) -> bool {
        let mut seen = [false; 256];
        for &byte in self.0.as_bytes() {
            if let Some(slot) = seen.get_mut(usize::from(byte)) {
                *slot = true;
            }
        }
        let distinct = seen.iter().filter(|&&is_seen| is_seen).count();
        self.0.len() >= LEAST_BYTES && distinct >= LEAST_DISTINCT
    }

    /// Reads the secret kept in `path`; makes one first (256 random bits, mode 0600) where there is no file.
    ///
    /// # Errors
    /// [`SecretError`] if the file cannot be read or made, or holds a weak secret.
    pub fn kept_in(path: &Path) -> Result<Self, SecretError> {
        let failed = |why| SecretError::File {
            path: path.to_owned(),
            why,
        };
        match make(path) {
            Err(why) if why.kind() != io::ErrorKind::AlreadyExists => return Err(failed(why)),
            Err(_) | Ok(()) => {}
        }
        let secret = Self::new(fs::read_to_string(path).map_err(failed)?.trim());
        match secret.is_strong() {
            true => Ok(secret),
            false => Err(SecretError::Weak {
                path: path.to_owned(),
            }),
        }
    }
}

/// Made under a name of its own and linked into place, so that another process starting at the same time never reads half of it.
fn make(path: &Path) -> io::Result<()> {
    if path.exists() {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let draft = path.with_extension(format!("{:016x}", rand::random::<u64>()));
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&draft)?;
    let linked = writeln!(file, "{}", hex::encode(rand::random::<[u8; 32]>()))
        .and_then(|()| file.sync_all())
        .and_then(|()| fs::hard_link(&draft, path));
    fs::remove_file(&draft)?;
    linked
}

/// The value of `key` as TOML: a secret masked if there is one, a password inside an address masked too.
pub(super) fn masked(key: &str, value: &Value) -> String {
    match value {
        Value::String(text) if is_secret(key) => {
            let shown = if text.is_empty() { "" } else { MASK };
            format!("\"{shown}\"")
        }
        Value::String(text) => Value::String(without_password(text)).to_string(),
        other => other.to_string(),
    }
}

/// By name, so that a misspelt key does not give its value away either.
fn is_secret(key: &str) -> bool {
    key.contains("secret")
}

/// `postgres://user:********@host/name`
fn without_password(text: &str) -> String {
    let masked = || {
        let (scheme, rest) = text.split_once("://")?;
        let (authority, tail) = rest.rsplit_once('@')?;
        let (user, _) = authority.split_once(':')?;
        Some(format!("{scheme}://{user}:{MASK}@{tail}"))
    };
    masked().unwrap_or_else(|| text.to_owned())
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_short_or_repetitive_secret_is_weak() {
        for (text, strong) in [
            ("", false),
            ("secret", false),
            ("0123456789abcdef0123456789abcde", false),
            ("changemechangemechangemechangeme", false),
            ("0123456789abcdef0123456789abcdef", true),
            ("Jmb9cGx0m1vQqkW8yT4uZr2nLhE7sAfD", true),
        ] {
            assert_eq!(Secret::new(text).is_strong(), strong, "{text}");
        }
    }

    #[test]
    fn a_made_secret_is_strong_kept_and_its_owners_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data").join("jwt.secret");
        let made = Secret::kept_in(&path).unwrap();
        assert!(made.is_strong());
        assert_eq!(Secret::kept_in(&path).unwrap(), made);
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn a_weak_file_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("jwt.secret");
        fs::write(&path, "secret\n").unwrap();
        assert!(matches!(
            Secret::kept_in(&path),
            Err(SecretError::Weak { .. })
        ));
        assert_eq!(fs::read_to_string(&path).unwrap(), "secret\n");
    }

    #[test]
    fn no_text_form_shows_a_secret() {
        let secret = Secret::new("Jmb9cGx0m1vQqkW8yT4uZr2nLhE7sAfD");
        assert_eq!(format!("{secret} {secret:?}"), format!("{MASK} {MASK}"));
        for (key, value, shown) in [
            ("auth.jwt_secret", "Jmb9cGx0", "\"********\""),
            ("auth.jwt_secret", "", "\"\""),
            ("auth.jwt_secrets", "Jmb9cGx0", "\"********\""),
            (
                "database.url",
                "postgres://me:p@ss:word@db/fresh",
                "\"postgres://me:********@db/fresh\"",
            ),
            ("database.url", "sqlite://a@b.db", "\"sqlite://a@b.db\""),
        ] {
            assert_eq!(masked(key, &Value::String(value.to_owned())), shown);
        }
    }
}
