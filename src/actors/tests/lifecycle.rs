//! Actors run for whom somebody watches, and no longer.

use std::sync::{Arc, atomic::Ordering::SeqCst};

use super::support::{Failing, HUB, House, POISONED_EVENT, Town, happened, measured, organization};
use crate::actors::{Ticks, WatchError, organization::Retire};

#[actix::test]
async fn what_was_before_the_watch_is_not_sent_and_all_after_it_is() {
    let town = Town::new(Ticks::ByMessage);
    town.commit(1, vec![happened(1), measured(1, 1)]);
    let _guard = town.watch(1).await.expect("followed");
    town.commit(1, vec![happened(2), measured(1, 2)]);
    assert_eq!(
        town.drained().await,
        ["event 2", "batch of 1: 2", "newest of 1: 2"]
    );
}

#[actix::test]
async fn nobody_gets_what_nobody_watches() {
    let town = Town::new(Ticks::ByMessage);
    let _guard = town.watch(1).await.expect("followed");
    town.commit(2, vec![happened(1)]);
    town.commit(1, vec![happened(2)]);
    assert_eq!(town.drained().await, ["event 2"]);
}

#[actix::test]
async fn many_who_watch_at_once_share_one_start() {
    let town = Town::new(Ticks::ByMessage);
    let watches = futures_util::future::join_all((0..10).map(|_| town.watch(1))).await;
    assert!(watches.iter().all(Result::is_ok));
    town.commit(1, vec![happened(1)]);
    assert_eq!(town.drained().await, ["event 1"]);
}

#[actix::test]
async fn a_log_that_cannot_be_read_refuses_the_watch_until_it_can() {
    let town = Town::new(Ticks::ByMessage);
    for failing in [Failing::Error, Failing::Panic] {
        town.log.fail(Some(failing));
        assert_eq!(town.watch(1).await.err(), Some(WatchError), "{failing:?}");
    }
    town.log.fail(None);
    assert!(town.watch(1).await.is_ok());
}

#[actix::test]
async fn a_poll_tells_of_what_no_wake_did() {
    let town = Town::new(Ticks::ByMessage);
    let _guard = town.watch(1).await.expect("followed");
    town.drained().await;
    town.log.commit(organization(1), vec![happened(1)]);
    town.poll().await;
    assert_eq!(town.hubs.until(HUB, 1).await, ["event 1"]);
}

#[actix::test]
async fn an_idle_organization_is_stopped_and_started_anew_at_the_head() {
    let town = Town::new(Ticks::ByMessage);
    drop(town.watch(1).await.expect("followed"));
    for _ in 0..11 {
        town.poll().await;
    }
    town.log.commit(organization(1), vec![happened(1)]);
    let _guard = town.watch(1).await.expect("followed");
    town.commit(1, vec![happened(2)]);
    assert_eq!(town.drained().await, ["event 2"]);
}

#[actix::test]
async fn a_watched_organization_is_not_stopped() {
    let town = Town::new(Ticks::ByMessage);
    let first = town.watch(1).await.expect("followed");
    let second = town.watch(1).await.expect("followed");
    drop(first);
    for _ in 0..20 {
        town.poll().await;
    }
    let before = town.log.heads_read();
    drop(town.watch(1).await.expect("followed"));
    assert_eq!(town.log.heads_read(), before, "it was started again");
    town.commit(1, vec![happened(1)]);
    assert_eq!(town.drained().await, ["event 1", "complete through 0"]);
    drop(second);
}

#[actix::test]
async fn by_the_clock_readings_leave_and_lost_wakes_are_found() {
    let town = Town::new(Ticks::EverySecond);
    let _guard = town.watch(1).await.expect("followed");
    town.log.commit(organization(1), vec![measured(1, 1)]);
    let got = town.hubs.until(HUB, 3).await;
    let expected = ["batch of 1: 1", "newest of 1: 1", "complete through 0"];
    assert_eq!(got, expected);
}

#[actix::test]
async fn an_organization_that_dies_outside_every_guard_is_started_anew_with_a_gap() {
    let town = Town::new(Ticks::ByMessage);
    let _guard = town.watch(1).await.expect("followed");
    town.commit(1, vec![happened(1)]);
    town.drained().await;
    town.log.fail(Some(Failing::Trap));
    let entry = town
        .log
        .commit(organization(1), vec![happened(POISONED_EVENT)]);
    town.poll().await;
    while town.log.trapped() == 0 {
        tokio::task::yield_now().await;
    }
    town.log.fail(None);
    town.encoder.encode.store(1, SeqCst);
    town.bus.on_commit()(organization(1), entry);
    let mut got = town.hubs.got(HUB);
    while got.len() < 2 {
        town.poll().await;
        got = town.drained().await;
    }
    assert_eq!(got, ["event 1", "gap: log_restarted"]);
    town.commit(1, vec![happened(3)]);
    assert_eq!(
        town.drained().await,
        ["event 1", "gap: log_restarted", "event 3"]
    );
}

#[actix::test]
async fn a_retired_organization_ends_and_its_units_with_it() {
    let house = House::open_with(1, Ticks::EverySecond).await;
    house.commit(vec![measured(1, 1), measured(2, 1)]);
    house.emptied().await;
    let House { actor, encoder, .. } = house;
    actor.send(Retire).await.expect("alive");
    drop(actor);
    while Arc::strong_count(&encoder) > 1 {
        tokio::task::yield_now().await;
    }
}
