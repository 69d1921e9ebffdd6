//! The property of the live path: what a client received before any cut, plus the replay, is every event
//! and every batch reading of its rooms, once and in order.
//!
//! A model plays random histories: one log, two nodes that apply and tick when they like, one client that
//! joins, leaves, loses the tail of what was sent to it, and comes back on either node. The same histories
//! with a rule broken must fail, or the property would prove nothing.

mod world;

use proptest::{
    prelude::*,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};

use self::world::{Broken, Op, UNITS, World, history, organization, unit};
use super::{Audience, Cursor, Event, LogItem, Offset, Room};
use crate::domain::{ReadingId, Timestamp, UnitId};

impl World {
    /// What the client must have, by the log and its stays alone.
    fn check(&self) -> Result<(), TestCaseError> {
        let mut events = Vec::new();
        let mut batched = vec![Vec::new(); UNITS.into()];
        let mut last_live = vec![None; UNITS.into()];
        for entry in &self.log {
            for (index, item) in (1..).zip(&entry.items) {
                match item {
                    LogItem::Event { audience, event } => {
                        let behind = Cursor {
                            seq: entry.seq,
                            index,
                        };
                        if self.stayed(audience_room(*audience), |offset| offset.events < behind) {
                            events.push(event.clone());
                        }
                    }
                    LogItem::Reading {
                        unit_id,
                        site_id,
                        reading,
                    } => {
                        let n = unit_index(*unit_id);
                        let unsent = |offset: &Offset| offset.batches_through(*unit_id) < entry.seq;
                        if self.stayed(Room::Readings(organization()), unsent) {
                            batched[n].push(reading.id);
                        }
                        let rooms = [Room::Site(*site_id), Room::Unit(*unit_id)];
                        let unsent = |offset: &Offset| offset.newest_through(*unit_id) < entry.seq;
                        if !reading.late && rooms.iter().any(|room| self.stayed(*room, unsent)) {
                            last_live[n] = Some((reading.timestamp, self.stays_in(&rooms)));
                        }
                    }
                    LogItem::Notice(_) => {}
                }
            }
        }
        let received: Vec<Event> = self
            .client
            .received
            .iter()
            .filter(|event| matches!(event, Event::DataUpdated(_)))
            .cloned()
            .collect();
        prop_assert_eq!(received, events);
        for n in 0..UNITS {
            self.check_unit(n, &batched[usize::from(n)], last_live[usize::from(n)])?;
        }
        Ok(())
    }

    fn check_unit(
        &self,
        n: u8,
        batched: &[ReadingId],
        last_live: Option<(Timestamp, bool)>,
    ) -> Result<(), TestCaseError> {
        let mut got = Vec::new();
        let mut newest = Vec::new();
        for event in &self.client.received {
            match event {
                Event::ReadingsBatch(batch) if batch.unit_id == unit(n) => {
                    let mut ids: Vec<_> = batch.readings.iter().map(|reading| reading.id).collect();
                    ids.sort_unstable();
                    got.extend(ids);
                }
                Event::SensorReading(reading) if reading.unit_id == unit(n) => {
                    newest.push(reading.timestamp);
                }
                _ => {}
            }
        }
        prop_assert_eq!(&got, batched, "batches of unit {}", n);
        prop_assert!(
            newest.is_sorted_by(|a, b| a < b),
            "newest readings of unit {} repeat: {:?}",
            n,
            newest
        );
        if let Some((timestamp, true)) = last_live {
            prop_assert_eq!(
                newest.last(),
                Some(&timestamp),
                "newest reading of unit {}",
                n
            );
        }
        Ok(())
    }

    fn stayed(&self, room: Room, unsent: impl Fn(&Offset) -> bool) -> bool {
        self.client.stays.iter().any(|(stay, from, to)| {
            *stay == room && unsent(from) && to.is_none_or(|to| !unsent(&to))
        })
    }

    fn stays_in(&self, rooms: &[Room]) -> bool {
        self.client
            .rooms
            .iter()
            .any(|joined| rooms.contains(&joined.room))
    }
}

fn audience_room(audience: Audience) -> Room {
    match audience {
        Audience::Organization => Room::Organization(organization()),
        Audience::Readings => Room::Readings(organization()),
        Audience::User(id) => Room::User(id),
    }
}

fn unit_index(id: UnitId) -> usize {
    (0..UNITS)
        .position(|n| unit(n) == id)
        .expect("a known unit")
}

fn holds(history: &[Op], broken: Broken) -> Result<(), TestCaseError> {
    let mut world = World::new(broken);
    history.iter().for_each(|op| world.play(op));
    world.finish();
    world.check()
}

proptest! {
    #![proptest_config(Config { cases: 2_000, failure_persistence: None, ..Config::default() })]

    #[test]
    fn a_cut_anywhere_loses_nothing_and_repeats_nothing(history in history()) {
        holds(&history, Broken::Nothing)?;
    }
}

#[test]
fn the_property_notices_every_broken_rule() {
    for broken in [
        Broken::PartialForgotten,
        Broken::PartialTakenForWhole,
        Broken::StepForgotten,
        Broken::EntryTakenForSent,
        Broken::EntrySentAgain,
        Broken::ReadingsTakenForSent,
        Broken::JoinForgotten,
    ] {
        let config = Config {
            cases: 2_000,
            max_shrink_iters: 0,
            failure_persistence: None,
            ..Config::default()
        };
        let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
        let found = TestRunner::new_with_rng(config, rng)
            .run(&history(), |history| holds(&history, broken));
        assert!(found.is_err(), "{broken:?} went unnoticed");
    }
}
