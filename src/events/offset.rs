//! The offset: one text that says exactly what of an organization's log was sent.
//!
//! Events and readings advance apart: events leave as their entry is applied, readings at the tick. A
//! tick's flush leaves unit by unit, so a cut inside it leaves some units ahead of the others. The numbers
//! are the log's, so an offset means the same on every node.

use std::{fmt, str::FromStr};

use uuid::Uuid;

use super::LogId;
use crate::domain::UnitId;

/// Where one node stands in an organization's log between two turns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Which log.
    pub log: LogId,
    /// The events of every entry up to this one are sent.
    pub applied: i64,
    /// The readings of every entry up to this one are sent; at most `applied`.
    pub flushed: i64,
}

impl Position {
    /// At the head of a log: nothing of it will be sent, everything after it will.
    #[must_use]
    pub const fn at(log: LogId, seq: i64) -> Self {
        Self {
            log,
            applied: seq,
            flushed: seq,
        }
    }

    /// What was sent, as an offset.
    #[must_use]
    pub const fn offset(self) -> Offset {
        Offset {
            log: self.log,
            events: Cursor::after_entry(self.applied),
            flushed: self.flushed,
            partial: None,
        }
    }

    /// Whether everything that `offset` says was sent, this node has sent too. Until then a client with
    /// that offset would get things twice here.
    #[must_use]
    pub fn covers(self, offset: &Offset) -> bool {
        let flushed = offset
            .partial
            .map_or(offset.flushed, |partial| partial.through);
        self.log == offset.log
            && offset.events <= Cursor::after_entry(self.applied)
            && flushed <= self.flushed
    }
}

/// A place between two items of the log: every item before it was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cursor {
    /// The entry of the next item.
    pub seq: i64,
    /// The next item's place in its entry, from 0.
    pub index: u32,
}

impl Cursor {
    /// Behind the last item of an entry.
    #[must_use]
    pub const fn after_entry(seq: i64) -> Self {
        Self {
            seq: seq.saturating_add(1),
            index: 0,
        }
    }
}

/// What of one unit's part in a flush was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// `sensor:readings:batch`.
    Batch,
    /// `sensor:reading` as well.
    Newest,
}

/// A flush that was sent in part: units leave in the order of their ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Partial {
    /// The entry up to which this flush sends.
    pub through: i64,
    /// The last unit of which something was sent.
    pub unit: UnitId,
    /// How much of it.
    pub step: Step,
}

/// What was sent. Text form, at most [`Offset::MAX_LEN`] bytes of ASCII:
/// `{log}-{seq}.{index}-{flushed}`, and inside a flush `-{through}.{unit}.{step}` behind it.
///
/// `00000000deadbeef-1042.1-1040-1041.0192f0c4a3b17c0e8000000000000001.2`
///
/// Two offsets of one client on one node are ordered by [`Cursor`], then flush; across nodes only
/// [`Position::covers`] means something, so there is no `Ord`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offset {
    /// Which log.
    pub log: LogId,
    /// Events before it were sent.
    pub events: Cursor,
    /// The readings of every entry up to this one were sent.
    pub flushed: i64,
    /// And a part of the next flush.
    pub partial: Option<Partial>,
}

impl Offset {
    /// Longest text, bytes: a longer one is refused before it is looked at.
    pub const MAX_LEN: usize = 128;

    /// The entry up to which this unit's batches were sent.
    #[must_use]
    pub fn batches_through(&self, unit: UnitId) -> i64 {
        match self.partial {
            Some(partial) if unit <= partial.unit => partial.through,
            _ => self.flushed,
        }
    }

    /// The entry up to which this unit's newest readings were sent.
    #[must_use]
    pub fn newest_through(&self, unit: UnitId) -> i64 {
        match self.partial {
            Some(partial) if (unit, Step::Newest) <= (partial.unit, partial.step) => {
                partial.through
            }
            _ => self.flushed,
        }
    }

    /// The first entry of which something was not sent.
    #[must_use]
    pub fn first_needed(&self) -> i64 {
        self.events.seq.min(self.flushed.saturating_add(1))
    }
}

/// A text that is no offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an offset")]
pub struct InvalidOffset;

impl fmt::Display for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            log,
            events,
            flushed,
            partial,
        } = self;
        write!(f, "{log}-{}.{}-{flushed}", events.seq, events.index)?;
        let Some(Partial {
            through,
            unit,
            step,
        }) = partial
        else {
            return Ok(());
        };
        let step = match step {
            Step::Batch => 1,
            Step::Newest => 2,
        };
        write!(f, "-{through}.{}.{step}", unit.0.simple())
    }
}

impl FromStr for Offset {
    type Err = InvalidOffset;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() > Self::MAX_LEN {
            return Err(InvalidOffset);
        }
        let offset = parse(text).ok_or(InvalidOffset)?;
        // One offset has one text: signs, leading zeros and other spellings are not ours.
        if offset.to_string() == text {
            Ok(offset)
        } else {
            Err(InvalidOffset)
        }
    }
}

