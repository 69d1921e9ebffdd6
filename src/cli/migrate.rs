//! `freshtrack migrate`: brings the database to this version's schema and ends.

use super::{ConfigFile, Failure};
use crate::config::{Config, Database, Demo, Source};
use crate::storage;

pub(super) fn run(file: ConfigFile) -> Result<(), Failure> {
    let config = Config::load(&Source::of_process(file.config, Demo::Off))?;
    let Database::Sqlite { path } = &config.database;
    let applied = storage::migrate(path)?;
    if applied.is_empty() {
        println!("{}: the schema is up to date", path.display());
    }
    for migration in applied {
        println!("{}: applied {migration}", path.display());
    }
    Ok(())
}
