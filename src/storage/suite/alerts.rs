//! Alerts: decided in the transaction, at most one open per subject and kind, taken on once.

use super::*;
use crate::{
    domain::{Alert, AlertStatus, Person, Severity, UnitStatus, UserId},
    storage::{
        alerts::{self, AlertFilter},
        deadlines, snapshot,
        writer::job::{Acknowledged, Acknowledgement, Due},
    },
};

on_both_backends!(
    an_excursion_triggers_confirms_by_timer_and_resolves,
    a_deadline_outlives_a_restart,
    a_deadline_that_means_nothing_any_more_goes,
    an_alert_is_taken_on_once,
    the_database_refuses_a_second_open_alert,
    a_snapshot_holds_what_its_position_says,
);

impl Store {
    async fn alerts(&self) -> Vec<Alert> {
        let mut conn = self.read().await;
        let all = alerts::list(
            &mut conn,
            self.ours.organization,
            AlertFilter::default(),
            None,
            10,
        );
        all.await.expect("read")
    }

    async fn due(&self) {
        let due = Due {
            organization_id: self.ours.organization,
            unit_id: self.ours.fridges[0],
            now: self.now(),
        };
        self.database.writer().due(due).await.expect("looked at");
    }

    async fn acknowledge(&self, alert: &Alert, name: &str) -> Acknowledged {
        let acknowledgement = Acknowledgement {
            organization_id: self.ours.organization,
            unit_id: alert.unit_id.expect("a unit"),
            alert_id: alert.id,
            by: Person {
                id: UserId(Uuid::nil()),
                name: name.to_owned(),
            },
            note: Some("on it".to_owned()),
            now: self.now(),
        };
        self.database
            .writer()
            .acknowledge(acknowledgement)
            .await
            .expect("answered")
    }
}

async fn an_excursion_triggers_confirms_by_timer_and_resolves(store: Store) {
    store.measure(3.0).await;
    store.pass(600);
    store.measure(8.0).await;
    let due = deadlines::next(&mut store.read().await)
        .await
        .expect("read")
        .expect("a deadline");
    assert_eq!(due, store.now().plus_seconds(900));
    store.pass(899);
    store.due().await;
    assert_eq!(store.unit().await.status, UnitStatus::Excursion);
    store.pass(1);
    store.due().await;
    assert_eq!(store.unit().await.status, UnitStatus::Alarm);
    assert_eq!(
        deadlines::next(&mut store.read().await)
            .await
            .expect("read"),
        None
    );
    store.pass(600);
    store.measure(4.0).await;
    let alerts = store.alerts().await;
    assert_eq!(alerts.len(), 1);
    assert_eq!(
        (alerts[0].status, alerts[0].severity, alerts[0].version),
        (AlertStatus::Resolved, Severity::Critical, 3)
    );
    assert_eq!(
        (
            alerts[0].peak,
            alerts[0].duration_seconds,
            alerts[0].seconds_outside
        ),
        (Some(8.0), Some(1500), Some(1200))
    );
    assert_eq!(store.count("alert_history").await, 3);
    assert_eq!(
        store.told(),
        [
            "3",
            "pending -> ok",
            "8",
            "ok -> excursion",
            "alert:triggered",
            "excursion -> alarm",
            "alert:updated",
            "4",
            "alarm -> ok",
            "alert:resolved"
        ]
    );
}

async fn a_deadline_outlives_a_restart(store: Store) {
    store.measure(8.0).await;
    let store = store.reopen().await;
    store.pass(900);
    let due = deadlines::due(&mut store.read().await, store.now(), 10)
        .await
        .expect("read");
    assert_eq!(due, [(store.ours.organization, store.ours.fridges[0])]);
    store.due().await;
    assert_eq!(store.unit().await.status, UnitStatus::Alarm);
}

async fn a_deadline_that_means_nothing_any_more_goes(store: Store) {
    store.measure(8.0).await;
    let stray = crate::storage::stmt::stmt("UPDATE unit_states SET excursion_confirm_at = NULL");
    store
        .database
        .writer()
        .run(Statements::new().and(stray))
        .await
        .expect("done");
    store.pass(900);
    store.due().await;
    assert_eq!(
        deadlines::next(&mut store.read().await)
            .await
            .expect("read"),
        None
    );
}

async fn an_alert_is_taken_on_once(store: Store) {
    store.measure(8.0).await;
    let alert = store.alerts().await.remove(0);
    let first = store.acknowledge(&alert, "Ada").await;
    let second = store.acknowledge(&alert, "Bob").await;
    assert_eq!(first, second);
    let Acknowledged::Alert(taken) = first else {
        panic!("is open")
    };
    assert_eq!(
        taken.acknowledged_by.map(|person| person.name),
        Some("Ada".to_owned())
    );
    assert_eq!(
        store
            .told()
            .iter()
            .filter(|line| *line == "alert:acknowledged")
            .count(),
        1
    );
    store.pass(600);
    store.measure(3.0).await;
    assert_eq!(
        store.acknowledge(&alert, "Bob").await,
        Acknowledged::Resolved
    );
}

async fn the_database_refuses_a_second_open_alert(store: Store) {
    store.measure(8.0).await;
    let copy = crate::storage::stmt::stmt(
        "INSERT INTO alerts (id, organization_id, subject_id, unit_id, site_id, kind, status, version, triggered_at, body) \
         SELECT ?, organization_id, subject_id, unit_id, site_id, kind, status, version, triggered_at, body FROM alerts",
    )
    .bind::<crate::storage::types::Id, _>(crate::storage::types::AnyId(store.time.clock().new_id()));
    let refused = store
        .database
        .writer()
        .run(Statements::new().and(copy))
        .await;
    assert!(
        matches!(refused, Err(super::super::StoreError::Conflict(_))),
        "{refused:?}"
    );
}

async fn a_snapshot_holds_what_its_position_says(store: Store) {
    store.measure(8.0).await;
    let snapshot = snapshot::read(&store.database, store.ours.organization)
        .await
        .expect("read")
        .expect("is there");
    assert_eq!(
        (
            snapshot.seq,
            snapshot.units.len(),
            snapshot.alerts.len(),
            snapshot.sites.len()
        ),
        (1, 2, 1, 1)
    );
    assert_eq!(snapshot.units[0].status, UnitStatus::Excursion);
    let theirs = snapshot::read(&store.database, store.theirs.organization)
        .await
        .expect("read")
        .expect("is there");
    assert_eq!((theirs.seq, theirs.alerts.len()), (0, 0));
    let nobody = snapshot::read(&store.database, OrganizationId(Uuid::nil()))
        .await
        .expect("read");
    assert!(nobody.is_none());
}
