//! A password that somebody chooses, before it is hashed.

use std::fmt;
use std::str::FromStr;

/// Fewest characters (NIST SP 800-63B, 5.1.1.2).
const MIN_CHARS: usize = 8;

/// Most characters that a login looks at.
const MAX_CHARS: usize = 1024;

/// A password that is long enough. `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct NewPassword(String);

/// A text that is no [`NewPassword`]; quotes nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be {MIN_CHARS} to {MAX_CHARS} characters")]
pub struct WeakPassword;

impl NewPassword {
    /// To be hashed.
    #[must_use]
    pub fn into_text(self) -> String {
        self.0
    }
}

impl FromStr for NewPassword {
    type Err = WeakPassword;

    /// As it is: blanks count.
    fn from_str(text: &str) -> Result<Self, WeakPassword> {
        match (MIN_CHARS..=MAX_CHARS).contains(&text.chars().count()) {
            true => Ok(Self(text.to_owned())),
            false => Err(WeakPassword),
        }
    }
}

impl fmt::Debug for NewPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewPassword(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_count_and_none_is_shown() {
        let longest = "x".repeat(MAX_CHARS);
        for (text, taken) in [
            ("pässwörd", true),
            ("  eight ", true),
            (&longest, true),
            (&format!("{longest}x"), false),
            ("sevench", false),
            ("", false),
        ] {
            assert_eq!(text.parse::<NewPassword>().is_ok(), taken, "{text:?}");
        }
        let password: NewPassword = "freshtrack".parse().expect("long enough");
        assert_eq!(format!("{password:?}"), "NewPassword(..)");
    }
}
