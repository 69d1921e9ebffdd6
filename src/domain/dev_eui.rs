//! The EUI-64 that a LoRaWAN device was made with.

use std::{fmt, str::FromStr};

/// A device's EUI: 16 hex digits, upper case.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DevEui(String);

/// A text that is no [`DevEui`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 16 hex digits")]
pub struct InvalidDevEui;

impl DevEui {
    /// `A84041B6218263F5`
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `A84041B6218263F5`
    #[must_use]
    pub fn into_text(self) -> String {
        self.0
    }
}

impl FromStr for DevEui {
    type Err = InvalidDevEui;

    /// In any case, and as labels have it: `a8-40-41-b6-21-82-63-f5`, with colons, with blanks.
    fn from_str(text: &str) -> Result<Self, InvalidDevEui> {
        let digits: String = text
            .chars()
            .filter(|c| !matches!(c, '-' | ':' | ' '))
            .collect();
        match digits.len() == 16 && digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            true => Ok(Self(digits.to_ascii_uppercase())),
            false => Err(InvalidDevEui),
        }
    }
}

impl fmt::Display for DevEui {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_eui_has_one_form_however_it_is_written() {
        for (text, eui) in [
            ("A84041B6218263F5", Some("A84041B6218263F5")),
            ("a84041b6218263f5", Some("A84041B6218263F5")),
            ("a8-40-41-b6-21-82-63-f5", Some("A84041B6218263F5")),
            ("a8:40:41:b6:21:82:63:f5", Some("A84041B6218263F5")),
            (" A84041B6 218263F5 ", Some("A84041B6218263F5")),
            ("A84041B6218263", None),
            ("A84041B6218263F5FF", None),
            ("A84041B6218263FG", None),
            ("ÄÄÄÄÄÄÄÄ", None),
            ("", None),
        ] {
            let parsed = text.parse::<DevEui>().ok();
            assert_eq!(parsed.as_ref().map(DevEui::as_str), eui, "{text}");
        }
    }
}
