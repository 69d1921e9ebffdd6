//! In order, once, and in the right second.

use super::support::{Failing, HUB, House, happened, happened_for, measured, organization};
use crate::{
    actors::organization::Tick,
    events::{Audience, LogItem, Notice},
};

#[actix::test]
async fn events_leave_at_once_and_readings_at_the_tick() {
    let house = House::open(1).await;
    house.commit(vec![measured(2, 1), happened(7), measured(1, 2)]);
    house.commit(vec![measured(2, 3)]);
    assert_eq!(house.hubs.until(HUB, 1).await, ["event 7"]);
    house.tick().await;
    let got = house.hubs.until(HUB, 5).await;
    assert_eq!(
        got,
        [
            "event 7",
            "batch of 1: 2",
            "newest of 1: 2",
            "batch of 2: 1 3",
            "newest of 2: 3"
        ]
    );
    assert_eq!(house.hubs.turns(HUB), 2, "a flush leaves in one turn");
}

#[actix::test]
async fn each_goes_to_its_rooms() {
    let house = House::open(1).await;
    let user = uuid::Uuid::from_u128(9).into();
    house.commit(vec![
        happened(1),
        happened_for(Audience::User(user), 2),
        LogItem::Notice(Notice::MemberChanged { user_id: user }),
        measured(5, 4),
    ]);
    house.emptied().await;
    let organization = organization(1);
    let rooms: Vec<Vec<String>> = house
        .hubs
        .received(HUB)
        .into_iter()
        .map(|delivery| delivery.rooms.iter().map(ToString::to_string).collect())
        .collect();
    let id = |n| uuid::Uuid::from_u128(n);
    assert_eq!(
        rooms,
        [
            vec![format!("org:{organization}")],
            vec![format!("user:{user}")],
            vec![format!("org:{organization}:readings")],
            vec![format!("site:{}", id(1_000)), format!("unit:{}", id(5))],
        ]
    );
}

#[actix::test]
async fn a_second_without_readings_sends_nothing() {
    let house = House::open(1).await;
    house.commit(vec![measured(1, 1)]);
    house.tick().await;
    let first = house.hubs.until(HUB, 2).await;
    house.tick().await;
    house.tick().await;
    assert_eq!(house.emptied().await, first);
    assert_eq!(house.hubs.turns(HUB), 1);
}

#[actix::test]
async fn what_is_committed_behind_a_tick_is_of_the_next_one() {
    let house = House::open(1).await;
    house.commit(vec![measured(1, 1)]);
    let ticked = house.actor.send(Tick);
    house.commit(vec![measured(1, 2)]);
    ticked.await.expect("alive");
    let first = house.hubs.until(HUB, 2).await;
    assert_eq!(first, ["batch of 1: 1", "newest of 1: 1"]);
    let all = house.emptied().await;
    assert_eq!(all[2..], ["batch of 1: 2", "newest of 1: 2"]);
}

#[actix::test]
async fn each_second_has_one_batch_of_its_own_readings() {
    let house = House::open(1).await;
    for (first, count) in [(1, 2), (3, 4)] {
        house.commit(vec![measured(1, first)]);
        house.commit(vec![measured(1, first + 1)]);
        house.tick().await;
        house.hubs.until(HUB, count).await;
    }
    let got = house.emptied().await;
    assert_eq!(
        got,
        [
            "batch of 1: 1 2",
            "newest of 1: 2",
            "batch of 1: 3 4",
            "newest of 1: 4"
        ]
    );
}

#[actix::test]
async fn lost_doubled_and_reordered_wakes_change_nothing() {
    let house = House::open(1).await;
    let entries: Vec<_> = (1..=6)
        .map(|n| house.log.commit(organization(1), vec![happened(n)]))
        .collect();
    for seq in [2, 1, 1, 6, 3, 4] {
        house.wake(
            seq,
            Some(entries[usize::try_from(seq).expect("small") - 1].clone()),
        );
    }
    house.wake(5, None);
    assert_eq!(
        house.emptied().await,
        [
            "event 1", "event 2", "event 3", "event 4", "event 5", "event 6"
        ]
    );
}

