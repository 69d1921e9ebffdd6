//! The line that everything hangs on: an uplink is posted, clients see the reading and the alert, people act on it.

use std::time::Duration;

use serde_json::json;

use crate::support::{DEMO, TestApp, Transport};

on_postgres_too!(
    an_uplink_reaches_a_client_as_a_batch,
    what_a_unit_measures_within_a_second_is_one_batch_in_time_order,
    an_excursion_warns_at_once_turns_critical_by_timer_and_clears_by_itself,
    a_deadline_that_passed_while_the_server_was_away_fires_at_its_start,
    an_alert_is_acknowledged_once_and_all_see_who_did,
    a_subscription_answers_with_the_newest_reading_and_adds_its_room,
);

/// A connection ends with its token, and a test that lets the confirm time (900 s) pass goes on afterwards.
const OUTLIVES_THE_CONFIRM_TIME: (&str, &str) = ("FRESHTRACK__AUTH__ACCESS_TTL_SECONDS", "7200");

#[actix_web::test]
async fn an_uplink_reaches_a_client_as_a_batch() {
    let app = TestApp::start().await;
    let mut client = app.client(&DEMO).await;
    let unit_id = app.unit_id(&DEMO, DEMO.fridge).await;
    app.uplink(&DEMO, DEMO.fridge, 3.5).await.expect_stored(1);

    let batch = client.expect("sensor:readings:batch").await;
    assert_eq!(batch["unitId"], unit_id);
    assert_eq!(batch["count"], 1);
    let reading = &batch["readings"][0];
    assert_eq!(reading["temperature"], 3.5);
    assert_eq!(reading["humidity"], 55.5);
    assert_eq!(reading["timestamp"], "2026-05-01T12:00:00.000Z");

    let status = client.expect("unit:status").await;
    assert_eq!(status["unitId"], unit_id);
    assert_eq!(
        (&status["previous"], &status["status"]),
        (&json!("pending"), &json!("ok"))
    );
    app.stop().await;
}

#[actix_web::test]
async fn what_a_unit_measures_within_a_second_is_one_batch_in_time_order() {
    let app = TestApp::start().await;
    let mut client = app.client(&DEMO).await;
    let first = app.frame(DEMO.fridge, 3.1);
    app.advance(Duration::from_millis(200));
    let second = app.frame(DEMO.fridge, 3.2);
    // The later one arrives first; both wait for the same tick or for two.
    app.post(&DEMO, &second).await.expect_stored(1);
    app.post(&DEMO, &first).await.expect_stored(1);
    let mut seen = 0;
    while seen < 2 {
        let batch = client.expect("sensor:readings:batch").await;
        let times: Vec<_> = batch["readings"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|reading| reading["timestamp"].as_str().unwrap().to_owned())
            .collect();
        assert!(times.is_sorted(), "{batch}");
        assert_eq!(batch["count"], times.len(), "{batch}");
        seen += times.len();
    }
    assert_eq!(seen, 2);
    app.stop().await;
}

#[actix_web::test]
async fn an_excursion_warns_at_once_turns_critical_by_timer_and_clears_by_itself() {
    let app = TestApp::start_with(&[OUTLIVES_THE_CONFIRM_TIME]).await;
    let mut client = app.client(&DEMO).await;
    let unit_id = app.unit_id(&DEMO, DEMO.fridge).await;

    app.uplink(&DEMO, DEMO.fridge, 12.0).await.expect_stored(1);
    let triggered = client.expect("alert:triggered").await;
    assert_eq!(triggered["unitId"], unit_id);
    assert_eq!(triggered["kind"], "temperature_excursion");
    assert_eq!(triggered["severity"], "warning");
    assert_eq!(triggered["status"], "active");
    assert_eq!(triggered["direction"], "high");
    assert_eq!(triggered["value"], 12.0);
    assert_eq!(triggered["limit"], 5.0);
    assert_eq!(client.expect("unit:status").await["status"], "excursion");

    app.advance(Duration::from_secs(901));
    let updated = client.expect("alert:updated").await;
    assert_eq!(updated["alertId"], triggered["alertId"]);
    assert_eq!(updated["severity"], "critical");
    assert!(updated["version"].as_i64() > triggered["version"].as_i64());
    assert_eq!(client.expect("unit:status").await["status"], "alarm");

    app.uplink(&DEMO, DEMO.fridge, 4.0).await.expect_stored(1);
    let resolved = client.expect("alert:resolved").await;
    assert_eq!(resolved["alertId"], triggered["alertId"]);
    assert_eq!(resolved["status"], "resolved");
    assert_eq!(resolved["resolvedBy"], "system");
    assert_eq!(resolved["peak"], 12.0);
    assert_eq!(resolved["durationSeconds"], 901);
    assert_eq!(client.expect("unit:status").await["status"], "ok");
    app.stop().await;
}

#[actix_web::test]
async fn a_deadline_that_passed_while_the_server_was_away_fires_at_its_start() {
    let app = TestApp::start().await;
    app.uplink(&DEMO, DEMO.fridge, 12.0).await.expect_stored(1);
    app.advance(Duration::from_secs(880));
    let app = app.restart().await;
    let mut client = app.client(&DEMO).await;
    app.advance(Duration::from_secs(21));
    assert_eq!(client.expect("alert:updated").await["severity"], "critical");
    app.stop().await;
}

#[actix_web::test]
async fn an_alert_is_acknowledged_once_and_all_see_who_did() {
    let app = TestApp::start().await;
    let mut first = app.client(&DEMO).await;
    let mut second = app.client_by(&DEMO, Transport::Polling).await;
    app.uplink(&DEMO, DEMO.fridge, 12.0).await.expect_stored(1);
    let alert_id = first.expect("alert:triggered").await["alertId"].clone();

    let request = json!({ "alertId": alert_id, "note": "door was open" });
    let reply = first.emit("alert:acknowledge", request.clone()).await;
    let acknowledged = reply.expect_ok()["alert"].clone();
    assert_eq!(acknowledged["status"], "acknowledged");
    assert_eq!(acknowledged["note"], "door was open");
    for client in [&mut first, &mut second] {
        let event = client.expect("alert:acknowledged").await;
        assert_eq!(event, acknowledged);
        assert!(event["acknowledgedBy"]["id"].is_string(), "{event}");
    }

    let again = json!({ "alertId": alert_id, "note": "me too" });
    let reply = second.emit("alert:acknowledge", again).await;
    assert_eq!(reply.expect_ok()["alert"], acknowledged);
    second.expect("sensor:readings:batch").await;
    second.expect("unit:status").await;
    second.expect("alert:triggered").await;
    let mark = app.mark(&DEMO).await;
    second.expect_only(&mark).await;
    app.stop().await;
}

#[actix_web::test]
async fn a_subscription_answers_with_the_newest_reading_and_adds_its_room() {
    let app = TestApp::start().await;
    let mut client = app.client(&DEMO).await;
    let unit_id = app.unit_id(&DEMO, DEMO.fridge).await;
    app.uplink(&DEMO, DEMO.fridge, 3.5).await.expect_stored(1);
    let reply = client.emit("subscribe:unit", unit_id.as_str()).await;
    assert_eq!(reply.expect_ok()["latest"][0]["temperature"], 3.5);

    app.advance(Duration::from_secs(60));
    app.uplink(&DEMO, DEMO.fridge, 3.6).await.expect_stored(1);
    while client.expect("sensor:reading").await["temperature"] != 3.6 {}

    let reply = client.emit("unsubscribe:unit", unit_id.as_str()).await;
    reply.expect_ok();
    app.stop().await;
}
