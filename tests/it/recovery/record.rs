//! What a page's handlers got, against the log: each event and each reading once and in order; what a fresh session
//! or a gap leaves out is left out at that place alone.

use std::collections::BTreeMap;

use freshtrack::events::{Audience, Event, LogEntry, LogItem};
use serde_json::Value;

/// One line of `recorder.mjs`.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Line {
    Connect {
        recovered: bool,
    },
    Gap(String),
    Event(String),
    /// Cut between what was missed and the answer: to come again.
    Forgotten,
    Batch {
        unit: String,
        readings: Vec<String>,
    },
    /// Reasons of disconnects, newest readings: nothing that the log would say the same way.
    Other,
}

/// What a record amounts to.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Tally {
    pub(super) events: usize,
    pub(super) readings: usize,
    pub(super) recovered: usize,
    pub(super) fresh: usize,
    pub(super) gaps: usize,
    /// Returns that were cut between what was missed and the answer.
    pub(super) cut_again: usize,
}

impl Line {
    pub(super) fn parse(text: &str) -> Self {
        let line: Vec<Value> = serde_json::from_str(text).unwrap();
        let text = |at: usize| line[at].as_str().unwrap().to_owned();
        match line[0].as_str().unwrap() {
            "connect" => Self::Connect {
                recovered: line[1] == true,
            },
            "gap" => Self::Gap(text(1)),
            "forgotten" => Self::Forgotten,
            "event" => Self::Event(format!("{} {}", text(1), text(2))),
            "batch" => Self::Batch {
                unit: text(1),
                readings: serde_json::from_value(line[2].clone()).unwrap(),
            },
            "refused" => panic!("refused: {line:?}"),
            _ => Self::Other,
        }
    }
}

/// What a member of the organization gets of the log, in words.
#[derive(Debug, Default)]
pub(super) struct Truth {
    events: Vec<String>,
    readings: BTreeMap<String, Vec<String>>,
    last_reading: String,
}

impl Truth {
    /// The id of what was measured last.
    pub(super) fn last_reading(&self) -> &str {
        &self.last_reading
    }

    pub(super) fn of(entries: &[LogEntry]) -> Self {
        let mut truth = Self::default();
        for item in entries.iter().flat_map(|entry| &entry.items) {
            match item {
                LogItem::Reading {
                    unit_id, reading, ..
                } => {
                    let readings = truth.readings.entry(unit_id.to_string()).or_default();
                    readings.push(reading.id.to_string());
                    truth.last_reading = reading.id.to_string();
                }
                LogItem::Event {
                    audience: Audience::Organization,
                    event,
                } => truth.events.extend(in_words(event)),
                LogItem::Event { .. } | LogItem::Notice(_) => {}
            }
        }
        truth
    }

    /// Panics on what was missed or repeated without a word.
    pub(super) fn compare(&self, page: &str, record: &[Line]) -> Tally {
        let mut events = Cursor::new(&self.events);
        let mut units: BTreeMap<&str, Cursor<'_>> = BTreeMap::new();
        for (unit, readings) in &self.readings {
            units.insert(unit, Cursor::new(readings));
        }
        for line in record {
            match line {
                Line::Connect { recovered: false } => {
                    events.may_skip();
                    units.values_mut().for_each(Cursor::may_skip);
                }
                Line::Gap(reason) => {
                    // What a slow client is not given is readings alone.
                    if reason != "slow_client" {
                        events.may_skip();
                    }
                    units.values_mut().for_each(Cursor::may_skip);
                }
                Line::Event(event) => events.take(page, event),
                Line::Batch { unit, readings } => {
                    let cursor = units.get_mut(unit.as_str()).unwrap();
                    readings.iter().for_each(|id| cursor.take(page, id));
                }
                Line::Connect { recovered: true } | Line::Forgotten | Line::Other => {}
            }
        }
        events.expect_end(page);
        units.values().for_each(|cursor| cursor.expect_end(page));
        Tally::of(record)
    }
}

