//! Statements without a decision: written and told together, or not at all.

use super::*;
use crate::{events::Resource, storage::StoreError};

on_both_backends!(
    what_is_told_of_statements_is_in_the_log_with_their_commit,
    refused_statements_tell_nothing,
    only_the_first_thermometer_becomes_the_primary_one,
);

fn site(id: SiteId, place: &Place, now: Timestamp) -> Statements {
    let mut statements = Statements::new();
    let site = Site {
        id,
        name: "Harbour".to_owned(),
        timezone: "Europe/Lisbon".to_owned(),
    };
    sites::insert(&mut statements, place.organization, site, now);
    statements.tell_updated(place.organization, Resource::Sites, id.0);
    statements
}

async fn what_is_told_of_statements_is_in_the_log_with_their_commit(store: Store) {
    let id = SiteId(store.time.clock().new_id());
    let written = store
        .database
        .writer()
        .run(site(id, &store.ours, store.now()));
    written.await.expect("written");
    assert_eq!(store.told(), ["data:updated"]);
    let mut conn = store.read().await;
    let entries = crate::storage::log::after(&mut conn, store.ours.organization, 0, 10);
    let items = &entries.await.expect("read")[0].items;
    assert_eq!(*items, [LogItem::data_updated(Resource::Sites, id.0)]);
}

async fn refused_statements_tell_nothing(store: Store) {
    let there = store.ours.site;
    let again = store
        .database
        .writer()
        .run(site(there, &store.ours, store.now()));
    let refused = again.await;
    assert!(
        matches!(refused, Err(StoreError::Conflict(_))),
        "{refused:?}"
    );
    assert_eq!(store.told(), Vec::<String>::new());
}

async fn only_the_first_thermometer_becomes_the_primary_one(store: Store) {
    let Place {
        organization,
        site,
        area,
        ..
    } = store.ours;
    let unit = UnitId(store.time.clock().new_id());
    let mut statements = Statements::new();
    let fridge = NewUnit {
        id: unit,
        organization_id: organization,
        site_id: site,
        area_id: area,
        name: "Fridge 3".to_owned(),
        kind: UnitKind::Fridge,
    };
    units::insert(&mut statements, fridge, store.now());
    for device in store.ours.thermometers {
        units::set_first_primary_device(&mut statements, organization, unit, device);
    }
    let rows = store.database.writer().run(statements).await;
    assert_eq!(rows.expect("written"), [1, 1, 1, 0]);
    let made = units::get(&mut store.read().await, organization, unit).await;
    assert_eq!(
        made.expect("read").expect("is there").primary_device_id,
        Some(store.ours.thermometers[0])
    );
}
