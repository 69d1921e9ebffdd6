//! Quarters of an hour: kept with each reading, right for late ones, parts and repetitions.

use super::*;
use crate::storage::rollups::{self, Sums};

on_both_backends!(
    late_readings_count_where_they_were_measured,
    what_does_not_count_makes_no_quarter,
    a_frame_and_its_parts_count_once,
    quarters_stay_in_their_organization,
);

/// A quarter as minutes after noon, lowest, highest, sum and count.
type Line = (i64, f64, f64, f64, i64);

impl Store {
    async fn quarters_of(&self, organization: OrganizationId) -> Vec<Line> {
        let range = (Timestamp::MIN, Timestamp::MAX);
        let mut conn = self.read().await;
        let unit = self.ours.fridges[0];
        let found = rollups::quarters(&mut conn, organization, unit, range, 100).await;
        let line = |(at, sums): (Timestamp, Sums)| {
            let minutes = at.seconds_since(Timestamp::from_millis(NOON)) / 60;
            (minutes, sums.minimum, sums.maximum, sums.total, sums.count)
        };
        found.expect("read").into_iter().map(line).collect()
    }

    async fn quarters(&self) -> Vec<Line> {
        self.quarters_of(self.ours.organization).await
    }

    fn at(&self, minutes: i64, temperature: f64) -> NewReading {
        NewReading {
            measured_at: Timestamp::from_millis(NOON).plus_seconds(minutes * 60),
            ..self.reading(temperature)
        }
    }
}

async fn late_readings_count_where_they_were_measured(store: Store) {
    store.pass(3600);
    store
        .store(vec![
            store.at(31, 4.0),
            store.at(44, 2.0),
            store.at(45, 3.0),
        ])
        .await;
    // The hour's first quarter comes last, and its second gets another one.
    store.store(vec![store.at(0, 8.0), store.at(35, 9.0)]).await;
    let repeated = store.at(14, -1.0);
    store.store(vec![repeated.clone()]).await;
    store.store(vec![repeated]).await;
    assert_eq!(
        store.quarters().await,
        [
            (0, -1.0, 8.0, 7.0, 2),
            (30, 2.0, 9.0, 15.0, 3),
            (45, 3.0, 3.0, 3.0, 1)
        ]
    );
}

async fn what_does_not_count_makes_no_quarter(store: Store) {
    let reading = store.reading(4.0);
    for (name, reading) in [
        (
            "simulated",
            NewReading {
                simulated: true,
                ..reading.clone()
            },
        ),
        (
            "a fault",
            NewReading {
                temperature: None,
                fault: true,
                frame_key: key(),
                seen_key: key(),
                ..reading
            },
        ),
    ] {
        store.store(vec![reading]).await;
        assert_eq!(store.quarters().await, [], "{name}");
    }
}

async fn a_frame_and_its_parts_count_once(store: Store) {
    let frame = NewReading {
        frame_key: key(),
        seen_key: key(),
        ..store.reading(4.0)
    };
    let part = |seen: u8, temperature| NewReading {
        id: ReadingId(store.time.clock().new_id()),
        seen_key: [seen; 16],
        temperature,
        ..frame.clone()
    };
    let other = store.at(5, 6.0);
    store.store(vec![part(1, None), other]).await;
    assert_eq!(store.quarters().await, [(0, 6.0, 6.0, 6.0, 1)]);
    store.store(vec![part(2, Some(4.0))]).await;
    assert_eq!(store.quarters().await, [(0, 4.0, 6.0, 10.0, 2)]);
    store.store(vec![frame.clone()]).await;
    assert_eq!(store.quarters().await, [(0, 4.0, 6.0, 10.0, 2)]);
}

async fn quarters_stay_in_their_organization(store: Store) {
    store.measure(4.0).await;
    assert_eq!(store.quarters_of(store.theirs.organization).await, []);
}
