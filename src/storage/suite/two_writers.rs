//! Two nodes on one PostgreSQL: the log keeps its rules, nothing deadlocks, nothing is lost or doubled.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::join_all;
use proptest::{
    prelude::{ProptestConfig, Strategy},
    proptest,
    test_runner::TestCaseError,
};

use super::*;
use crate::storage::{log, stmt::stmt};

/// One frame: which organization's, of which fridge, its number, °C, and which nodes get it.
#[derive(Debug, Clone, Copy)]
struct Sent {
    is_theirs: bool,
    fridge: usize,
    number: u8,
    celsius: i8,
    nodes: Nodes,
}

#[derive(Debug, Clone, Copy)]
enum Nodes {
    First,
    Second,
    Both,
}

fn sent() -> impl Strategy<Value = Sent> {
    let nodes = proptest::sample::select(vec![Nodes::First, Nodes::Second, Nodes::Both]);
    (proptest::bool::ANY, 0..2_usize, 0..24_u8, -3..12_i8, nodes).prop_map(
        |(is_theirs, fridge, number, celsius, nodes)| Sent {
            is_theirs,
            fridge,
            number,
            celsius,
            nodes,
        },
    )
}

impl Store {
    /// A second node on the same database.
    async fn second_node(&self) -> Database {
        open(&self.backend, &self.time, &Told::default()).await
    }

