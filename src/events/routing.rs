//! From the log to rooms: what leaves for whom, and the offset that says it was sent.

use super::{
    Audience, Cursor, Event, GapReason, LogEntry, LogItem, Offset, Partial, Position, Room, Step,
    StreamGap, StreamPosition, UnitOutput,
};
use crate::domain::{OrganizationId, SiteId, Timestamp, UnitId};

/// Something to send.
#[derive(Debug, Clone, PartialEq)]
pub struct Outgoing {
    /// To each socket that is in at least one of these, once.
    pub rooms: Vec<Room>,
    /// What.
    pub event: Event,
    /// What was sent once this is; none where that is no news of the log.
    pub offset: Option<Offset>,
}

/// The events of one entry, in its order. Its readings wait for [`flush`].
#[must_use]
pub fn route(organization: OrganizationId, before: Position, entry: &LogEntry) -> Vec<Outgoing> {
    events_of(organization, entry)
        .map(|(next, rooms, event)| Outgoing {
            rooms,
            event: event.clone(),
            offset: Some(Offset {
                events: next,
                ..before.offset()
            }),
        })
        .collect()
}

/// The readings of every entry after `before.flushed` up to `through`, as the units hand them in.
/// `units` must come in the order of their ids.
#[must_use]
pub fn flush(
    organization: OrganizationId,
    before: Position,
    through: i64,
    units: impl IntoIterator<Item = UnitOutput>,
) -> Vec<Outgoing> {
    units
        .into_iter()
        .flat_map(|unit| flush_unit(organization, before.offset(), through, unit))
        .collect()
}

/// Tells rooms that something is missing.
#[must_use]
pub const fn gap(rooms: Vec<Room>, reason: GapReason) -> Outgoing {
    Outgoing {
        rooms,
        event: Event::StreamGap(StreamGap { reason }),
        offset: None,
    }
}

/// Tells the organization how far it has been sent everything.
#[must_use]
pub fn progress(
    organization: OrganizationId,
    position: Position,
    complete_through: Timestamp,
) -> Outgoing {
    let offset = position.offset();
    Outgoing {
        rooms: vec![Room::Organization(organization)],
        event: Event::StreamPosition(StreamPosition {
            position: offset.to_string(),
            complete_through,
        }),
        offset: Some(offset),
    }
}

/// The rooms that get a unit's newest readings.
#[must_use]
pub fn newest_rooms(site: SiteId, unit: UnitId) -> Vec<Room> {
    vec![Room::Site(site), Room::Unit(unit)]
}

/// An entry's events that clients get, each with the cursor behind it.
pub(super) fn events_of(
    organization: OrganizationId,
    entry: &LogEntry,
) -> impl Iterator<Item = (Cursor, Vec<Room>, &Event)> {
    (1..).zip(&entry.items).filter_map(move |(index, item)| {
        let LogItem::Event { audience, event } = item else {
            return None;
        };
        let room = audience_room(organization, *audience);
        Some((
            Cursor {
                seq: entry.seq,
                index,
            },
            vec![room],
            event,
        ))
    })
}

/// One unit's part of a flush up to `through`, which `before` is at or inside of.
pub(super) fn flush_unit(
    organization: OrganizationId,
    before: Offset,
    through: i64,
    unit: UnitOutput,
) -> impl Iterator<Item = Outgoing> {
    let UnitOutput {
        unit_id,
        site_id,
        overflowed,
        batch,
        newest,
    } = unit;
    let sent = move |step| {
        Some(Offset {
            partial: Some(Partial {
                through,
                unit: unit_id,
                step,
            }),
            ..before
        })
    };
    let overflow =
        overflowed.then(|| gap(vec![Room::Readings(organization)], GapReason::BatchOverflow));
    let batch = batch.map(|event| Outgoing {
        rooms: vec![Room::Readings(organization)],
        event,
        offset: sent(Step::Batch),
    });
    let newest = newest.map(|event| Outgoing {
        rooms: newest_rooms(site_id, unit_id),
        event,
        offset: sent(Step::Newest),
    });
    overflow.into_iter().chain(batch).chain(newest)
}

