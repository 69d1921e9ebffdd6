//! The command line: a file per command. Reads arguments, loads the configuration, calls the room that does the work.
//!
//! Exit status: 0 done, 1 refused or failed (the reason is on standard error), 2 wrong usage.

mod check_config;
mod chore;
mod document;
mod migrate;
mod serve;
mod simulate;
mod span;
mod token;
mod user;
mod webhook_key;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

/// Real-time server for food temperature.
#[derive(Debug, Parser)]
#[command(name = "freshtrack", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server
    Serve(serve::Serve),
    /// Play sensors against the webhook of a server
    Simulate(simulate::Simulate),
    /// Bring the database to this version's schema
    Migrate(ConfigFile),
    /// Print the configuration in force, or every mistake in it
    CheckConfig(ConfigFile),
    /// People who may log in
    User(user::User),
    /// Print an access token of a user, for scripts
    Token(token::Token),
    /// Secrets that webhooks come with
    WebhookKey(webhook_key::WebhookKey),
    /// Print the OpenAPI document of the REST API
    Openapi,
    /// Print the AsyncAPI document of the Socket.IO events
    Asyncapi,
}

/// The option that every command with a configuration has.
#[derive(Debug, Args)]
struct ConfigFile {
    /// A TOML file with what differs from the defaults
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// What a command ends with when it does not succeed.
type Failure = Box<dyn std::error::Error>;

/// Runs the command that the process was started with.
#[must_use]
pub fn run() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Serve(serve) => serve.run(),
        Command::Simulate(simulate) => simulate.run(),
        Command::Migrate(file) => migrate::run(file),
        Command::CheckConfig(file) => check_config::run(file),
        Command::User(user) => user.run(),
        Command::Token(token) => token.run(),
        Command::WebhookKey(key) => key.run(),
        Command::Openapi => document::print(&crate::http::openapi()),
        Command::Asyncapi => document::print(&crate::realtime::asyncapi()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("freshtrack: {failure}");
            ExitCode::FAILURE
        }
    }
}
