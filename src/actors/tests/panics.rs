//! What panics is read back from the log; what panics again is left out, and told.

use std::sync::atomic::Ordering::SeqCst;

use super::support::{HUB, House, POISON, POISONED_EVENT, happened, measured, measured_at};

#[actix::test]
async fn a_unit_that_panics_loses_nothing_and_works_on() {
    let house = House::open(1).await;
    house.encoder.compose.store(1, SeqCst);
    house.commit(vec![
        measured(1, 1),
        measured_at(2, 2, POISON),
        measured(3, 3),
    ]);
    house.tick().await;
    house.hubs.until(HUB, 6).await;
    for (n, count) in [(4, 8), (5, 10)] {
        house.commit(vec![measured(2, n)]);
        house.tick().await;
        house.hubs.until(HUB, count).await;
    }
    let got = house.emptied().await;
    assert_eq!(
        got,
        [
            "batch of 1: 1",
            "newest of 1: 1",
            "batch of 2: 2",
            "newest of 2: 2",
            "batch of 3: 3",
            "newest of 3: 3",
            "batch of 2: 4",
            "newest of 2: 4",
            "batch of 2: 5",
            "newest of 2: 5",
        ]
    );
    assert_eq!(house.encoder.compose.load(SeqCst), 0, "it did panic");
}

#[actix::test]
async fn readings_that_always_panic_are_left_out_with_a_gap_and_the_others_leave() {
    let house = House::open(1).await;
    house.encoder.compose.store(usize::MAX, SeqCst);
    house.commit(vec![
        measured(1, 1),
        measured_at(2, 2, POISON),
        measured(3, 3),
    ]);
    house.tick().await;
    house.hubs.until(HUB, 5).await;
    house.commit(vec![measured(2, 4)]);
    assert_eq!(
        house.emptied().await,
        [
            "gap: entry_skipped",
            "batch of 1: 1",
            "newest of 1: 1",
            "batch of 3: 3",
            "newest of 3: 3",
            "batch of 2: 4",
            "newest of 2: 4",
        ]
    );
}

#[actix::test]
async fn an_organization_that_panics_on_an_event_repeats_and_misses_nothing() {
    let house = House::open(2).await;
    house.encoder.encode.store(1, SeqCst);
    house.commit(vec![happened(1), measured(1, 1)]);
    house.hubs.until(HUB, 1).await;
    house.commit(vec![happened(2), happened(POISONED_EVENT), measured(1, 2)]);
    house.commit(vec![happened(3)]);
    let got = house.emptied().await;
    let expected = [
        "event 1",
        "event 2",
        "event 666",
        "event 3",
        "batch of 1: 1 2",
        "newest of 1: 2",
    ];
    assert_eq!(got, expected);
    assert_eq!(house.hubs.got(crate::actors::HubKey(1)), expected);
    assert_eq!(house.encoder.encode.load(SeqCst), 0, "it did panic");
}

#[actix::test]
async fn an_event_that_panics_twice_is_left_out_with_a_gap() {
    let house = House::open(1).await;
    house.encoder.encode.store(usize::MAX, SeqCst);
    house.commit(vec![happened(1)]);
    house.commit(vec![happened(POISONED_EVENT), measured(1, 1)]);
    house.commit(vec![happened(2)]);
    let got = house.emptied().await;
    assert_eq!(
        got,
        [
            "event 1",
            "gap: entry_skipped",
            "event 2",
            "batch of 1: 1",
            "newest of 1: 1"
        ]
    );
    assert_eq!(house.encoder.encode.load(SeqCst), usize::MAX - 2);
}

#[actix::test]
async fn an_organization_that_panics_in_a_flush_sends_it_again_whole() {
    let house = House::open(1).await;
    house.encoder.encode.store(1, SeqCst);
    house.commit(vec![measured(1, 1), measured_at(2, 2, POISON), happened(1)]);
    let expected = [
        "event 1",
        "batch of 1: 1",
        "newest of 1: 1",
        "batch of 2: 2",
        "newest of 2: 2",
    ];
    assert_eq!(house.emptied().await, expected);
    house.tick().await;
    assert_eq!(house.emptied().await, expected);
    assert_eq!(house.encoder.encode.load(SeqCst), 0, "it did panic");
}

#[actix::test]
async fn a_batch_that_panics_twice_is_left_out_with_a_gap_and_the_next_one_leaves() {
    let house = House::open(1).await;
    house.encoder.encode.store(usize::MAX, SeqCst);
    house.commit(vec![
        measured(1, 1),
        measured_at(2, 2, POISON),
        measured(3, 3),
    ]);
    let first = house.emptied().await;
    assert_eq!(
        first,
        [
            "batch of 1: 1",
            "newest of 1: 1",
            "gap: entry_skipped",
            "gap: entry_skipped",
            "batch of 3: 3",
            "newest of 3: 3"
        ]
    );
    house.commit(vec![measured(2, 4)]);
    assert_eq!(
        house.emptied().await[first.len()..],
        ["batch of 2: 4", "newest of 2: 4"]
    );
}

#[actix::test]
async fn two_things_that_panic_are_both_left_out() {
    let house = House::open(1).await;
    house.encoder.encode.store(usize::MAX, SeqCst);
    house.commit(vec![
        happened(POISONED_EVENT),
        measured_at(1, 1, POISON),
        measured_at(2, 2, POISON),
        measured(3, 3),
    ]);
    house.commit(vec![happened(POISONED_EVENT)]);
    let got = house.emptied().await;
    let (last, gaps) = (&got[got.len() - 2..], &got[..got.len() - 2]);
    assert_eq!(last, ["batch of 3: 3", "newest of 3: 3"]);
    assert!(
        !gaps.is_empty() && gaps.iter().all(|gap| gap == "gap: entry_skipped"),
        "{gaps:?}"
    );
}
