//! What figures were measured on: processor, memory, system, compiler. Shared by the benches.

use std::fmt::{self, Display, Formatter};
use std::fs;
use std::process::Command;
use std::thread;

/// This machine. Names that the system does not tell are `unknown`.
pub(crate) struct Machine {
    /// As `/proc/cpuinfo` calls it.
    processor: String,
    /// Those that this process may use.
    cores: usize,
    /// In GiB, rounded down.
    memory_gib: u64,
    /// Name and release of the kernel.
    kernel: String,
    /// Processes that ran or waited in the last minute, on average: what else the cores had to do.
    busy: String,
    /// With its version.
    compiler: String,
}

impl Machine {
    /// Looks.
    pub(crate) fn look() -> Self {
        let kilobytes = field("/proc/meminfo", "MemTotal");
        let kilobytes = kilobytes
            .as_deref()
            .and_then(|text| text.strip_suffix(" kB"));
        let kilobytes: Option<u64> = kilobytes.and_then(|text| text.parse().ok());
        Self {
            processor: field("/proc/cpuinfo", "model name").unwrap_or_else(unknown),
            cores: thread::available_parallelism().map_or(1, Into::into),
            memory_gib: kilobytes.unwrap_or_default() >> 20,
            kernel: said_by("uname", "-sr").unwrap_or_else(unknown),
            busy: busy().unwrap_or_else(unknown),
            compiler: said_by("rustc", "--version").unwrap_or_else(unknown),
        }
    }
}

/// `AMD EPYC, 2 cores, 23 GiB, Linux 6.18.5, load average 0.12, rustc 1.95.0`
impl Display for Machine {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let compiler = self.compiler.split(" (").next().unwrap_or_default();
        write!(
            f,
            "{}, {} cores, {} GiB, {}, load average {}, {compiler}",
            self.processor, self.cores, self.memory_gib, self.kernel, self.busy
        )
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