    fn frame(&self, sent: Sent) -> Uplink {
        let place = if sent.is_theirs {
            self.theirs
        } else {
            self.ours
        };
        // What makes a frame the same for two nodes is where it comes from and its number.
        let key = [sent.number + 1; 16];
        let reading = NewReading {
            frame_key: key,
            seen_key: key,
            measured_at: self.now().plus_seconds(i64::from(sent.number)),
            ..self.reading(f64::from(sent.celsius))
        };
        self.uplink_of(place, sent.fridge, vec![reading])
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn two_nodes_number_one_log(frames in proptest::collection::vec(sent(), 1..120)) {
        actix::System::new().block_on(hold(frames))?;
    }
}

async fn hold(frames: Vec<Sent>) -> Result<(), TestCaseError> {
    let store = Store::open(Backend::postgres()).await;
    let second = store.second_node().await;
    let nodes = [&store.database, &second];
    let sends = frames.iter().flat_map(|sent| {
        let which = match sent.nodes {
            Nodes::First => 0..1,
            Nodes::Second => 1..2,
            Nodes::Both => 0..2,
        };
        let uplink = store.frame(*sent);
        which.map(move |node| nodes[node].writer().store(uplink.clone()))
    });
    let mut stored = 0;
    for outcome in join_all(sends.collect::<Vec<_>>()).await {
        match outcome.expect("answered") {
            Stored::Readings { stored: new, .. } => stored += new,
            other => panic!("{other:?}"),
        }
    }
    let distinct: BTreeSet<_> = frames
        .iter()
        .map(|sent| (sent.is_theirs, sent.fridge, sent.number))
        .collect();
    assert_eq!(stored, distinct.len(), "each frame is new once");
    assert_eq!(
        store.count("readings").await,
        i64::try_from(stored).expect("fits")
    );
    let mut logged = 0;
    for place in [store.ours, store.theirs] {
        logged += entries_hold(&store, place).await;
    }
    assert_eq!(logged, stored, "each reading is in the log once");
    second.close().await;
    Ok(())
}

/// Numbers from 1 without a hole; the alerts of each unit by turns triggered and resolved, their versions one by one.
async fn entries_hold(store: &Store, place: Place) -> usize {
    let mut conn = store.read().await;
    let entries = log::after(&mut conn, place.organization, 0, 10_000).await;
    let entries = entries.expect("read");
    let head = log::head(&mut conn, place.organization)
        .await
        .expect("read");
    let numbers: Vec<i64> = entries.iter().map(|entry| entry.seq).collect();
    assert_eq!(numbers, (1..=head).collect::<Vec<_>>());
    let mut versions: BTreeMap<_, i64> = BTreeMap::new();
    let mut open = BTreeSet::new();
    for item in entries.iter().flat_map(|entry| &entry.items) {
        let LogItem::Event { event, .. } = item else {
            continue;
        };
        let (alert, is_open) = match event {
            Event::AlertTriggered(alert) => (alert, true),
            Event::AlertUpdated(alert) | Event::AlertAcknowledged(alert) => (alert, true),
            Event::AlertResolved(alert) => (alert, false),
            _ => continue,
        };
        let version = versions.entry(alert.id).or_default();
        *version += 1;
        assert_eq!(alert.version, *version);
        if is_open {
            open.insert((alert.unit_id, alert.id));
        } else {
            open.remove(&(alert.unit_id, alert.id));
        }
        let units: BTreeSet<_> = open.iter().map(|(unit, _)| unit).collect();
        assert_eq!(units.len(), open.len(), "one open alert of a unit");
    }
    entries.iter().map(LogEntry::reading_count).sum()
}

#[actix::test]
async fn a_locked_organization_keeps_nobody_else_waiting() {
    let store = Store::open(Backend::postgres()).await;
    let Backend::Postgres(database) = &store.backend else {
        panic!("is PostgreSQL");
    };
    let mut other = postgres::connect(&database.url(), postgres::Use::Writing)
        .await
        .expect("connected");
    let theirs = format!(
        "BEGIN; SELECT * FROM unit_states WHERE organization_id = '{}' FOR UPDATE",
        store.theirs.organization
    );
    diesel_async::SimpleAsyncConnection::batch_execute(&mut other, &theirs)
        .await
        .expect("locked");
    let blocked =
        store
            .database
            .writer()
            .store(store.uplink_of(store.theirs, 0, vec![store.reading(3.0)]));
    let ours = async {
        for _ in 0..5 {
            store.measure(3.0).await;
            store.pass(1);
        }
        diesel_async::SimpleAsyncConnection::batch_execute(&mut other, "ROLLBACK")
            .await
            .expect("let go");
        // Time for the lane's next try.
        store.pass(1);
    };
    let (blocked, ()) = futures_util::future::join(blocked, ours).await;
    assert_eq!(
        blocked.expect("stored in the end"),
        Stored::Readings {
            stored: 1,
            duplicates: 0
        }
    );
}

#[actix::test]
async fn a_connection_that_is_cut_loses_and_doubles_nothing() {
    let store = Store::open(Backend::postgres()).await;
    let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
    let cutting = async {
        for _ in 0..10 {
            let mut conn = store.read().await;
            let rows: Result<Vec<Cut>, _> = conn.all(diesel::sql_query(cut)).await;
            rows.expect("the one that cuts stays");
        }
    };
    let storing = async {
        let mut stored = 0;
        for _ in 0..100 {
            let uplink = store.uplink(vec![store.reading(3.0)]);
            // 200 is told for a duplicate as well: the first try was durable, its answer lost.
            if store.database.writer().store(uplink).await.is_ok() {
                stored += 1;
            }
        }
        stored
    };
    let ((), stored) = futures_util::future::join(cutting, storing).await;
    let kept = store.count("readings").await;
    assert!(
        0 < stored && stored <= kept && kept <= 100,
        "{stored} told, {kept} kept"
    );
    // A statement with nothing to change shows that the writer goes on.
    let nothing = Statements::new().and(stmt("DELETE FROM commands"));
    let done = store.database.writer().run(nothing).await;
    assert_eq!(done.expect("done"), [0]);
}

#[derive(diesel::QueryableByName)]
struct Cut {
    #[diesel(sql_type = diesel::sql_types::Bool)]
    #[expect(dead_code, reason = "read for what it does")]
    pg_terminate_backend: bool,
}
