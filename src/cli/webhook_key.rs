//! `freshtrack webhook-key add`: a further secret for the webhooks of an organization, printed once.
//!
//! ```text
//! $ freshtrack webhook-key add --org 'Corner Café' --name ttn
//! organization     Corner Café
//! organization-id  0199c1f4-7b1e-7c3a-9d52-3f6a1b2c4d5e
//! key-id           0199c1f4-8d20-7a11-8f3e-0c9d8e7f6a5b
//! name             ttn
//! secret           …
//! ```

use clap::{Args, Subcommand};

use super::{ConfigFile, Failure, chore};
use crate::domain::Name;

#[derive(Debug, Args)]
pub(super) struct WebhookKey {
    #[command(subcommand)]
    command: WebhookKeyCommand,
}

#[derive(Debug, Subcommand)]
enum WebhookKeyCommand {
    /// Make a secret that webhooks of The Things Stack come with; it is shown once
    Add(Add),
}

#[derive(Debug, Args)]
struct Add {
    #[command(flatten)]
    file: ConfigFile,
    /// Id or exact name
    #[arg(long)]
    org: String,
    /// Shown name, to tell keys apart
    #[arg(long)]
    name: Name,
}

impl WebhookKey {
    pub(super) fn run(self) -> Result<(), Failure> {
        match self.command {
            WebhookKeyCommand::Add(add) => add.run(),
        }
    }
}

impl Add {
    fn run(self) -> Result<(), Failure> {
        let Self { file, org, name } = self;
        let added = chore::run(file, async |chore| {
            let added = chore.operator.add_webhook_key(&org, name).await;
            added.map_err(chore::told)
        })?;
        chore::print(&[
            ("organization", &added.organization.name),
            ("organization-id", &added.organization.id),
            ("key-id", &added.id),
            ("name", &added.name),
            ("secret", &added.secret.into_text()),
        ])?;
        Ok(())
    }
}
