//! What people call a thing.

use std::{fmt, str::FromStr};

/// Longest name, characters.
const MAX_CHARS: usize = 100;

/// A shown name: 1 to 100 characters, none of them a control character, no blanks around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name(String);

/// A text that is no [`Name`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to {MAX_CHARS} characters, none of them a control character")]
pub struct InvalidName;

impl Name {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text.
    #[must_use]
    pub fn into_text(self) -> String {
        self.0
    }
}

impl FromStr for Name {
    type Err = InvalidName;

    /// Blanks around it are cut.
    fn from_str(text: &str) -> Result<Self, InvalidName> {
        let text = text.trim();
        let fits = (1..=MAX_CHARS).contains(&text.chars().count());
        match fits && !text.contains(char::is_control) {
            true => Ok(Self(text.to_owned())),
            false => Err(InvalidName),
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_short_and_of_one_line() {
        let longest = "ä".repeat(MAX_CHARS);
        for (text, name) in [
            ("Fridge 1", Some("Fridge 1")),
            (" Küche\t", Some("Küche")),
            (&longest, Some(longest.as_str())),
            (&format!("{longest}x"), None),
            ("", None),
            (" \n", None),
            ("two\nlines", None),
            ("bell\u{7}", None),
        ] {
            let parsed = text.parse::<Name>().ok();
            assert_eq!(parsed.as_ref().map(Name::as_str), name, "{text:?}");
        }
    }
}
