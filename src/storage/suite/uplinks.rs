//! Readings: kept once, late or live, merged, and what the unit shows of them.

use super::*;
use crate::storage::{readings, units::UnitFilter};

on_both_backends!(
    a_frame_delivered_again_is_the_same_reading,
    zero_degrees_is_a_temperature,
    an_older_reading_is_late_and_moves_nothing,
    a_first_reading_far_behind_its_arrival_is_late,
    a_simulated_reading_is_kept_and_counts_for_nothing,
    parts_of_a_frame_and_the_frame_are_one_reading,
    a_device_that_moved_is_followed_to_its_unit,
    a_device_of_another_organization_is_unknown,
    pages_of_readings_are_whole_and_stay_in_their_organization,
    units_are_listed_within_their_scope,
);

async fn a_frame_delivered_again_is_the_same_reading(store: Store) {
    let reading = store.reading(3.0);
    assert_eq!(
        store.store(vec![reading.clone()]).await,
        Stored::Readings {
            stored: 1,
            duplicates: 0
        }
    );
    let again = NewReading {
        id: ReadingId(store.time.clock().new_id()),
        ..reading
    };
    assert_eq!(
        store.store(vec![again]).await,
        Stored::Readings {
            stored: 0,
            duplicates: 1
        }
    );
    assert_eq!(store.count("readings").await, 1);
    assert_eq!(store.told(), ["3", "pending -> ok"]);
}

async fn zero_degrees_is_a_temperature(store: Store) {
    store.measure(0.0).await;
    assert_eq!(
        store
            .unit()
            .await
            .latest_reading
            .and_then(|reading| reading.temperature),
        Some(0.0)
    );
}

async fn an_older_reading_is_late_and_moves_nothing(store: Store) {
    store.pass(600);
    store.measure(3.0).await;
    let older = NewReading {
        measured_at: store.now().plus_seconds(-300),
        ..store.reading(20.0)
    };
    store.store(vec![older]).await;
    let unit = store.unit().await;
    assert_eq!(
        unit.latest_reading.and_then(|reading| reading.temperature),
        Some(3.0)
    );
    assert_eq!(store.told(), ["3", "pending -> ok", "20 late"]);
}

async fn a_first_reading_far_behind_its_arrival_is_late(store: Store) {
    for (behind, told) in [(301, "4 late"), (300, "4")] {
        let first = NewReading {
            measured_at: store.now().plus_seconds(-behind),
            ..store.reading(4.0)
        };
        let number = usize::from(behind == 300);
        let stored = store
            .database
            .writer()
            .store(store.uplink_of(store.ours, number, vec![first]))
            .await;
        assert_eq!(
            stored.expect("stored"),
            Stored::Readings {
                stored: 1,
                duplicates: 0
            }
        );
        assert_eq!(
            store
                .told()
                .iter()
                .rfind(|line| line.starts_with('4'))
                .map(String::as_str),
            Some(told)
        );
    }
}

async fn a_simulated_reading_is_kept_and_counts_for_nothing(store: Store) {
    store
        .store(vec![NewReading {
            simulated: true,
            ..store.reading(40.0)
        }])
        .await;
    assert_eq!(store.count("readings").await, 1);
    assert_eq!(store.told(), Vec::<String>::new());
    assert_eq!(store.unit().await.latest_reading, None);
    let devices = devices::list(&mut store.read().await, store.ours.organization, None, 10)
        .await
        .expect("read");
    assert_eq!(devices[0].last_seen_at, None);
}

async fn parts_of_a_frame_and_the_frame_are_one_reading(store: Store) {
    let frame = NewReading {
        frame_key: key(),
        seen_key: key(),
        humidity: Some(50.0),
        ..store.reading(4.0)
    };
    let part = |seen: u8, temperature, humidity| NewReading {
        id: ReadingId(store.time.clock().new_id()),
        seen_key: [seen; 16],
        temperature,
        humidity,
        battery_volts: None,
        ..frame.clone()
    };
    for (readings, stored, name) in [
        (part(1, Some(4.0), None), 1, "a part"),
        (part(1, Some(4.0), None), 0, "the same part again"),
        (part(2, None, Some(50.0)), 1, "another part"),
        (frame.clone(), 1, "the frame itself"),
        (frame.clone(), 0, "the frame again"),
        (part(3, Some(4.0), None), 0, "a part after the frame"),
    ] {
        let outcome = store.store(vec![readings]).await;
        assert_eq!(
            outcome,
            Stored::Readings {
                stored,
                duplicates: 1 - stored
            },
            "{name}"
        );
    }
    assert_eq!(store.count("readings").await, 1);
    let latest = store.unit().await.latest_reading.expect("a reading");
    assert_eq!(
        (latest.temperature, latest.humidity, latest.battery_volts),
        (Some(4.0), Some(50.0), Some(3.0))
    );
}

