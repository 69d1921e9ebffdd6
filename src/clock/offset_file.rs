//! The offset of a rehearsal: a file with a number of milliseconds that is added to the wall clock.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use log::{info, warn};

use super::Clock;

/// How often the file is read.
const EVERY: Duration = Duration::from_millis(100);
/// What is read of the file at most, in bytes: no number is longer.
const MOST_BYTES: u64 = 64;

/// Reads the file once before it returns; the future then reads it again every 100 ms, for ever.
///
/// A file that is missing or holds no number changes nothing; that is logged once, until it is right again.
pub fn watch_offset(path: PathBuf, clock: Clock) -> impl Future<Output = ()> + Send {
    let mut offset = OffsetFile::new(path);
    offset.take(offset.read(), &clock);
    async move {
        let mut ticks = tokio::time::interval(EVERY);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            let path = offset.path.clone();
            let read = tokio::task::spawn_blocking(move || read_millis(&path)).await;
            offset.take(read.unwrap_or_else(|e| Err(io::Error::other(e))), &clock);
        }
    }
}

struct OffsetFile {
    path: PathBuf,
    millis: i64,
    is_told: bool,
}

impl OffsetFile {
    fn new(path: PathBuf) -> Self {
        Self {
            path,
            millis: 0,
            is_told: false,
        }
    }

    fn read(&self) -> io::Result<i64> {
        read_millis(&self.path)
    }

    fn take(&mut self, read: io::Result<i64>, clock: &Clock) {
        let file = self.path.display();
        match read {
            Ok(millis) => {
                self.is_told = false;
                if millis != self.millis {
                    info!(millis, file:%; "wall clock moved by the offset file");
                    self.millis = millis;
                    clock.set_offset(millis);
                }
            }
            Err(error) if !self.is_told => {
                self.is_told = true;
                let kept = self.millis;
                warn!(kept, file:%, error:%; "offset file not understood");
            }
            Err(_) => {}
        }
    }
}

fn read_millis(path: &Path) -> io::Result<i64> {
    let mut text = String::new();
    File::open(path)?
        .take(MOST_BYTES)
        .read_to_string(&mut text)?;
    parse(&text)
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "no number of milliseconds"))
}

/// A whole number; a fraction of a millisecond is cut.
fn parse(text: &str) -> Option<i64> {
    let text = text.trim();
    let whole = match text.split_once('.') {
        Some((whole, fraction)) if fraction.bytes().all(|b| b.is_ascii_digit()) => whole,
        Some(_) => return None,
        None => text,
    };
    whole.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Timestamp;

    #[test]
    fn only_a_number_is_understood() {
        for (text, millis) in [
            ("0", Some(0)),
            ("5000\n", Some(5000)),
            (" -3600000 ", Some(-3_600_000)),
            ("+10", Some(10)),
            ("12.9", Some(12)),
            ("", None),
            ("soon", None),
            ("5 000", None),
            ("1e3", None),
            ("1.2.3", None),
            ("99999999999999999999", None),
        ] {
            assert_eq!(parse(text), millis, "{text}");
        }
    }

    #[test]
    fn what_is_not_understood_keeps_the_last_offset() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("offset");
        let hand = Clock::manual(Timestamp::from_millis(0));
        let mut offset = OffsetFile::new(path.clone());
        for (content, now) in [
            (None, 0),
            (Some("5000"), 5000),
            (Some("soon"), 5000),
            (Some("-70"), -70),
            (Some("0"), 0),
        ] {
            if let Some(text) = content {
                std::fs::write(&path, text).unwrap();
            }
            offset.take(offset.read(), &hand.clock());
            assert_eq!(hand.clock().now().as_millis(), now, "{content:?}");
        }
    }

    #[test]
    fn the_file_counts_before_the_watch_is_awaited() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("offset");
        std::fs::write(&path, "1000").unwrap();
        let hand = Clock::manual(Timestamp::from_millis(0));
        drop(watch_offset(path, hand.clock()));
        assert_eq!(hand.clock().now().as_millis(), 1000);
    }
}
