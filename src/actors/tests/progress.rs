//! How far the stream is, told to clients; and what the log tells servers.

use std::time::Duration;

use uuid::Uuid;

use super::support::{HUB, House, happened, measured};
use crate::events::{Heard, LogItem, Notice};

#[actix::test]
async fn clients_are_told_every_10_s_that_the_polled_head_was_sent() {
    let house = House::open(1).await;
    house.time.advance(Duration::from_secs(60));
    house.commit(vec![measured(1, 1)]);
    house.head_seen(1).await;
    let flushed = ["batch of 1: 1", "newest of 1: 1", "complete through 60"];
    assert_eq!(house.emptied().await, flushed);
    house.time.advance(Duration::from_secs(9));
    house.head_seen(1).await;
    house.tick().await;
    assert_eq!(house.emptied().await, flushed);
    house.time.advance(Duration::from_secs(1));
    house.tick().await;
    assert_eq!(house.emptied().await[3..], ["complete through 69"]);
}

#[actix::test]
async fn nothing_is_called_complete_before_the_polled_head_was_sent() {
    let house = House::open(1).await;
    house.log.fail(Some(super::support::Failing::Error));
    house.head_seen(1).await;
    house.tick().await;
    house.log.fail(None);
    house.commit(vec![happened(1)]);
    assert_eq!(house.hubs.until(HUB, 1).await, ["event 1"]);
    house.tick().await;
    assert_eq!(house.emptied().await, ["event 1", "complete through 0"]);
}

#[actix::test]
async fn the_log_tells_servers_in_order_and_nobody_else() {
    let house = House::open(1).await;
    let [first, second] = [1, 2].map(|n| Notice::MemberChanged {
        user_id: Uuid::from_u128(n).into(),
    });
    house.commit(vec![LogItem::Notice(first)]);
    house.commit_unheard(vec![LogItem::Notice(second)]);
    assert_eq!(house.emptied().await, Vec::<String>::new());
    let heard = house.heard.lock().expect("unpoisoned").clone();
    assert_eq!(heard, [Heard::Notice(first), Heard::Notice(second)]);
}

#[actix::test]
async fn servers_are_told_that_they_may_have_missed_something() {
    let house = House::open(1).await;
    house.commit_unheard(vec![happened(1)]);
    house.commit_unheard(vec![happened(2)]);
    house.log.prune(super::support::organization(1), 1);
    house.emptied().await;
    assert_eq!(*house.heard.lock().expect("unpoisoned"), [Heard::Missed]);
}
