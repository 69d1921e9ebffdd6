//! What a read of the log means for a follower. Pure.

use crate::events::{Head, LogEntry, LogId, Position};

/// One read: the head, and then the entries after what was applied when the read began.
#[derive(Debug)]
pub(super) struct Page {
    /// What was applied when the read began.
    pub(super) after: i64,
    /// Read before the entries.
    pub(super) head: Head,
    /// At most [`Page::LIMIT`].
    pub(super) entries: Vec<LogEntry>,
}

impl Page {
    /// Entries read at once.
    pub(super) const LIMIT: usize = 256;
}

/// What to do.
#[derive(Debug, PartialEq)]
pub(super) enum Verdict {
    /// Apply these, if any; there is more behind them, or not.
    Apply(Vec<LogEntry>, More),
    /// The log cannot be followed on: go on from its head, and say so.
    Restart(Head),
}

/// Whether the log was known to go on behind a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum More {
    /// Read on.
    Yes,
    /// Wait to be woken.
    No,
}

/// Judges a page at `position`, which may have moved on by wakes since the read began.
pub(super) fn judge(position: Position, page: Page) -> Verdict {
    let Page {
        after,
        head,
        mut entries,
    } = page;
    if is_another_history(position.log, after, head) {
        return Verdict::Restart(head);
    }
    entries.retain(|entry| entry.seq > position.applied);
    let next = (position.applied + 1)..;
    let whole = entries
        .iter()
        .map(|entry| entry.seq)
        .eq(next.take(entries.len()));
    let reached = position.applied + i64::try_from(entries.len()).unwrap_or(i64::MAX);
    if !whole || (entries.is_empty() && head.seq > position.applied) {
        return Verdict::Restart(head);
    }
    Verdict::Apply(
        entries,
        if reached < head.seq {
            More::Yes
        } else {
            More::No
        },
    )
}

/// Another database, or one that lost commits in a failover.
fn is_another_history(log: LogId, applied: i64, head: Head) -> bool {
    head.log != log || head.seq < applied
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Timestamp;

    const LOG: LogId = LogId(1);

    fn entries(seqs: &[i64]) -> Vec<LogEntry> {
        let at = Timestamp::from_millis(0);
        let entry = |seq: &i64| LogEntry {
            seq: *seq,
            at,
            items: Vec::new(),
        };
        seqs.iter().map(entry).collect()
    }

    /// A page begun after entry `after`, judged when entry 10 is applied.
    fn judged(after: i64, head: Head, seqs: &[i64]) -> Verdict {
        let entries = entries(seqs);
        judge(
            Position::at(LOG, 10),
            Page {
                after,
                head,
                entries,
            },
        )
    }

    #[test]
    fn a_page_that_goes_on_from_here_is_applied() {
        for (name, after, head, read, new, more) in [
            ("nothing new", 10, 10, &[][..], &[][..], More::No),
            ("new", 10, 12, &[11, 12], &[11, 12], More::No),
            (
                "newer than the head",
                10,
                11,
                &[11, 12],
                &[11, 12],
                More::No,
            ),
            ("a full page", 10, 99, &[11, 12], &[11, 12], More::Yes),
            ("woken meanwhile", 8, 11, &[9, 10, 11], &[11], More::No),
            ("woken past the read", 8, 9, &[9], &[], More::No),
        ] {
            let head = Head {
                log: LOG,
                seq: head,
            };
            let verdict = Verdict::Apply(entries(new), more);
            assert_eq!(judged(after, head, read), verdict, "{name}");
        }
    }

    #[test]
    fn a_page_that_does_not_restarts_the_log() {
        for (name, log, head, read) in [
            ("next one pruned", LOG, 14, &[13, 14][..]),
            ("all pruned", LOG, 14, &[]),
            ("a hole", LOG, 14, &[11, 13, 14]),
            ("commits lost", LOG, 7, &[]),
            ("another log", LogId(2), 12, &[11, 12]),
        ] {
            let head = Head { log, seq: head };
            assert_eq!(judged(10, head, read), Verdict::Restart(head), "{name}");
        }
    }
}
