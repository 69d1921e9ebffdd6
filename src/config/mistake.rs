//! A mistake of the operator, told so that it can be mended without looking anything up.

use std::fmt;
use std::path::PathBuf;

/// Who set a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Layer {
    /// The default file inside the program.
    Default,
    /// A file given with `--config`.
    File(PathBuf),
    /// The variable of this name.
    Environment(String),
    /// An option of the command line.
    CommandLine,
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path) => path.display().fmt(f),
            Self::Environment(name) => f.write_str(name),
            Self::CommandLine => f.write_str("command line"),
        }
    }
}

/// One wrong value or unknown key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{key} = {value} ({layer}): {allowed}")]
pub struct Mistake {
    /// The key, `socket.ping_interval_ms`.
    pub key: String,
    /// What it was set to, as TOML; a secret is masked.
    pub value: String,
    /// Who set it.
    pub layer: Layer,
    /// What is allowed instead.
    pub allowed: String,
}

/// A configuration with at least one mistake: nothing starts with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Every mistake, in the order of the sections.
    pub mistakes: Vec<Mistake>,
}

impl std::error::Error for Refused {}

impl fmt::Display for Refused {
    /// A headline, then a line for each mistake.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.mistakes.len();
        let noun = if count == 1 { "mistake" } else { "mistakes" };
        write!(f, "configuration refused, {count} {noun}:")?;
        for mistake in &self.mistakes {
            write!(f, "\n  {mistake}")?;
        }
        Ok(())
    }
}