fn parse(text: &str) -> Option<Offset> {
    let mut parts = text.split('-');
    let log = parts.next()?.parse().ok()?;
    let (seq, index) = parts.next()?.split_once('.')?;
    let events = Cursor {
        seq: number(seq)?,
        index: index.parse().ok()?,
    };
    let flushed = number(parts.next()?)?;
    let partial = match parts.next() {
        None => None,
        Some(part) => Some(parse_partial(part).filter(|partial| partial.through > flushed)?),
    };
    parts.next().is_none().then_some(Offset {
        log,
        events,
        flushed,
        partial,
    })
}

fn parse_partial(text: &str) -> Option<Partial> {
    let mut parts = text.split('.');
    let through = number(parts.next()?)?;
    let unit = Uuid::try_parse(parts.next()?).ok()?.into();
    let step = match parts.next()? {
        "1" => Step::Batch,
        "2" => Step::Newest,
        _ => return None,
    };
    parts.next().is_none().then_some(Partial {
        through,
        unit,
        step,
    })
}

fn number(text: &str) -> Option<i64> {
    text.parse().ok().filter(|number| *number >= 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(n: u128) -> UnitId {
        Uuid::from_u128(n).into()
    }

    fn offset(partial: Option<(i64, u128, Step)>) -> Offset {
        Offset {
            log: LogId(0xdead_beef),
            events: Cursor {
                seq: 1042,
                index: 1,
            },
            flushed: 1040,
            partial: partial.map(|(through, id, step)| Partial {
                through,
                unit: unit(id),
                step,
            }),
        }
    }

    #[test]
    fn every_offset_has_one_text() {
        for (offset, text) in [
            (offset(None), "00000000deadbeef-1042.1-1040"),
            (
                offset(Some((
                    1041,
                    0x0192_f0c4_a3b1_7c0e_8000_0000_0000_0001,
                    Step::Newest,
                ))),
                "00000000deadbeef-1042.1-1040-1041.0192f0c4a3b17c0e8000000000000001.2",
            ),
            (
                offset(Some((1041, 1, Step::Batch))),
                "00000000deadbeef-1042.1-1040-1041.00000000000000000000000000000001.1",
            ),
        ] {
            assert_eq!(offset.to_string(), text);
            assert_eq!(text.parse(), Ok(offset));
        }
    }

    #[test]
    fn the_longest_offset_is_accepted() {
        let longest = Offset {
            log: LogId(u64::MAX),
            events: Cursor {
                seq: i64::MAX,
                index: u32::MAX,
            },
            flushed: i64::MAX - 1,
            partial: Some(Partial {
                through: i64::MAX,
                unit: unit(u128::MAX),
                step: Step::Newest,
            }),
        };
        assert_eq!(longest.to_string().parse(), Ok(longest));
    }

    #[test]
    fn what_we_did_not_write_is_refused() {
        let long = format!("00000000deadbeef-1.0-{:0>200}", 1);
        for text in [
            "",
            "-",
            "deadbeef-1042.1-1040",
            "00000000DEADBEEF-1042.1-1040",
            "00000000deadbeef-1042-1040",
            "00000000deadbeef-+1042.1-1040",
            "00000000deadbeef-01042.1-1040",
            "00000000deadbeef-1042.1--1",
            "00000000deadbeef-1042.4294967296-1040",
            "00000000deadbeef-9223372036854775808.1-1040",
            "00000000deadbeef-1042.1-1040-",
            "00000000deadbeef-1042.1-1040-1041.00000000000000000000000000000001.3",
            "00000000deadbeef-1042.1-1040-1041.00000000-0000-0000-0000-000000000001.1",
            "00000000deadbeef-1042.1-1040-1041.00000000000000000000000000000001.1.1",
            "00000000deadbeef-1042.1-1040-1041.00000000000000000000000000000001.1-1",
            "00000000deadbeef-1042.1-1040-1040.00000000000000000000000000000001.1",
            "a string that a handler sent",
            &long,
        ] {
            assert_eq!(text.parse::<Offset>(), Err(InvalidOffset), "{text}");
        }
    }

    #[test]
    fn inside_a_flush_the_units_up_to_the_last_are_ahead() {
        for (step, id, batches, newest) in [
            (Step::Batch, 4, 1041, 1041),
            (Step::Batch, 5, 1041, 1040),
            (Step::Batch, 6, 1040, 1040),
            (Step::Newest, 5, 1041, 1041),
            (Step::Newest, 6, 1040, 1040),
        ] {
            let offset = offset(Some((1041, 5, step)));
            let sent = (
                offset.batches_through(unit(id)),
                offset.newest_through(unit(id)),
            );
            assert_eq!(sent, (batches, newest), "{step:?}, unit {id}");
        }
        let between = offset(None);
        assert_eq!(
            (
                between.batches_through(unit(5)),
                between.newest_through(unit(5))
            ),
            (1040, 1040)
        );
    }

    #[test]
    fn a_node_covers_what_it_has_sent_itself() {
        let inside = offset(Some((1041, 5, Step::Batch)));
        for (applied, flushed, covered) in [
            (1042, 1041, true),
            (1041, 1041, false),
            (1042, 1040, false),
            (2000, 1999, true),
        ] {
            let position = Position {
                log: inside.log,
                applied,
                flushed,
            };
            assert_eq!(position.covers(&inside), covered, "{applied} {flushed}");
            assert!(
                !Position {
                    log: LogId(1),
                    ..position
                }
                .covers(&inside)
            );
            assert!(position.covers(&position.offset()));
        }
    }
}
