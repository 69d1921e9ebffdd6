//! Readings leave by age, and on PostgreSQL by whole months, made ahead.

use super::*;
use crate::storage::{months, retention};

on_both_backends!(
    readings_and_their_quarters_leave_by_age,
    months_are_nothing_to_ask_for,
);

impl Store {
    async fn store_at(&self, days: i64) {
        let reading = NewReading {
            measured_at: self.now().plus_seconds(days * 86_400),
            ..self.reading(3.0)
        };
        self.store(vec![reading]).await;
    }

    async fn counts(&self) -> (i64, i64) {
        (self.count("readings").await, self.count("rollups").await)
    }
}

async fn readings_and_their_quarters_leave_by_age(store: Store) {
    for days in [0, -1, -40, -41] {
        store.store_at(days).await;
    }
    assert_eq!(store.counts().await, (4, 4));
    let oldest = store.now().plus_seconds(-30 * 86_400);
    let old = store
        .database
        .writer()
        .run(retention::readings_before(oldest));
    assert_eq!(old.await.expect("removed"), [2, 2]);
    assert_eq!(store.counts().await, (2, 2));
    // To the moment: what was measured then stays.
    let now = store
        .database
        .writer()
        .run(retention::readings_before(store.now()));
    assert_eq!(now.await.expect("removed"), [1, 1]);
}

async fn months_are_nothing_to_ask_for(store: Store) {
    months::make_ahead(&store.database, store.now())
        .await
        .expect("made");
    months::make_ahead(&store.database, store.now())
        .await
        .expect("there");
    store.measure(3.0).await;
    let oldest = store.now().plus_seconds(-365 * 86_400);
    months::drop_before(&store.database, oldest)
        .await
        .expect("dropped");
    assert_eq!(store.counts().await, (1, 1));
}

#[actix::test]
async fn a_month_takes_over_what_came_before_it_was_made_and_is_dropped_whole() {
    let store = Store::open(Backend::postgres()).await;
    for days in [0, 31, -1, -2] {
        store.store_at(days).await;
    }
    assert_eq!(store.count("readings_default").await, 4);
    months::make_ahead(&store.database, store.now())
        .await
        .expect("made");
    let kept = [
        store.count("readings_default").await,
        store.count("readings_2026_04").await,
        store.count("readings_2026_05").await,
        store.count("readings_2026_06").await,
        store.count("readings_2026_07").await,
    ];
    assert_eq!(kept, [0, 2, 1, 1, 0]);
    let may = Timestamp::parse("2026-05-01T00:00:00Z").expect("a moment");
    for (oldest, left) in [(may.plus_millis(-1), 4), (may, 2)] {
        months::drop_before(&store.database, oldest)
            .await
            .expect("dropped");
        assert_eq!(store.count("readings").await, left, "{oldest}");
    }
}
