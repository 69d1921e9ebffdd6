//! Sockets come in, and come back, without anything falling between.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use actix::Addr;
use actix_socketio::Room as RoomName;

use super::support::{HUB, House, Town, frame_in_words, happened, measured, organization};
use crate::{
    actors::{
        Admit, Admitted, Entrant, Entry, HubKey, NotAdmitted, Outcome, Ticks,
        organization::OrganizationActor,
    },
    events::{JoinedRoom, LogId, Offset, Position, Room},
};

const OTHER: HubKey = HubKey(1);
const PLENTY: usize = 100_000;

/// A socket of a hub, which writes down what it joins.
struct Probe {
    hub: HubKey,
    joined: Arc<Mutex<Vec<RoomName>>>,
    outcome: Outcome,
}

impl Entrant for Probe {
    fn hub(&self) -> HubKey {
        self.hub
    }

    fn join(&self, rooms: Vec<RoomName>) -> Outcome {
        self.joined.lock().expect("unpoisoned").extend(rooms);
        self.outcome
    }
}

fn admit(hub: HubKey, entry: Entry, joined: &Arc<Mutex<Vec<RoomName>>>) -> Admit {
    Admit {
        organization: organization(1),
        entrant: Box::new(Probe {
            hub,
            joined: Arc::clone(joined),
            outcome: Outcome::Accepted,
        }),
        entry,
    }
}

async fn asked(
    actor: &Addr<OrganizationActor>,
    hub: HubKey,
    entry: Entry,
) -> Result<Admitted, NotAdmitted> {
    let joined = Arc::default();
    let answer = actor.send(admit(hub, entry, &joined)).await.expect("alive");
    assert_eq!(
        answer.is_ok(),
        !joined.lock().expect("unpoisoned").is_empty()
    );
    answer
}

fn everywhere() -> Vec<Room> {
    vec![
        Room::Organization(organization(1)),
        Room::Readings(organization(1)),
    ]
}

/// In the rooms of everybody since `at`, with everything up to `from`.
fn back(at: Offset, from: Offset, limit: usize) -> Entry {
    let joined = |room| JoinedRoom { room, at };
    Entry::Return {
        rooms: everywhere().into_iter().map(joined).collect(),
        from,
        limit,
    }
}

fn in_words(admitted: &Admitted) -> Vec<String> {
    admitted.missed.iter().map(frame_in_words).collect()
}

fn start() -> Offset {
    Position::at(LogId(1), 0).offset()
}

#[actix::test]
async fn a_fresh_socket_begins_at_what_its_hub_was_handed() {
    let house = House::open(1).await;
    house.commit(vec![happened(1), measured(1, 1)]);
    house.hubs.until(HUB, 1).await;
    let admitted = asked(&house.actor, HUB, Entry::Fresh(everywhere())).await;
    let admitted = admitted.expect("admitted");
    let position = Position {
        applied: 1,
        flushed: 0,
        ..Position::at(LogId(1), 0)
    };
    assert_eq!(admitted.at, position.offset());
    assert_eq!(in_words(&admitted), Vec::<String>::new());
}

#[actix::test]
async fn a_socket_that_comes_back_gets_what_it_missed_and_then_goes_on_live() {
    let house = House::open(1).await;
    house.commit(vec![happened(1), measured(1, 1)]);
    house.tick().await;
    let first = house.hubs.until(HUB, 3).await;
    house.commit(vec![happened(2), measured(1, 2)]);
    house.hubs.until(HUB, 4).await;
    let admitted = asked(&house.actor, HUB, back(start(), start(), PLENTY)).await;
    let admitted = admitted.expect("admitted");
    // The socket is in no room of its unit's newest readings.
    assert_eq!(in_words(&admitted), ["event 1", "event 2", "batch of 1: 1"]);
    let live = house.emptied().await;
    assert_eq!(live[first.len() + 1..], ["batch of 1: 2", "newest of 1: 2"]);
    let again = asked(&house.actor, HUB, back(start(), admitted.at, PLENTY)).await;
    assert_eq!(in_words(&again.expect("admitted")), ["batch of 1: 2"]);
}

#[actix::test]
async fn a_socket_of_a_hub_that_lags_gets_what_that_hub_was_handed() {
    let house = House::open(2).await;
    house.hubs.refuse(OTHER, true);
    house.commit(vec![happened(1)]);
    house.hubs.until(HUB, 1).await;
    for (hub, missed) in [(HUB, vec!["event 1"]), (OTHER, vec![])] {
        let admitted = asked(&house.actor, hub, back(start(), start(), PLENTY)).await;
        assert_eq!(in_words(&admitted.expect("admitted")), missed, "{hub:?}");
    }
    house.hubs.refuse(OTHER, false);
    house.commit(vec![happened(2)]);
    house.emptied().await;
    assert_eq!(house.hubs.got(OTHER), ["event 1", "event 2"]);
}

