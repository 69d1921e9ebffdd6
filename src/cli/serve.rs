//! `freshtrack serve`: runs the server until it is told to stop.

use clap::Args;

use super::{ConfigFile, Failure};
use crate::app;
use crate::config::{Config, Demo, Source};

#[derive(Debug, Args)]
pub(super) struct Serve {
    #[command(flatten)]
    file: ConfigFile,
    /// Seed two organizations with well-known logins, and play sensors for the first
    #[arg(long)]
    demo: bool,
    /// Seed only
    #[arg(long, requires = "demo")]
    no_sensors: bool,
}

impl Serve {
    pub(super) fn run(self) -> Result<(), Failure> {
        let demo = match (self.demo, self.no_sensors) {
            (false, _) => Demo::Off,
            (true, true) => Demo::Seeded,
            (true, false) => Demo::Played,
        };
        let config = Config::load(&Source::of_process(self.file.config, demo))?;
        Ok(app::run(config)?)
    }
}
