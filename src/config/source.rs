//! What the configuration is made from, as values, so that a test needs neither a process environment nor a working folder.

use std::path::PathBuf;

/// Variables with this prefix are configuration: `FRESHTRACK__SERVER__BIND` is `server.bind`.
pub(super) const PREFIX: &str = "FRESHTRACK__";

/// Whether and how the demonstration runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Demo {
    /// No demonstration.
    #[default]
    Off,
    /// The two demonstration organizations are seeded.
    Seeded,
    /// They are seeded, and sensors are played for the first.
    Played,
}

/// The layers above the default file.
#[derive(Debug, Clone, Default)]
pub struct Source {
    /// The file given with `--config`.
    pub file: Option<PathBuf>,
    /// Environment variables, name and value; those without the prefix `FRESHTRACK__` are ignored.
    pub environment: Vec<(String, String)>,
    /// The demonstration asked for; refused on a bind that others can reach.
    pub demo: Demo,
}

impl Source {
    /// The layers as this process was started: `file` and the process environment.
    ///
    /// A variable that is not UTF-8 is taken with its odd bytes replaced, so that the check names it.
    #[must_use]
    pub fn of_process(file: Option<PathBuf>, demo: Demo) -> Self {
        let environment = std::env::vars_os()
            .map(|(name, value)| {
                let text = |os: std::ffi::OsString| os.to_string_lossy().into_owned();
                (text(name), text(value))
            })
            .filter(|(name, _)| name.starts_with(PREFIX))
            .collect();
        Self {
            file,
            environment,
            demo,
        }
    }
}
