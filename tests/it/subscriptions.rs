//! Which readings a client gets follows what it subscribed to.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{DEMO, TestApp};

fn named<'a>(seen: &'a [(String, Value)], name: &str, unit_id: &str) -> Vec<&'a Value> {
    seen.iter()
        .filter(|(known, payload)| known == name && payload["unitId"] == unit_id)
        .map(|(_, payload)| payload)
        .collect()
}

#[actix_web::test]
async fn who_follows_a_unit_and_its_site_gets_its_newest_reading_once() {
    let app = TestApp::start().await;
    let mut client = app.client(&DEMO).await;
    let fridge = app.unit(&DEMO, DEMO.fridge).await;
    let unit_id = fridge["id"].as_str().unwrap();
    for (event, id) in [
        ("subscribe:site", &fridge["siteId"]),
        ("subscribe:unit", &fridge["id"]),
    ] {
        let reply = client.emit(event, id.clone()).await.expect_ok();
        assert_eq!(reply, json!({ "ok": true, "latest": [] }));
    }
    app.uplink(&DEMO, DEMO.fridge, 3.5).await.expect_stored(1);
    client.expect("sensor:readings:batch").await;

    let mark = app.mark(&DEMO).await;
    let seen = client.until(&mark).await;
    let readings = named(&seen, "sensor:reading", unit_id);
    assert_eq!(readings.len(), 1, "{seen:?}");
    assert_eq!(readings[0]["temperature"], 3.5);
    assert_eq!(readings[0]["siteId"], fridge["siteId"]);
    app.stop().await;
}

#[actix_web::test]
async fn a_site_answers_with_the_newest_reading_of_each_unit_that_has_one() {
    let app = TestApp::start().await;
    let mut client = app.client(&DEMO).await;
    let fridge = app.unit(&DEMO, DEMO.fridge).await;
    app.uplink(&DEMO, DEMO.fridge, 3.5).await.expect_stored(1);
    app.advance(Duration::from_secs(60));
    app.uplink(&DEMO, DEMO.fridge, 3.6).await.expect_stored(1);
    let mark = app.mark(&DEMO).await;

    let site = fridge["siteId"].clone();
    let reply = client.emit("subscribe:site", site).await.expect_ok();
    let mut latest: Vec<_> = reply["latest"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|reading| (reading["unitId"].as_str(), reading["temperature"].as_f64()))
        .collect();
    latest.sort_by_key(|(unit, _)| *unit);
    let mut expected = [
        (fridge["id"].as_str(), Some(3.6)),
        (Some(mark.unit_id.as_str()), Some(mark.celsius)),
    ];
    expected.sort_by_key(|(unit, _)| *unit);
    assert_eq!(latest, expected);
    app.stop().await;
}

#[actix_web::test]
async fn nothing_comes_of_what_is_no_longer_followed() {
    let app = TestApp::start().await;
    let mut client = app.client(&DEMO).await;
    let unit_id = app.unit_id(&DEMO, DEMO.fridge).await;
    // All three are under way at once, and are still done in their order.
    client
        .tell("subscribe:unit", vec![unit_id.as_str().into()])
        .await;
    client
        .tell("unsubscribe:unit", vec![unit_id.as_str().into()])
        .await;
    let again = client.emit("unsubscribe:unit", unit_id.as_str()).await;
    again.expect_ok();

    app.uplink(&DEMO, DEMO.fridge, 3.5).await.expect_stored(1);
    client.expect("sensor:readings:batch").await;
    let mark = app.mark(&DEMO).await;
    let seen = client.until(&mark).await;
    assert_eq!(named(&seen, "sensor:reading", &unit_id).len(), 0);
    app.stop().await;
}

#[actix_web::test]
async fn who_left_the_organizations_readings_still_gets_its_alerts() {
    let app = TestApp::start().await;
    let mut witness = app.client(&DEMO).await;
    let mut client = app.client(&DEMO).await;
    let unit_id = app.unit_id(&DEMO, DEMO.fridge).await;
    let none: [Value; 0] = [];
    let left = client.emit_args("unsubscribe:organization", none.to_vec());
    left.await.expect_ok();

    app.uplink(&DEMO, DEMO.fridge, 12.0).await.expect_stored(1);
    assert_eq!(client.expect("alert:triggered").await["unitId"], unit_id);
    witness.expect("sensor:readings:batch").await;

    let back = client.emit_args("subscribe:organization", none.to_vec());
    assert_eq!(back.await.expect_ok(), json!({ "ok": true }));
    let mark = app.mark(&DEMO).await;
    let seen = client.until(&mark).await;
    assert_eq!(named(&seen, "sensor:readings:batch", &unit_id).len(), 0);
    app.stop().await;
}
