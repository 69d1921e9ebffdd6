//! What the figures were measured on: processor, memory, system, and how long the disk takes to keep something.

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::Duration;

use tokio::time::Instant;

use crate::failure::Failure;
use crate::report::Spread;

/// Writes that are timed.
const SYNCS: usize = 100;

/// This machine. Names that the system does not tell are `unknown`.
pub(crate) struct Machine {
    /// As `/proc/cpuinfo` calls it.
    pub(crate) processor: String,
    /// Those that this process may use.
    pub(crate) cores: usize,
    /// In GiB, rounded down.
    pub(crate) memory_gib: u64,
    /// Name and release of the kernel.
    pub(crate) kernel: String,
    /// Processes that ran or waited in the last minute, on average: what else the cores had to do.
    pub(crate) busy: String,
    /// The compiler, with its version.
    pub(crate) compiler: String,
    /// Appending 4 KiB to a file and waiting until it is on the disk: what a commit cannot beat.
    pub(crate) sync: Spread,
}

impl Machine {
    /// Looks, and tries the disk that `folder` is on.
    ///
    /// # Errors
    /// If nothing can be written there.
    pub(crate) fn look(folder: &Path) -> Result<Self, Failure> {
        let kilobytes = field("/proc/meminfo", "MemTotal");
        let kilobytes = kilobytes
            .as_deref()
            .and_then(|text| text.strip_suffix(" kB"));
        let kilobytes: Option<u64> = kilobytes.and_then(|text| text.parse().ok());
        Ok(Self {
            processor: field("/proc/cpuinfo", "model name").unwrap_or_else(unknown),
            cores: thread::available_parallelism().map_or(1, Into::into),
            memory_gib: kilobytes.unwrap_or_default() >> 20,
            kernel: said_by("uname", "-sr").unwrap_or_else(unknown),
            busy: busy().unwrap_or_else(unknown),
            compiler: said_by("rustc", "--version").unwrap_or_else(unknown),
            sync: sync(folder).map_err(Failure::io("writing to the disk"))?,
        })
    }
}

fn unknown() -> String {
    "unknown".to_owned()
}

/// The value of the first line `name : value`.
fn field(file: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    text.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        (key.trim() == name).then(|| value.trim().to_owned())
    })
}

fn busy() -> Option<String> {
    let text = fs::read_to_string("/proc/loadavg").ok()?;
    text.split_whitespace().next().map(str::to_owned)
}

fn said_by(program: &str, argument: &str) -> Option<String> {
    let output = Command::new(program).arg(argument).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    (!text.trim().is_empty()).then(|| text.trim().to_owned())
}

fn sync(folder: &Path) -> io::Result<Spread> {
    let mut file = tempfile::tempfile_in(folder)?;
    let one = |_| -> io::Result<Duration> {
        let start = Instant::now();
        file.write_all(&[0x5A; 4096])?;
        file.sync_data()?;
        Ok(start.elapsed())
    };
    Ok(Spread::of((0..SYNCS).map(one).collect::<io::Result<_>>()?))
}
