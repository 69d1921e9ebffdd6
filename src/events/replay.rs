//! What a listener that was sent everything up to an offset still has to get: the same rules as live,
//! over the log, once more.
//!
//! First the events in log order, then per unit one batch and one newest reading. A cut inside a flush left
//! some units ahead of the others; that flush is finished first, so that each frame's offset, inside the
//! replay too, says exactly what was sent, and a replay may itself be cut.

use std::{borrow::Borrow, collections::BTreeMap};

use super::{
    LogEntry, LogItem, Offset, Outgoing, Position, Room, UnitBatch,
    routing::{events_of, flush_unit, newest_rooms},
};
use crate::domain::{OrganizationId, Reading, SiteId, UnitId};

/// A room that a client is in, and the last offset that its node had sent when it joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JoinedRoom {
    /// The room.
    pub room: Room,
    /// Nothing before it is for this client.
    pub at: Offset,
}

/// Whom a replay is for.
#[derive(Debug, Clone, Copy)]
pub enum Listener<'a> {
    /// One that routes to rooms itself: everything.
    Everyone,
    /// A client: what its rooms got since it joined each.
    Rooms(&'a [JoinedRoom]),
}

/// Why there is no replay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReplayError {
    /// The offset is of another database's log. There is nothing to go on from.
    #[error("the offset belongs to another log")]
    OtherLog,
    /// Something was sent that this node has not sent yet. Try again after its next flush.
    #[error("the offset is ahead of this node")]
    Ahead,
    /// The log no longer reaches back far enough, or has a hole.
    #[error("the log does not reach back to the offset")]
    Gone,
}

/// Everything between `from` and `until` that is for this listener. `log` holds at least the entries from
/// [`Offset::first_needed`] to `until.applied`, ascending.
///
/// # Errors
/// [`ReplayError`]
pub fn replay<E: Borrow<LogEntry>>(
    organization: OrganizationId,
    log: &[E],
    from: &Offset,
    listener: Listener<'_>,
    until: Position,
) -> Result<Vec<Outgoing>, ReplayError> {
    let entries = needed(log, from, listener, until)?;
    let audience = Audible {
        organization,
        from: *from,
        listener,
    };
    let mut sent = audience.events(&entries, until);
    let mut progress = Offset {
        events: until.offset().events,
        ..*from
    };
    if let Some(partial) = from.partial {
        sent.extend(audience.readings(&entries, progress, partial.through));
        progress = Offset {
            flushed: partial.through,
            partial: None,
            ..progress
        };
    }
    sent.extend(audience.readings(&entries, progress, until.flushed));
    Ok(sent)
}

/// The entries concerned, checked to be all of them.
fn needed<'a, E: Borrow<LogEntry>>(
    log: &'a [E],
    from: &Offset,
    listener: Listener<'_>,
    until: Position,
) -> Result<Vec<&'a LogEntry>, ReplayError> {
    let joined: &[JoinedRoom] = match listener {
        Listener::Everyone => &[],
        Listener::Rooms(rooms) => rooms,
    };
    for offset in joined.iter().map(|joined| &joined.at).chain([from]) {
        if offset.log != until.log {
            return Err(ReplayError::OtherLog);
        }
        if !until.covers(offset) {
            return Err(ReplayError::Ahead);
        }
    }
    let range = from.first_needed()..=until.applied;
    let entries: Vec<&LogEntry> = log
        .iter()
        .map(Borrow::borrow)
        .filter(|entry| range.contains(&entry.seq))
        .collect();
    let whole = entries.iter().map(|entry| entry.seq).eq(range);
    if whole {
        Ok(entries)
    } else {
        Err(ReplayError::Gone)
    }
}

struct Audible<'a> {
    organization: OrganizationId,
    from: Offset,
    listener: Listener<'a>,
}

