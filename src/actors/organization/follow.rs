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

    fn entries(seqs: impl IntoIterator<Item = i64>) -> Vec<LogEntry> {
        let entry = |seq| LogEntry {
            seq,
            at: Timestamp::from_millis(0),
            items: Vec::new(),
        };
        seqs.into_iter().map(entry).collect()
    }

    #[test]
    fn a_page_is_applied_or_the_log_restarts() {
        let position = Position::at(LOG, 10);
        let head = |seq| Head { log: LOG, seq };
        let restart = |seq| Verdict::Restart(head(seq));
        for (name, after, head, read, verdict) in [
            (
                "nothing new",
                10,
                head(10),
                entries([]),
                Verdict::Apply(entries([]), More::No),
            ),
            (
                "new",
                10,
                head(12),
                entries([11, 12]),
                Verdict::Apply(entries([11, 12]), More::No),
            ),
            (
                "newer than the head read",
                10,
                head(11),
                entries([11, 12]),
                Verdict::Apply(entries([11, 12]), More::No),
            ),
            (
                "more than a page",
                10,
                head(99),
                entries([11, 12]),
                Verdict::Apply(entries([11, 12]), More::Yes),
            ),
            (
                "woken meanwhile",
                8,
                head(11),
                entries([9, 10, 11]),
                Verdict::Apply(entries([11]), More::No),
            ),
            (
                "woken past the read",
                8,
                head(9),
                entries([9]),
                Verdict::Apply(entries([]), More::No),
            ),
            (
                "next one pruned",
                10,
                head(14),
                entries([13, 14]),
                restart(14),
            ),
            ("all pruned", 10, head(14), entries([]), restart(14)),
            ("commits lost", 10, head(7), entries([]), restart(7)),
            (
                "another log",
                10,
                Head {
                    log: LogId(2),
                    seq: 12,
                },
                entries([11, 12]),
                Verdict::Restart(Head {
                    log: LogId(2),
                    seq: 12,
                }),
            ),
        ] {
            assert_eq!(
                judge(
                    position,
                    Page {
                        after,
                        head,
                        entries: read
                    }
                ),
                verdict,
                "{name}"
            );
        }
    }
}
