//! What a balancer and an operator are told.

use serde_json::Value;

use crate::support::{DEMO, TestApp};

on_postgres_too!(
    a_running_server_is_healthy_and_says_who_it_is,
    a_snapshot_holds_what_was_committed_before_it,
);

#[actix_web::test]
async fn a_running_server_is_healthy_and_says_who_it_is() {
    let app = TestApp::start_with(&[("FRESHTRACK__SERVER__NODE_ID", "kitchen-1")]).await;
    let _client = app.client(&DEMO).await;
    for path in ["/health", "/health/live", "/health/ready"] {
        let answer = app.http.get(path).send().await;
        assert_eq!(answer.header("x-freshtrack-node"), Some("kitchen-1"));
        answer.expect(200);
    }
    let health = app.http.get("/health").send().await.expect(200);
    assert_eq!(health["status"], "ok");
    assert_eq!(health["nodeId"], "kitchen-1");
    assert_eq!(health["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(health["timestamp"], "2026-05-01T12:00:00.000Z");
    assert_eq!(health["socketConnections"], 1);
    assert_eq!(health["checks"]["database"], "ok");
    assert_eq!(health["checks"]["bus"], "ok");
    assert!(health["memory"]["residentBytes"].as_u64() > Some(1 << 20));
    assert!(health["uptimeSeconds"].is_number());
    app.stop().await;
}

#[actix_web::test]
async fn a_snapshot_holds_what_was_committed_before_it() {
    let app = TestApp::start().await;
    app.uplink(&DEMO, DEMO.fridge, 12.0).await.expect_stored(1);
    let snapshot = app.get(&DEMO, "/api/v1/snapshot").await;
    assert_eq!(snapshot["organization"]["name"], "Demo Foods");
    assert_eq!(snapshot["serverTime"], "2026-05-01T12:00:00.000Z");
    assert!(snapshot["position"].is_string(), "{snapshot}");
    let find = |list: &str, name: &str| -> Value {
        let items = snapshot[list].as_array().into_iter().flatten();
        let mut named = items.filter(|item| item["name"] == name);
        named.next().cloned().unwrap_or_default()
    };
    assert_eq!(find("sites", "Main Street")["timezone"], "Europe/Berlin");
    let fridge = find("units", "Fridge 1");
    assert_eq!(fridge["status"], "excursion");
    assert_eq!(fridge["latestReading"]["temperature"], 12.0);
    let pending = find("units", "Fridge 2");
    assert_eq!(pending["status"], "pending");
    assert_eq!(pending["latestReading"], Value::Null);
    let alerts = snapshot["alerts"].as_array().unwrap();
    assert_eq!(alerts.len(), 1);
    assert_eq!(alerts[0]["unitId"], fridge["id"]);
    app.stop().await;
}