impl Audible<'_> {
    fn events(&self, entries: &[&LogEntry], until: Position) -> Vec<Outgoing> {
        entries
            .iter()
            .filter(|entry| entry.seq <= until.applied)
            .flat_map(|entry| events_of(self.organization, entry))
            .filter(|(behind, rooms, _)| self.hears(rooms, |sent| sent.events < *behind))
            .map(|(behind, rooms, event)| Outgoing {
                rooms,
                event: event.clone(),
                offset: Some(Offset {
                    events: behind,
                    ..self.from
                }),
            })
            .collect()
    }

    /// One flush up to `through`, of which `progress` was sent.
    fn readings(&self, entries: &[&LogEntry], progress: Offset, through: i64) -> Vec<Outgoing> {
        let mut units: BTreeMap<UnitId, UnitBatch> = BTreeMap::new();
        for entry in entries.iter().filter(|entry| entry.seq <= through) {
            for (unit_id, site_id, reading) in readings_of(entry) {
                let batch = [Room::Readings(self.organization)];
                let unsent = progress.batches_through(unit_id) < entry.seq;
                let in_batch =
                    unsent && self.hears(&batch, |sent| sent.batches_through(unit_id) < entry.seq);
                let newest = newest_rooms(site_id, unit_id);
                let unsent = progress.newest_through(unit_id) < entry.seq;
                let in_newest =
                    unsent && self.hears(&newest, |sent| sent.newest_through(unit_id) < entry.seq);
                if !in_batch && !in_newest {
                    continue;
                }
                let unit = units
                    .entry(unit_id)
                    .or_insert_with(|| UnitBatch::new(unit_id, site_id));
                unit.set_site(site_id);
                if in_newest {
                    unit.consider(reading);
                }
                if in_batch {
                    unit.push(reading.clone());
                }
            }
        }
        let outputs = units.into_values().map(UnitBatch::into_output);
        outputs
            .flat_map(|output| flush_unit(self.organization, progress, through, output))
            .collect()
    }

    /// Whether something for these rooms is new to the listener: `unsent` of its own offset, and of the
    /// offset at which it joined one of them.
    fn hears(&self, rooms: &[Room], unsent: impl Fn(&Offset) -> bool) -> bool {
        unsent(&self.from)
            && match self.listener {
                Listener::Everyone => true,
                Listener::Rooms(joined) => joined
                    .iter()
                    .any(|joined| rooms.contains(&joined.room) && unsent(&joined.at)),
            }
    }
}

fn readings_of(entry: &LogEntry) -> impl Iterator<Item = (UnitId, SiteId, &Reading)> {
    entry.items.iter().filter_map(|item| match item {
        LogItem::Reading {
            unit_id,
            site_id,
            reading,
        } => Some((*unit_id, *site_id, reading)),
        LogItem::Event { .. } | LogItem::Notice(_) => None,
    })
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{
        domain::Timestamp,
        events::{Cursor, LogId},
    };

    const LOG: LogId = LogId(1);

    fn entry(seq: i64) -> LogEntry {
        LogEntry {
            seq,
            at: Timestamp::from_millis(seq),
            items: Vec::new(),
        }
    }

    #[test]
    fn what_cannot_be_replayed_says_why() {
        let log: Vec<LogEntry> = (5..=9).map(entry).collect();
        let until = Position {
            log: LOG,
            applied: 9,
            flushed: 8,
        };
        let from = |seq, flushed| Offset {
            log: LOG,
            events: Cursor { seq, index: 0 },
            flushed,
            partial: None,
        };
        let other = Offset {
            log: LogId(2),
            ..from(7, 6)
        };
        let holed: Vec<LogEntry> = log.iter().filter(|entry| entry.seq != 7).cloned().collect();
        for (name, log, from, result) in [
            ("everything there", &log, from(5, 4), Ok(())),
            ("nothing new", &log, from(10, 8), Ok(())),
            ("another log", &log, other, Err(ReplayError::OtherLog)),
            ("events ahead", &log, from(11, 8), Err(ReplayError::Ahead)),
            ("readings ahead", &log, from(10, 9), Err(ReplayError::Ahead)),
            ("events gone", &log, from(4, 4), Err(ReplayError::Gone)),
            ("readings gone", &log, from(5, 3), Err(ReplayError::Gone)),
            ("a hole", &holed, from(5, 4), Err(ReplayError::Gone)),
        ] {
            let replayed = replay(Uuid::nil().into(), log, &from, Listener::Everyone, until);
            assert_eq!(replayed.map(|_| ()), result, "{name}");
        }
    }

    #[test]
    fn a_room_joined_ahead_of_this_node_waits() {
        let log = [entry(1)];
        let until = Position {
            log: LOG,
            applied: 1,
            flushed: 0,
        };
        let joined = JoinedRoom {
            room: Room::Unit(Uuid::nil().into()),
            at: Position::at(LOG, 1).offset(),
        };
        let from = Position::at(LOG, 0).offset();
        let replayed = replay(
            Uuid::nil().into(),
            &log,
            &from,
            Listener::Rooms(&[joined]),
            until,
        );
        assert_eq!(replayed, Err(ReplayError::Ahead));
    }
}
