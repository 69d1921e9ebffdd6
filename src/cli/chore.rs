//! What the operator's chores share: the configured database, opened beside a server that may be running on it,
//! and how they print what they made.
//!
//! Nothing is logged, so that no secret can be. A chore waits at most 5 s for the server's commit.

use std::io::{self, Write};
use std::sync::Arc;

use super::{ConfigFile, Failure};
use crate::app;
use crate::clock::{self, Clock};
use crate::config::{Config, Demo, Source};
use crate::operations::{OperationError, Operator};
use crate::storage::{Database, Hooks, Options};

/// Jobs that may wait for the writer: a chore has one.
const QUEUE: usize = 1;

/// What a chore works with.
pub(super) struct Chore {
    pub(super) config: Config,
    pub(super) operator: Operator,
}

/// Opens the database, does `work`, and closes it again.
pub(super) fn run<T>(
    file: ConfigFile,
    work: impl AsyncFnOnce(&Chore) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let config = Config::load(&Source::of_process(file.config, Demo::Off))?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let clock = clock_of(&config);
        let database = open(&config, clock.clone()).await?;
        let operator = Operator::new(database.clone(), clock);
        let done = work(&Chore { config, operator }).await;
        database.close().await;
        done
    })
}

/// As the server's: with the offset of a rehearsal, read once.
fn clock_of(config: &Config) -> Clock {
    let clock = Clock::system();
    if let Some(path) = config.clock.offset_file.clone() {
        drop(clock::watch_offset(path, clock.clone()));
    }
    clock
}

async fn open(config: &Config, clock: Clock) -> Result<Database, Failure> {
    let options = Options {
        location: app::location(&config.database),
        readers: 1,
        queue: QUEUE,
        group: QUEUE,
    };
    // Whoever follows the log is in the server's process, and finds there what is new.
    let hooks = Hooks {
        entry: Arc::new(|_, _| {}),
        deadline: Arc::new(|_| {}),
    };
    Ok(Database::open(options, clock, hooks).await?)
}

/// An error as the operator is told it: unlike a client they learn what the database said.
pub(super) fn told(error: OperationError) -> Failure {
    match error {
        OperationError::Store(cause) => cause.into(),
        other => other.into(),
    }
}

/// Prints what was made, a line each: a script finds a value by its name.
pub(super) fn print(rows: &[(&str, &dyn std::fmt::Display)]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for (name, value) in rows {
        writeln!(out, "{name:<16} {value}")?;
    }
    Ok(())
}