#[actix::test]
async fn what_cannot_be_replayed_is_said_and_joins_nothing() {
    let house = House::open(1).await;
    house.commit(vec![happened(1), happened(2)]);
    house.emptied().await;
    let foreign = Position::at(LogId(2), 0).offset();
    let too_little = 100;
    for (name, entry) in [
        ("another log", back(start(), foreign, PLENTY)),
        ("too much", back(start(), start(), too_little)),
    ] {
        let refused = asked(&house.actor, HUB, entry).await;
        assert_eq!(refused.map(drop), Err(NotAdmitted::Lost), "{name}");
    }
    house.time.advance(Duration::from_secs(121));
    let late = asked(&house.actor, HUB, back(start(), start(), PLENTY)).await;
    assert_eq!(late.map(drop), Err(NotAdmitted::Lost), "too old");
    let idle = Position::at(LogId(1), 1).offset();
    let idle = asked(&house.actor, HUB, back(start(), idle, PLENTY)).await;
    assert_eq!(in_words(&idle.expect("admitted")), Vec::<String>::new());
}

#[actix::test]
async fn a_socket_that_is_ahead_waits_for_the_flush_that_passes_it() {
    let house = House::open(1).await;
    house.commit(vec![measured(1, 1)]);
    let ahead = Position::at(LogId(1), 1).offset();
    let joined = Arc::default();
    let waiting = house
        .actor
        .send(admit(HUB, back(start(), ahead, PLENTY), &joined));
    house.commit(vec![happened(2)]);
    house.hubs.until(HUB, 1).await;
    assert!(joined.lock().expect("unpoisoned").is_empty());
    house.tick().await;
    let admitted = waiting.await.expect("alive").expect("admitted");
    assert_eq!(in_words(&admitted), ["event 2"]);
}

#[actix::test]
async fn a_socket_of_the_future_is_told_after_some_flushes() {
    let house = House::open(1).await;
    let future = Position::at(LogId(1), 99).offset();
    let waiting = house
        .actor
        .send(admit(HUB, back(start(), future, PLENTY), &Arc::default()));
    for _ in 0..4 {
        house.tick().await;
    }
    let answer = waiting.await.expect("alive");
    assert_eq!(answer.map(drop), Err(NotAdmitted::Lost));
}

#[actix::test]
async fn a_panic_of_the_organization_costs_no_return() {
    let house = House::open(1).await;
    house.commit(vec![happened(1), measured(1, 1)]);
    house.emptied().await;
    house
        .encoder
        .encode
        .store(1, std::sync::atomic::Ordering::SeqCst);
    house.commit(vec![happened(super::support::POISONED_EVENT)]);
    house.emptied().await;
    let admitted = asked(&house.actor, HUB, back(start(), start(), PLENTY)).await;
    assert_eq!(
        in_words(&admitted.expect("admitted")),
        ["event 1", "event 666", "batch of 1: 1"]
    );
}

#[actix::test]
async fn an_organization_that_is_started_knows_what_was_before() {
    let town = Town::new(Ticks::ByMessage);
    for n in 1..=300 {
        town.commit(1, vec![happened(n)]);
    }
    let refused = town.admit(admit(HUB, Entry::Fresh(everywhere()), &Arc::default()));
    assert_eq!(
        refused.await.map(drop),
        Err(NotAdmitted::NotNow),
        "unwatched"
    );
    let _watch = town.watch(1).await.expect("watched");
    let admitted = town.admit(admit(HUB, back(start(), start(), PLENTY), &Arc::default()));
    let missed = in_words(&admitted.await.expect("admitted"));
    let all: Vec<String> = (1..=300).map(|n| format!("event {n}")).collect();
    assert_eq!(missed, all);
}

#[actix::test]
async fn a_refused_join_is_worth_another_try() {
    let house = House::open(1).await;
    for outcome in [Outcome::Refused, Outcome::Gone] {
        let joined = Arc::default();
        let admit = Admit {
            entrant: Box::new(Probe {
                hub: HUB,
                joined,
                outcome,
            }),
            ..admit(HUB, Entry::Fresh(everywhere()), &Arc::default())
        };
        let answer = house.actor.send(admit).await.expect("alive");
        assert_eq!(answer.map(drop), Err(NotAdmitted::NotNow), "{outcome:?}");
    }
}
