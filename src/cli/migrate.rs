//! `freshtrack migrate`: brings the database to this version's schema and ends.

use super::unwired::storage;
use super::{ConfigFile, Failure};
use crate::config::{Config, Demo, Source};

pub(super) fn run(file: ConfigFile) -> Result<(), Failure> {
    let config = Config::load(&Source::of_process(file.config, Demo::Off))?;
    storage::migrate(&config.database)
}
