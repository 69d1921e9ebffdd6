//! The identity of a LoRaWAN device.

use std::{fmt, str::FromStr};

/// A DevEUI: 64 bits, shown as 16 upper-case hex digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DevEui(pub u64);

/// Why a text is no DevEUI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 16 hex digits, as A840410000000001")]
pub struct InvalidEui;

impl fmt::Display for DevEui {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016X}", self.0)
    }
}

impl FromStr for DevEui {
    type Err = InvalidEui;

    /// Dashes and colons between the digits do not count.
    fn from_str(text: &str) -> Result<Self, InvalidEui> {
        let digits = text.replace(['-', ':'], "");
        // `from_str_radix` would take a sign.
        if digits.len() != 16 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(InvalidEui);
        }
        u64::from_str_radix(&digits, 16)
            .map(Self)
            .map_err(|_| InvalidEui)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixteen_hex_digits_are_an_eui() {
        for (text, read) in [
            ("A840410000000001", Ok(DevEui(0xA840_4100_0000_0001))),
            ("a8-40-41-00-00-00-01-01", Ok(DevEui(0xA840_4100_0000_0101))),
            ("a8:40:41:00:00:00:01:01", Ok(DevEui(0xA840_4100_0000_0101))),
            ("A84041000000001", Err(InvalidEui)),
            ("+840410000000001", Err(InvalidEui)),
            ("A84041000000000G", Err(InvalidEui)),
            ("", Err(InvalidEui)),
        ] {
            assert_eq!(text.parse(), read, "{text}");
        }
        assert_eq!(DevEui(0xA84).to_string(), "0000000000000A84");
    }
}
