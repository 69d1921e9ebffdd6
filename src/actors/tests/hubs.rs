//! A hub that refuses gets what it lacks later, and nobody else waits for it.

use std::sync::atomic::Ordering::SeqCst;

use uuid::Uuid;

use super::support::{HUB, House, POISONED_EVENT, happened, measured};
use crate::{
    actors::HubKey,
    events::{LogItem, Notice},
};

const OTHER: HubKey = HubKey(1);

#[actix::test]
async fn a_hub_that_refused_catches_up_in_order_and_once() {
    let house = House::open(2).await;
    house.commit(vec![happened(1)]);
    house.hubs.until(OTHER, 1).await;
    house.hubs.refuse(OTHER, true);
    house.commit(vec![happened(2), measured(1, 1)]);
    house.commit(vec![happened(3), measured(1, 2)]);
    house.tick().await;
    let in_step = house.hubs.until(HUB, 5).await;
    house.commit(vec![measured(1, 3)]);
    house.tick().await;
    house.hubs.until(HUB, 7).await;
    house.hubs.refuse(OTHER, false);
    house.commit(vec![happened(4), measured(1, 4)]);
    house.emptied().await;
    assert_eq!(
        in_step,
        [
            "event 1",
            "event 2",
            "event 3",
            "batch of 1: 1 2",
            "newest of 1: 2"
        ]
    );
    let after = ["event 4", "batch of 1: 4", "newest of 1: 4"];
    assert_eq!(
        house.hubs.got(HUB)[5..7],
        ["batch of 1: 3", "newest of 1: 3"]
    );
    assert_eq!(house.hubs.got(HUB)[7..], after);
    let lacking = [
        "event 1",
        "event 2",
        "event 3",
        "event 4",
        "batch of 1: 1 2 3",
        "newest of 1: 3",
    ];
    assert_eq!(house.hubs.got(OTHER)[..6], lacking);
    assert_eq!(house.hubs.got(OTHER)[6..], after[1..]);
}

#[actix::test]
async fn a_tick_with_nothing_new_still_serves_who_is_behind() {
    let house = House::open(2).await;
    house.hubs.refuse(OTHER, true);
    house.commit(vec![happened(1)]);
    house.hubs.until(HUB, 1).await;
    house.hubs.refuse(OTHER, false);
    house.tick().await;
    assert_eq!(house.hubs.until(OTHER, 1).await, ["event 1"]);
}

#[actix::test]
async fn a_new_hub_begins_where_the_others_are() {
    let house = House::open(1).await;
    house.commit(vec![happened(1), measured(1, 1)]);
    house.hubs.until(HUB, 1).await;
    house.hubs.add(OTHER);
    house.commit(vec![happened(2)]);
    house.emptied().await;
    assert_eq!(
        house.hubs.got(OTHER),
        ["event 2", "batch of 1: 1", "newest of 1: 1"]
    );
}

#[actix::test]
async fn a_hub_that_is_gone_holds_nothing_up() {
    let house = House::open(2).await;
    house.hubs.refuse(OTHER, true);
    house.commit(vec![happened(1)]);
    house.hubs.until(HUB, 1).await;
    house.hubs.remove(OTHER);
    house.commit(vec![happened(2)]);
    assert_eq!(house.emptied().await, ["event 1", "event 2"]);
}

#[actix::test]
async fn an_organization_that_panics_while_its_hubs_differ_serves_each_once() {
    let house = House::open(2).await;
    house.hubs.refuse(OTHER, true);
    house.commit(vec![happened(1), measured(1, 1)]);
    house.tick().await;
    house.hubs.until(HUB, 3).await;
    house.encoder.encode.store(1, SeqCst);
    house.hubs.refuse(OTHER, false);
    house.commit(vec![happened(POISONED_EVENT), measured(1, 2)]);
    house.emptied().await;
    assert_eq!(house.encoder.encode.load(SeqCst), 0, "it did panic");
    assert_eq!(
        house.hubs.got(HUB),
        [
            "event 1",
            "batch of 1: 1",
            "newest of 1: 1",
            "event 666",
            "batch of 1: 2",
            "newest of 1: 2"
        ]
    );
    let other = house.hubs.got(OTHER);
    let events: Vec<_> = other
        .iter()
        .filter(|got| got.starts_with("event"))
        .collect();
    assert_eq!(events, ["event 1", "event 666"]);
    let readings: String = other
        .iter()
        .filter_map(|got| got.strip_prefix("batch of 1:"))
        .collect();
    assert_eq!(readings, " 1 2");
}

#[actix::test]
async fn a_hub_that_takes_nothing_for_too_long_is_told_of_a_gap() {
    let house = House::open(2).await;
    house.hubs.refuse(OTHER, true);
    house.commit(vec![happened(1)]);
    for _ in 0..16 {
        house.commit(
            (0..10_000)
                .map(|n| {
                    LogItem::Notice(Notice::MemberChanged {
                        user_id: Uuid::from_u128(n).into(),
                    })
                })
                .collect(),
        );
        house.tick().await;
    }
    house.hubs.refuse(OTHER, false);
    house.commit(vec![happened(2)]);
    house.tick().await;
    house.commit(vec![happened(3)]);
    assert_eq!(house.emptied().await, ["event 1", "event 2", "event 3"]);
    assert_eq!(house.hubs.got(OTHER), ["gap: fell_behind", "event 3"]);
}
