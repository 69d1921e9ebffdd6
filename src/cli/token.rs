//! `freshtrack token`: an access token of a user, for scripts: it alone is printed.

use std::io::{self, Write};
use std::str::FromStr;
use std::time::Duration;

use clap::Args;

use super::{ConfigFile, Failure, chore};
use crate::auth::TokenKey;
use crate::domain::Email;

/// Longest life: nobody can end such a token before its time.
const MOST: Duration = Duration::from_secs(30 * 86_400);

#[derive(Debug, Args)]
pub(super) struct Token {
    #[command(flatten)]
    file: ConfigFile,
    /// Whose
    #[arg(long)]
    email: Email,
    /// How long it holds: 90s, 15m, 12h or 7d, at most 30d
    #[arg(long, default_value = "15m")]
    ttl: Ttl,
}

impl Token {
    pub(super) fn run(self) -> Result<(), Failure> {
        let Self { file, email, ttl } = self;
        let token = chore::run(file, async |chore| {
            let secret = chore.config.auth.jwt_secret.resolve()?;
            let tokens = TokenKey::hs256(secret.expose().as_bytes());
            let token = chore.operator.token(&email, &tokens, ttl.0).await;
            token.map_err(chore::told)
        })?;
        writeln!(io::stdout(), "{}", token.text)?;
        Ok(())
    }
}

/// How long a token holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Ttl(Duration);

/// A text that is no [`Ttl`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a number with s, m, h or d, more than nothing and at most 30d")]
struct InvalidTtl;

impl FromStr for Ttl {
    type Err = InvalidTtl;

    fn from_str(text: &str) -> Result<Self, InvalidTtl> {
        let unit = match text.chars().last() {
            Some('s') => 1,
            Some('m') => 60,
            Some('h') => 3600,
            Some('d') => 86_400,
            _ => return Err(InvalidTtl),
        };
        let number: u64 = text
            .get(..text.len() - 1)
            .and_then(|number| number.parse().ok())
            .ok_or(InvalidTtl)?;
        let ttl = Duration::from_secs(number.saturating_mul(unit));
        match ttl.is_zero() || ttl > MOST {
            true => Err(InvalidTtl),
            false => Ok(Self(ttl)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_life_is_a_number_with_a_unit() {
        for (text, seconds) in [
            ("90s", Some(90)),
            ("15m", Some(900)),
            ("12h", Some(43_200)),
            ("30d", Some(2_592_000)),
            ("31d", None),
            ("99999999999999999999d", None),
            ("18446744073709551615d", None),
            ("0m", None),
            ("-5m", None),
            ("15", None),
            ("m", None),
            ("15µ", None),
            ("", None),
        ] {
            let ttl = text.parse::<Ttl>().ok().map(|ttl| ttl.0.as_secs());
            assert_eq!(ttl, seconds, "{text}");
        }
    }
}
