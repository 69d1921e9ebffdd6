//! The e-mail address that somebody logs in with.

use std::{fmt, str::FromStr};

/// Longest address, bytes (RFC 5321, 4.5.3.1).
const MAX_BYTES: usize = 254;

/// An address in lower case. That it looks like one is all that is checked: whether somebody reads it, only
/// mail can tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email(String);

/// A text that is no [`Email`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be an e-mail address of at most {MAX_BYTES} characters")]
pub struct InvalidEmail;

impl Email {
    /// `owner@corner.example`
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands before the `@`.
    #[must_use]
    pub fn local_part(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(local, _)| local)
    }
}

impl FromStr for Email {
    type Err = InvalidEmail;

    fn from_str(text: &str) -> Result<Self, InvalidEmail> {
        let text = text.trim().to_lowercase();
        let is_whole = text
            .rsplit_once('@')
            .is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty());
        let is_odd = text.contains(|c: char| c.is_whitespace() || c.is_control());
        match is_whole && !is_odd && text.len() <= MAX_BYTES {
            true => Ok(Self(text)),
            false => Err(InvalidEmail),
        }
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_kept_in_lower_case() {
        let longest = format!("{}@x.example", "a".repeat(MAX_BYTES - 10));
        for (text, email) in [
            ("owner@corner.example", Some("owner@corner.example")),
            (" Owner@Corner.Example\n", Some("owner@corner.example")),
            ("o'neil+x@localhost", Some("o'neil+x@localhost")),
            (&longest, Some(longest.as_str())),
            (&format!("a{longest}"), None),
            ("owner", None),
            ("@corner.example", None),
            ("owner@", None),
            ("the owner@corner.example", None),
            ("", None),
        ] {
            let parsed = text.parse::<Email>().ok();
            assert_eq!(parsed.as_ref().map(Email::as_str), email, "{text:?}");
        }
    }

    #[test]
    fn the_local_part_stands_before_the_at() {
        let email: Email = "owner@corner.example".parse().expect("an address");
        assert_eq!(email.local_part(), "owner");
    }
}
