//! `freshtrack migrate`: brings the database to this version's schema and ends.

use super::{ConfigFile, Failure};
use crate::app;
use crate::config::{Config, Demo, Source};
use crate::storage;

pub(super) fn run(file: ConfigFile) -> Result<(), Failure> {
    let config = Config::load(&Source::of_process(file.config, Demo::Off))?;
    let location = app::location(&config.database);
    let applied = storage::migrate(&location)?;
    if applied.is_empty() {
        println!("{location}: the schema is up to date");
    }
    for migration in applied {
        println!("{location}: applied {migration}");
    }
    Ok(())
}
