//! `freshtrack token`: an access token of a user, for scripts: it alone is printed.

use std::io::{self, Write};
use std::time::Duration;

use clap::Args;

use super::{ConfigFile, Failure, chore, span};
use crate::auth::TokenKey;
use crate::domain::Email;

/// Longest life: nobody can end such a token before its time.
const MOST_DAYS: u64 = 30;

#[derive(Debug, Args)]
pub(super) struct Token {
    #[command(flatten)]
    file: ConfigFile,
    /// Whose
    #[arg(long)]
    email: Email,
    /// How long it holds: 90s, 15m, 12h or 7d, at most 30d
    #[arg(long, default_value = "15m", value_parser = span::of_at_most::<MOST_DAYS>)]
    ttl: Duration,
}

impl Token {
    pub(super) fn run(self) -> Result<(), Failure> {
        let Self { file, email, ttl } = self;
        let token = chore::run(file, async |chore| {
            let secret = chore.config.auth.jwt_secret.resolve()?;
            let tokens = TokenKey::hs256(secret.expose().as_bytes());
            let token = chore.operator.token(&email, &tokens, ttl).await;
            token.map_err(chore::told)
        })?;
        writeln!(io::stdout(), "{}", token.text)?;
        Ok(())
    }
}
