//! How long the disk takes to keep something: what a commit cannot beat.

use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

use tokio::time::Instant;

use crate::failure::Failure;
use crate::report::Spread;

/// Writes that are timed.
const SYNCS: usize = 100;

/// Appends 4 KiB to a file in `folder` and waits until it is on the disk, again and again.
///
/// # Errors
/// If nothing can be written there.
pub(crate) fn sync(folder: &Path) -> Result<Spread, Failure> {
    let written = write(folder).map_err(Failure::io("writing to the disk"))?;
    Ok(Spread::of(written))
}

fn write(folder: &Path) -> io::Result<Vec<Duration>> {
    let mut file = tempfile::tempfile_in(folder)?;
    let one = |_| -> io::Result<Duration> {
        let start = Instant::now();
        file.write_all(&[0x5A; 4096])?;
        file.sync_data()?;
        Ok(start.elapsed())
    };
    (0..SYNCS).map(one).collect()
}