const fn audience_room(organization: OrganizationId, audience: Audience) -> Room {
    match audience {
        Audience::Organization => Room::Organization(organization),
        Audience::Readings => Room::Readings(organization),
        Audience::User(user) => Room::User(user),
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{
        domain::Timestamp,
        events::{DataUpdated, LogId, Notice, Resource, UnitBatch, log::fixtures::reading},
    };

    const BEFORE: Position = Position {
        log: LogId(1),
        applied: 6,
        flushed: 5,
    };

    fn organization() -> OrganizationId {
        Uuid::from_u128(1).into()
    }

    fn changed(id: u128) -> Event {
        Event::DataUpdated(DataUpdated {
            resource: Resource::Units,
            id: Uuid::from_u128(id),
        })
    }

    #[test]
    fn each_audience_has_its_room_and_a_notice_none() {
        let user = Uuid::from_u128(4).into();
        let reading = LogItem::Reading {
            unit_id: Uuid::nil().into(),
            site_id: Uuid::nil().into(),
            reading: reading(1, 4.0),
        };
        let event = |audience, id| LogItem::Event {
            audience,
            event: changed(id),
        };
        let items = vec![
            event(Audience::Organization, 0),
            reading,
            event(Audience::Readings, 2),
            LogItem::Notice(Notice::MemberChanged { user_id: user }),
            event(Audience::User(user), 4),
        ];
        let entry = LogEntry {
            seq: 7,
            at: Timestamp::from_millis(0),
            items,
        };
        let sent = route(organization(), BEFORE, &entry);
        let expected = [
            (Room::Organization(organization()), 0, 1),
            (Room::Readings(organization()), 2, 3),
            (Room::User(user), 4, 5),
        ]
        .map(|(room, id, index)| Outgoing {
            rooms: vec![room],
            event: changed(id),
            offset: Some(Offset {
                log: LogId(1),
                events: Cursor { seq: 7, index },
                flushed: 5,
                partial: None,
            }),
        });
        assert_eq!(sent, expected);
    }

    #[test]
    fn a_flush_sends_each_units_batch_then_its_newest_and_says_how_far_it_is() {
        let units = [2, 3].map(|id| {
            let mut batch = UnitBatch::new(Uuid::from_u128(id).into(), Uuid::from_u128(9).into());
            batch.consider(&reading(1, 4.0));
            batch.push(reading(1, 4.0));
            batch.into_output()
        });
        let sent = flush(organization(), BEFORE, 6, units);
        let steps: Vec<_> = sent
            .iter()
            .map(|outgoing| {
                (
                    outgoing.event.name(),
                    outgoing.rooms.clone(),
                    outgoing.offset.and_then(|o| o.partial),
                )
            })
            .collect();
        let readings = vec![Room::Readings(organization())];
        let partial = |id, step| {
            Some(Partial {
                through: 6,
                unit: Uuid::from_u128(id).into(),
                step,
            })
        };
        let newest = |id| newest_rooms(Uuid::from_u128(9).into(), Uuid::from_u128(id).into());
        assert_eq!(
            steps,
            [
                (
                    "sensor:readings:batch",
                    readings.clone(),
                    partial(2, Step::Batch)
                ),
                ("sensor:reading", newest(2), partial(2, Step::Newest)),
                ("sensor:readings:batch", readings, partial(3, Step::Batch)),
                ("sensor:reading", newest(3), partial(3, Step::Newest)),
            ]
        );
    }

    #[test]
    fn an_overflow_is_told_before_the_batch_and_carries_no_offset() {
        let mut batch = UnitBatch::new(Uuid::nil().into(), Uuid::nil().into());
        (0..=1_000).for_each(|n| batch.push(reading(n, 4.0)));
        let sent = flush(organization(), BEFORE, 6, [batch.into_output()]);
        assert_eq!(
            sent[0],
            gap(
                vec![Room::Readings(organization())],
                GapReason::BatchOverflow
            )
        );
        assert_eq!(sent[1].event.name(), "sensor:readings:batch");
        assert_eq!(sent.len(), 2);
    }
}
