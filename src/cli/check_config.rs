//! `freshtrack check-config`: what would a server started like this run with?

use std::io::Write;

use super::{ConfigFile, Failure};
use crate::config::{self, Demo, Source};

/// Prints the configuration in force as TOML; touches nothing.
pub(super) fn run(file: ConfigFile) -> Result<(), Failure> {
    let effective = config::effective(&Source::of_process(file.config, Demo::Off))?;
    std::io::stdout().write_all(effective.as_bytes())?;
    Ok(())
}
