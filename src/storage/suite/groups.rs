//! Groups: many callers at once, one bad job among good ones, a log without holes.

use futures_util::future::join_all;

use super::*;
use crate::storage::log;

on_both_backends!(
    a_refused_reading_does_not_harm_its_group,
    one_frame_at_once_from_many_senders_is_one_reading_and_one_alert,
    the_log_has_no_holes_and_holds_every_reading_once,
    a_stopped_writer_refuses_and_has_done_what_was_asked_before,
    quarantine_keeps_the_newest,
);

async fn a_refused_reading_does_not_harm_its_group(store: Store) {
    let impossible = |number: usize| number == 17 || number == 40;
    let jobs = (0..48).map(|number| {
        let humidity = impossible(number).then_some(500.0);
        store.database.writer().store(store.uplink(vec![NewReading {
            humidity,
            ..store.reading(3.0)
        }]))
    });
    let outcomes = join_all(jobs).await;
    for (number, outcome) in outcomes.into_iter().enumerate() {
        let expected = if impossible(number) {
            Stored::Quarantined
        } else {
            Stored::Readings {
                stored: 1,
                duplicates: 0,
            }
        };
        assert_eq!(outcome.expect("answered"), expected, "job {number}");
    }
    assert_eq!(
        (
            store.count("readings").await,
            store.count("quarantine").await
        ),
        (46, 2)
    );
}

async fn one_frame_at_once_from_many_senders_is_one_reading_and_one_alert(store: Store) {
    let reading = store.reading(9.0);
    let jobs = (0..7).map(|_| {
        store
            .database
            .writer()
            .store(store.uplink(vec![reading.clone()]))
    });
    let outcomes = join_all(jobs).await;
    let new = outcomes
        .iter()
        .filter(|outcome| matches!(outcome, Ok(Stored::Readings { stored: 1, .. })))
        .count();
    assert_eq!(
        (
            new,
            store.count("readings").await,
            store.count("alerts").await
        ),
        (1, 1, 1)
    );
}

async fn the_log_has_no_holes_and_holds_every_reading_once(store: Store) {
    let jobs = (0..200).map(|number| {
        let place = if number % 3 == 0 {
            store.theirs
        } else {
            store.ours
        };
        store
            .database
            .writer()
            .store(store.uplink_of(place, number % 2, vec![store.reading(3.0)]))
    });
    for outcome in join_all(jobs).await {
        assert_eq!(
            outcome.expect("stored"),
            Stored::Readings {
                stored: 1,
                duplicates: 0
            }
        );
    }
    let mut readings = 0;
    for place in [store.ours, store.theirs] {
        let mut conn = store.read().await;
        let entries = log::after(&mut conn, place.organization, 0, 1000)
            .await
            .expect("read");
        let head = log::head(&mut conn, place.organization)
            .await
            .expect("read");
        assert_eq!(
            entries.iter().map(|entry| entry.seq).collect::<Vec<_>>(),
            (1..=head).collect::<Vec<_>>()
        );
        readings += entries.iter().map(LogEntry::reading_count).sum::<usize>();
        let told = store.told.lock().expect("not poisoned");
        let told: Vec<_> = told
            .iter()
            .filter(|(organization, _)| *organization == place.organization)
            .map(|(_, entry)| LogEntry::clone(entry))
            .collect();
        assert_eq!(told, entries, "what is told is what is in the log");
    }
    assert_eq!(readings, 200);
}

async fn a_stopped_writer_refuses_and_has_done_what_was_asked_before(store: Store) {
    let stored = store
        .database
        .writer()
        .store(store.uplink(vec![store.reading(3.0)]));
    let (stored, ()) = futures_util::future::join(stored, store.database.writer().stop()).await;
    assert_eq!(
        stored.expect("stored"),
        Stored::Readings {
            stored: 1,
            duplicates: 0
        }
    );
    let refused = store
        .database
        .writer()
        .store(store.uplink(vec![store.reading(3.0)]))
        .await;
    assert!(
        matches!(refused, Err(super::super::StoreError::Unavailable(_))),
        "{refused:?}"
    );
}

async fn quarantine_keeps_the_newest(store: Store) {
    for _ in 0..13 {
        store
            .store(vec![NewReading {
                humidity: Some(-1.0),
                ..store.reading(3.0)
            }])
            .await;
        store.pass(1);
    }
    assert_eq!(store.count("quarantine").await, 10);
}