async fn a_device_that_moved_is_followed_to_its_unit(store: Store) {
    let (device, other) = (store.ours.thermometers[0], store.ours.fridges[1]);
    let moved = Statements::new().and(
        crate::storage::stmt::stmt("UPDATE devices SET unit_id = ? WHERE id = ?")
            .bind::<crate::storage::types::Id, _>(other)
            .bind::<crate::storage::types::Id, _>(device),
    );
    store.database.writer().run(moved).await.expect("moved");
    store.measure(3.0).await;
    assert_eq!(store.unit().await.latest_reading, None);
    let mut conn = store.read().await;
    let page = readings::page(
        &mut conn,
        store.ours.organization,
        other,
        (Timestamp::MIN, Timestamp::MAX),
        None,
        10,
    );
    assert_eq!(page.await.expect("read").len(), 1);
}

async fn a_device_of_another_organization_is_unknown(store: Store) {
    let uplink = Uplink {
        organization_id: store.theirs.organization,
        ..store.uplink(vec![store.reading(3.0)])
    };
    assert_eq!(
        store
            .database
            .writer()
            .store(uplink)
            .await
            .expect("answered"),
        Stored::UnknownDevice
    );
    assert_eq!(store.count("readings").await, 0);
}

async fn pages_of_readings_are_whole_and_stay_in_their_organization(store: Store) {
    for celsius in 0..7 {
        store.measure(f64::from(celsius) / 2.0).await;
        store.pass(if celsius % 2 == 0 { 0 } else { 60 });
    }
    let (organization, unit) = (store.ours.organization, store.ours.fridges[0]);
    let range = (Timestamp::MIN, Timestamp::MAX);
    let (mut after, mut seen) = (None, Vec::new());
    loop {
        let page = readings::page(&mut store.read().await, organization, unit, range, after, 2)
            .await
            .expect("read");
        let Some(last) = page.last() else {
            break;
        };
        after = Some(last.cursor());
        seen.extend(page.into_iter().map(|placed| placed.reading.temperature));
    }
    seen.sort_by(|a, b| a.partial_cmp(b).expect("numbers"));
    assert_eq!(
        seen,
        (0..7)
            .map(|celsius| Some(f64::from(celsius) / 2.0))
            .collect::<Vec<_>>()
    );
    let foreign = readings::page(
        &mut store.read().await,
        store.theirs.organization,
        unit,
        range,
        None,
        10,
    )
    .await;
    assert_eq!(foreign.expect("read"), []);
}

async fn units_are_listed_within_their_scope(store: Store) {
    let mut conn = store.read().await;
    let Place {
        organization,
        site,
        fridges,
        ..
    } = store.ours;
    for (name, organization, filter, expected) in [
        ("all", organization, UnitFilter::All, fridges.to_vec()),
        (
            "of the site",
            organization,
            UnitFilter::Site(site),
            fridges.to_vec(),
        ),
        (
            "one",
            organization,
            UnitFilter::One(fridges[1]),
            vec![fridges[1]],
        ),
        (
            "a foreign site",
            organization,
            UnitFilter::Site(store.theirs.site),
            vec![],
        ),
        (
            "a foreign unit",
            organization,
            UnitFilter::One(store.theirs.fridges[0]),
            vec![],
        ),
    ] {
        let units = units::list(&mut conn, organization, filter, None, 10)
            .await
            .expect("read");
        assert_eq!(
            units.iter().map(|unit| unit.id).collect::<Vec<_>>(),
            expected,
            "{name}"
        );
    }
}