impl Tally {
    pub(super) fn of(record: &[Line]) -> Self {
        let mut tally = Self::default();
        for line in record {
            match line {
                Line::Connect { recovered: true } => tally.recovered += 1,
                Line::Connect { recovered: false } => tally.fresh += 1,
                Line::Gap(_) => tally.gaps += 1,
                Line::Event(_) => tally.events += 1,
                Line::Batch { readings, .. } => tally.readings += readings.len(),
                Line::Forgotten => tally.cut_again += 1,
                Line::Other => {}
            }
        }
        tally
    }
}

struct Cursor<'a> {
    all: &'a [String],
    next: usize,
    /// Until the next one that comes.
    may_skip: bool,
}

impl<'a> Cursor<'a> {
    const fn new(all: &'a [String]) -> Self {
        Self {
            all,
            next: 0,
            may_skip: false,
        }
    }

    const fn may_skip(&mut self) {
        self.may_skip = true;
    }

    fn take(&mut self, page: &str, got: &str) {
        let ahead = self.all[self.next..].iter().position(|one| one == got);
        match ahead {
            Some(0) => {}
            Some(_) if self.may_skip => {}
            Some(missed) => panic!("{page} missed {missed} before {got}"),
            None if self.all.iter().any(|one| one == got) => panic!("{page} got {got} twice"),
            None => panic!("{page} got {got}, which nobody logged"),
        }
        self.next += ahead.unwrap_or_default() + 1;
        self.may_skip = false;
    }

    fn expect_end(&self, page: &str) {
        let missed = &self.all[self.next..];
        assert!(missed.is_empty(), "{page} missed at the end: {missed:?}");
    }
}

fn in_words(event: &Event) -> Option<String> {
    let name = event.name();
    match event {
        Event::UnitStatus(change) => Some(format!(
            "{name} {} {} {}",
            change.unit_id, change.status, change.since
        )),
        Event::AlertTriggered(alert)
        | Event::AlertUpdated(alert)
        | Event::AlertAcknowledged(alert)
        | Event::AlertResolved(alert) => Some(format!("{name} {} {}", alert.id, alert.version)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A log of four events, and what a page got of them.
    fn judged(record: &[&str]) -> Result<usize, String> {
        let truth = Truth {
            events: ["a", "b", "c", "d"].map(str::to_owned).to_vec(),
            ..Truth::default()
        };
        let line = |word: &&str| match *word {
            "fresh" => Line::Connect { recovered: false },
            "back" => Line::Connect { recovered: true },
            "gap" => Line::Gap("fell_behind".to_owned()),
            "slow" => Line::Gap("slow_client".to_owned()),
            event => Line::Event(event.to_owned()),
        };
        let record: Vec<Line> = record.iter().map(line).collect();
        let compared = std::panic::catch_unwind(|| truth.compare("page", &record).events);
        compared.map_err(|panic| panic.downcast_ref::<String>().cloned().unwrap_or_default())
    }

    #[test]
    fn the_comparison_notices_what_was_missed_and_repeated_without_a_word() {
        for (record, expected) in [
            (&["fresh", "a", "b", "back", "c", "d"][..], Ok(4)),
            (&["fresh", "a", "fresh", "c", "d"], Ok(3)),
            (&["fresh", "a", "gap", "d"], Ok(2)),
            (&["fresh", "a", "slow", "d"], Err("missed 2 before d")),
            (&["fresh", "a", "back", "c", "d"], Err("missed 1 before c")),
            (
                &["fresh", "a", "b", "back", "b", "c", "d"],
                Err("got b twice"),
            ),
            (&["fresh", "a", "fresh", "b", "d"], Err("missed 1 before d")),
            (&["fresh", "a", "b", "c"], Err("missed at the end: [\"d\"]")),
            (&["fresh", "x"], Err("got x, which nobody logged")),
        ] {
            let judged = judged(record);
            let expected = expected.map_err(|why: &str| format!("page {why}"));
            assert_eq!(judged, expected, "{record:?}");
        }
    }
}