#[actix::test]
async fn a_polled_head_tells_of_what_no_wake_did() {
    let house = House::open(1).await;
    house.commit_unheard(vec![happened(1)]);
    house.head_seen(1).await;
    assert_eq!(house.hubs.until(HUB, 1).await, ["event 1"]);
}

#[actix::test]
async fn a_long_log_is_read_page_by_page() {
    let house = House::open(1).await;
    (1..=700).for_each(|n| house.commit_unheard(vec![happened(n)]));
    house.wake(700, None);
    let expected: Vec<String> = (1..=700).map(|n| format!("event {n}")).collect();
    assert_eq!(house.emptied().await, expected);
}

#[actix::test]
async fn a_log_that_cannot_be_read_is_read_later() {
    for failing in [Failing::Error, Failing::Panic] {
        let house = House::open(1).await;
        house.commit_unheard(vec![happened(1)]);
        house.log.fail(Some(failing));
        house.head_seen(1).await;
        assert!(house.emptied().await.is_empty(), "{failing:?}");
        house.log.fail(None);
        house.head_seen(1).await;
        assert_eq!(house.hubs.until(HUB, 1).await, ["event 1"], "{failing:?}");
    }
}

#[actix::test]
async fn a_log_that_was_pruned_restarts_at_its_head_with_a_gap() {
    let house = House::open(1).await;
    house.commit(vec![measured(1, 1), happened(1)]);
    house.hubs.until(HUB, 1).await;
    house.commit_unheard(vec![happened(2)]);
    house.commit_unheard(vec![happened(3)]);
    house.log.prune(organization(1), 2);
    house.wake(3, None);
    assert_eq!(
        house.hubs.until(HUB, 2).await,
        ["event 1", "gap: log_restarted"]
    );
    house.commit(vec![measured(1, 2), happened(4)]);
    assert_eq!(
        house.emptied().await,
        [
            "event 1",
            "gap: log_restarted",
            "event 4",
            "batch of 1: 2",
            "newest of 1: 2"
        ]
    );
}

#[actix::test]
async fn a_failover_that_lost_commits_restarts_at_the_head_with_a_gap() {
    let house = House::open(1).await;
    (1..=3).for_each(|n| house.commit(vec![happened(n)]));
    house.hubs.until(HUB, 3).await;
    house.log.lose(organization(1), 1);
    house.head_seen(1).await;
    house.hubs.until(HUB, 4).await;
    house.commit(vec![happened(20)]);
    let got = house.emptied().await;
    assert_eq!(
        got,
        [
            "event 1",
            "event 2",
            "event 3",
            "gap: log_restarted",
            "event 20"
        ]
    );
}

#[actix::test]
async fn a_batch_over_its_bound_is_told() {
    let house = House::open(1).await;
    house.commit((1..=1_001).map(|n| measured(1, n)).collect());
    let got = house.emptied().await;
    assert_eq!(got.len(), 3);
    assert_eq!(got[0], "gap: batch_overflow");
    assert!(got[1].starts_with("batch of 1: 2 3 "), "the oldest left");
    assert_eq!(got[2], "newest of 1: 1001");
}

#[actix::test]
async fn a_unit_that_cannot_keep_up_is_taken_from_the_log() {
    let house = House::open(1).await;
    (1..=200).for_each(|n| house.commit_unheard(vec![measured(1, n)]));
    house.wake(200, None);
    let ids: Vec<String> = (1..=200).map(|n| n.to_string()).collect();
    assert_eq!(
        house.emptied().await,
        [
            format!("batch of 1: {}", ids.join(" ")),
            "newest of 1: 200".to_owned()
        ]
    );
}

#[actix::test]
async fn more_than_the_units_hold_waits_in_the_log_for_the_next_flush() {
    let house = House::open(1).await;
    for n in 1..=60 {
        house.commit_unheard((1..=1_000).map(|unit| measured(unit, n)).collect());
    }
    house.wake(60, None);
    let got = house.emptied().await;
    assert_eq!(got.len(), 4_000, "two flushes of a thousand units");
    let of_unit = |unit: u128| -> String {
        let batch = format!("batch of {unit}:");
        got.iter()
            .filter_map(|got| got.strip_prefix(&batch))
            .collect()
    };
    let expected: String = (1..=60).map(|n| format!(" {n}")).collect();
    assert_eq!((of_unit(1), of_unit(1_000)), (expected.clone(), expected));
}
