//! What a process has used so far, from `/proc`: nanoseconds of processor, bytes of memory.

use std::fs;
use std::time::Duration;

use crate::failure::Failure;

/// Time on a core and time spent waiting for one.
#[derive(Clone, Copy)]
pub(crate) struct Processor {
    pub(crate) running: Duration,
    pub(crate) waiting: Duration,
}

impl Processor {
    /// Between two looks.
    pub(crate) fn since(self, before: Self) -> Self {
        Self {
            running: self.running.saturating_sub(before.running),
            waiting: self.waiting.saturating_sub(before.waiting),
        }
    }
}

/// All threads of a process together, those that ended excepted: no server of the comparison ends any.
///
/// # Errors
/// If it is gone, or the kernel keeps no such statistics.
pub(crate) fn processor(process: u32) -> Result<Processor, Failure> {
    let what = "a thread's time in /proc";
    let threads = fs::read_dir(format!("/proc/{process}/task")).map_err(Failure::io(what))?;
    let mut sum = [0_u64; 2];
    for thread in threads {
        let path = thread.map_err(Failure::io(what))?.path().join("schedstat");
        let text = fs::read_to_string(path).map_err(Failure::io(what))?;
        let mut fields = text.split_whitespace().map(str::parse::<u64>);
        for total in &mut sum {
            let Some(Ok(nanoseconds)) = fields.next() else {
                return Err(Failure::protocol(what, text.as_bytes()));
            };
            *total += nanoseconds;
        }
    }
    let [running, waiting] = sum.map(Duration::from_nanos);
    Ok(Processor { running, waiting })
}

/// Anonymous memory in RAM, bytes: no file, and nothing shared.
///
/// # Errors
/// As [`processor`].
pub(crate) fn anonymous_memory(process: u32) -> Result<u64, Failure> {
    let what = "a process's memory in /proc";
    let status =
        fs::read_to_string(format!("/proc/{process}/status")).map_err(Failure::io(what))?;
    let kilobytes: Option<u64> = status
        .lines()
        .find_map(|line| line.strip_prefix("RssAnon:"))
        .and_then(|value| value.trim().strip_suffix(" kB")?.parse().ok());
    kilobytes
        .map(|kilobytes| kilobytes * 1024)
        .ok_or_else(|| Failure::protocol(what, status.as_bytes()))
}
