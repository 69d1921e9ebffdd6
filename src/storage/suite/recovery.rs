//! What sockets come back by.

use super::*;
use crate::storage::recovery::{self, ChangedRoom, SigningKey};

on_both_backends!(
    keys_come_the_newest_first_and_old_ones_go_when_one_is_added,
    a_socket_has_its_last_change_of_each_room_until_it_ends,
    what_was_left_behind_goes_by_age,
);

fn key(number: u128, made_at: Timestamp) -> SigningKey {
    SigningKey {
        id: Uuid::from_u128(number),
        secret: format!("secret {number}"),
        made_at,
    }
}

impl Store {
    async fn run(&self, statements: Statements) -> Vec<usize> {
        let touched = self.database.writer().run(statements).await;
        touched.expect("written")
    }

    async fn changed(&self, sid: &str) -> Option<Vec<ChangedRoom>> {
        let rooms = recovery::rooms(&mut self.read().await, sid).await;
        rooms.expect("read")
    }
}

fn room(name: &str, joined_at: Option<&str>) -> ChangedRoom {
    ChangedRoom {
        room: name.to_owned(),
        joined_at: joined_at.map(str::to_owned),
    }
}

async fn keys_come_the_newest_first_and_old_ones_go_when_one_is_added(store: Store) {
    let day = |n: i64| store.now().plus_seconds(n * 86_400);
    for n in 0..4 {
        let oldest = day(n - 2);
        store
            .run(recovery::rotate_keys(
                key(u128::try_from(n).unwrap_or_default(), day(n)),
                oldest,
            ))
            .await;
    }
    let keys = recovery::keys(&mut store.read().await).await.expect("read");
    let ids: Vec<u128> = keys.iter().map(|key| key.id.as_u128()).collect();
    assert_eq!(ids, [3, 2, 1]);
    assert!(keys[0] == key(3, day(3)));
}

async fn a_socket_has_its_last_change_of_each_room_until_it_ends(store: Store) {
    let now = store.now();
    assert_eq!(store.changed("a").await, Some(vec![]));
    for (sid, changed) in [
        ("a", room("unit:1", Some("o1"))),
        ("a", room("readings", None)),
        ("a", room("unit:1", Some("o2"))),
        ("b", room("unit:1", Some("o3"))),
    ] {
        store.run(recovery::change_room(sid, changed, now)).await;
    }
    let of_a = vec![room("readings", None), room("unit:1", Some("o2"))];
    assert_eq!(store.changed("a").await, Some(of_a));
    let ended = ["a".to_owned(), "unknown".to_owned()];
    for _ in 0..2 {
        store.run(recovery::end(&ended, now)).await;
    }
    assert_eq!(store.changed("a").await, None);
    assert_eq!(store.changed("unknown").await, None);
    assert_eq!(store.changed("b").await.map(|rooms| rooms.len()), Some(1));
}

async fn what_was_left_behind_goes_by_age(store: Store) {
    let now = store.now();
    store
        .run(recovery::change_room("a", room("unit:1", None), now))
        .await;
    store.run(recovery::end(&["b".to_owned()], now)).await;
    for (moment, gone) in [(now, 0), (now.plus_seconds(1), 1)] {
        assert_eq!(store.run(recovery::rooms_before(moment)).await, [gone]);
        assert_eq!(store.run(recovery::ended_before(moment)).await, [gone]);
    }
}
