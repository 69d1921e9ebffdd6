//! What the operator decides: default file < `--config` file < environment, checked as a whole before anything starts.
//!
//! `raw` layers the texts, `check` turns each into a value and notes every mistake, the section files
//! say which values exist. Above: `cli` loads, `app` hands each room its section. The only room that reads the environment.

mod auth;
mod check;
mod database;
mod exposure;
mod mistake;
mod origins;
mod raw;
mod running;
mod secret;
mod server;
mod socket;
mod source;

pub use auth::{Auth, JwtSecret};
pub use database::{Database, Storage};
pub use mistake::{Layer, Mistake, Refused};
pub use origins::AllowedOrigins;
pub use running::{ClockSource, Ingest, Log, Quarantine, Shutdown};
pub use secret::{Secret, SecretError};
pub use server::{NodeId, Server};
pub use socket::Socket;
pub use source::{Demo, Source};

use check::Checker;
use raw::RawConfig;

/// The configuration in force. Whoever holds one holds one without a mistake.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where to listen, under which name, for which web pages.
    pub server: Server,
    /// Which database.
    pub database: Database,
    /// What is kept where, and for how long.
    pub storage: Storage,
    /// Tokens.
    pub auth: Auth,
    /// Timings and bounds of Socket.IO.
    pub socket: Socket,
    /// Bounds of the way in.
    pub ingest: Ingest,
    /// Bounds of what could not be used.
    pub quarantine: Quarantine,
    /// How to stop.
    pub shutdown: Shutdown,
    /// What is added to the wall clock.
    pub clock: ClockSource,
    /// What is logged.
    pub log: Log,
    /// Whether this is a demonstration.
    pub demo: Demo,
}

impl Config {
    /// Layers and checks the configuration.
    ///
    /// # Errors
    /// [`Refused`] with every mistake that is in it.
    pub fn load(source: &Source) -> Result<Self, Refused> {
        checked(source).map(|(_, config)| config)
    }
}

/// The configuration in force as TOML, each key with the layer that set it; secrets are masked.
///
/// # Errors
/// [`Refused`] with every mistake that is in it.
pub fn effective(source: &Source) -> Result<String, Refused> {
    checked(source).map(|(raw, _)| raw.to_toml())
}

fn checked(source: &Source) -> Result<(RawConfig, Config), Refused> {
    let (raw, mistakes) = RawConfig::layered(source);
    let mut checker = Checker::new(&raw, mistakes);
    let config = check_sections(&mut checker, source.demo);
    let mistakes = checker.into_mistakes();
    match config {
        Some(config) if mistakes.is_empty() => Ok((raw, config)),
        _ => Err(Refused { mistakes }),
    }
}

/// `None` only after a mistake was noted. Each section is checked even if another is wrong.
fn check_sections(checker: &mut Checker<'_>, demo: Demo) -> Option<Config> {
    let server = Server::check(checker);
    let storage = Storage::check(checker);
    let database = Database::check(checker, storage.as_ref());
    let auth = Auth::check(checker, storage.as_ref());
    let socket = Socket::check(checker);
    let ingest = Ingest::check(checker);
    let quarantine = Quarantine::check(checker);
    let shutdown = Shutdown::check(checker);
    let clock = ClockSource::check(checker);
    let log = Log::check(checker);
    if let Some(server) = &server {
        exposure::check(checker, server, auth.as_ref(), clock.as_ref(), demo);
    }
    Some(Config {
        server: server?,
        database: database?,
        storage: storage?,
        auth: auth?,
        socket: socket?,
        ingest: ingest?,
        quarantine: quarantine?,
        shutdown: shutdown?,
        clock: clock?,
        log: log?,
        demo,
    })
}

#[cfg(test)]
mod tests;
