//! `freshtrack user add`: somebody who may log in; the owner of an organization comes with it.
//!
//! ```text
//! $ freshtrack user add --org 'Corner Café' --email owner@corner.example --role owner < password.txt
//! organization     Corner Café
//! organization-id  0199c1f4-7b1e-7c3a-9d52-3f6a1b2c4d5e
//! made             organization and user
//! ```

use std::io::{self, BufRead, IsTerminal, Read};
use std::num::NonZeroUsize;

use clap::{Args, Subcommand};

use super::{ConfigFile, Failure, chore};
use crate::auth::{NewPassword, PasswordHasher};
use crate::domain::{Email, Name, Role};
use crate::operations::NewUser;

/// What is read of a password's line at most, bytes: more than the longest password has.
const MOST_BYTES: u64 = 8 * 1024;

#[derive(Debug, Args)]
pub(super) struct User {
    #[command(subcommand)]
    command: UserCommand,
}

#[derive(Debug, Subcommand)]
enum UserCommand {
    /// Make a user who may log in; the password is the first line of standard input
    Add(Add),
}

#[derive(Debug, Args)]
struct Add {
    #[command(flatten)]
    file: ConfigFile,
    /// Id or exact name; with role owner an absent organization is made
    #[arg(long)]
    org: String,
    /// Their login
    #[arg(long)]
    email: Email,
    /// owner, admin, manager, staff, viewer or inspector
    #[arg(long)]
    role: Role,
    /// Shown name; without it, what stands before the @
    #[arg(long)]
    name: Option<Name>,
}

impl User {
    pub(super) fn run(self) -> Result<(), Failure> {
        match self.command {
            UserCommand::Add(add) => add.run(),
        }
    }
}

impl Add {
    fn run(self) -> Result<(), Failure> {
        let new = NewUser {
            organization: self.org,
            email: self.email,
            name: self.name,
            role: self.role,
            password: password()?,
        };
        let added = chore::run(self.file, async |chore| {
            let passwords = PasswordHasher::new(NonZeroUsize::MIN, 0);
            let added = chore.operator.add_user(new, &passwords).await;
            added.map_err(chore::told)
        })?;
        chore::print(&[
            ("organization", &added.organization),
            ("organization-id", &added.organization_id),
            ("user-id", &added.id),
            ("email", &added.email),
            ("name", &added.name),
            ("role", &added.role),
            (
                "made",
                match added.is_new_organization {
                    true => &"organization and user",
                    false => &"user",
                },
            ),
        ])?;
        Ok(())
    }
}

fn password() -> Result<NewPassword, Failure> {
    let input = io::stdin().lock();
    if input.is_terminal() {
        eprint!("password (shown while you type it): ");
    }
    let mut line = String::new();
    input.take(MOST_BYTES).read_line(&mut line)?;
    let line = line.strip_suffix('\n').unwrap_or(&line);
    let password = line.strip_suffix('\r').unwrap_or(line);
    Ok(password
        .parse()
        .map_err(|error| format!("the password on standard input {error}"))?)
}
