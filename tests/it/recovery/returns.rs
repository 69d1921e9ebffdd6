//! What a socket that comes back gets.

use serde_json::json;

use super::{BOTH, all_gone, back, positioned};
use crate::support::{Client, DEMO, TestApp, Transport};

/// Reads everything that the alert of a warm fridge brings.
async fn read_alert(client: &mut Client) {
    for name in ["alert:triggered", "unit:status", "sensor:readings:batch"] {
        client.expect(name).await;
    }
}

#[actix_web::test]
async fn what_was_missed_comes_first_and_then_the_answer_again_and_again() {
    for transport in BOTH {
        let app = TestApp::start().await;
        let mut client = app.client_by(&DEMO, transport).await;
        let who = client.identity().clone();
        app.uplink(&DEMO, DEMO.fridge, 12.0).await.expect_stored(1);
        read_alert(&mut client).await;
        for celsius in [3.0, 12.0, 3.0, 12.0] {
            let lost = client.cut();
            app.uplink(&DEMO, DEMO.fridge, celsius)
                .await
                .expect_stored(1);
            client = back(&app, transport, &lost).await;
            assert_eq!(client.identity(), &who, "{transport:?}");
            let (alert, status) = if celsius > 5.0 {
                ("alert:triggered", "excursion")
            } else {
                ("alert:resolved", "ok")
            };
            client.expect(alert).await;
            assert_eq!(client.expect("unit:status").await["status"], status);
            let batch = client.expect("sensor:readings:batch").await;
            assert_eq!(batch["readings"][0]["temperature"], celsius);
        }
        let mark = app.mark(&DEMO).await;
        client.expect_only(&mark).await;
        app.stop().await;
    }
}

#[actix_web::test]
async fn events_of_the_time_away_come_before_the_answer() {
    let app = TestApp::start().await;
    let lost = app.client(&DEMO).await.cut();
    all_gone(&app).await;
    app.uplink(&DEMO, DEMO.fridge, 12.0).await.expect_stored(1);
    // Whoever has got the batch shows that it was flushed.
    let mut witness = app.client(&DEMO).await;
    let mark = app.mark(&DEMO).await;
    witness.until(&mark).await;
    let client = back(&app, Transport::WebSocket, &lost).await;
    assert_eq!(client.identity(), &lost.identity);
    let missed = [
        "unit:status",
        "alert:triggered",
        "unit:status",
        "sensor:readings:batch",
        "sensor:readings:batch",
    ];
    assert_eq!(client.unread_names(), missed);
    app.stop().await;
}

#[actix_web::test]
async fn a_socket_that_never_got_an_event_comes_back() {
    let app = TestApp::start().await;
    let lost = app.client(&DEMO).await.cut();
    assert_eq!(lost.offset, None);
    app.uplink(&DEMO, DEMO.fridge, 12.0).await.expect_stored(1);
    let mut client = back(&app, Transport::Polling, &lost).await;
    assert_eq!(client.identity(), &lost.identity);
    read_alert(&mut client).await;
    app.stop().await;
}

#[actix_web::test]
async fn an_idle_socket_comes_back_with_nothing() {
    let app = TestApp::start().await;
    let mut client = app.client(&DEMO).await;
    positioned(&app, &mut client).await;
    let lost = client.cut();
    assert!(lost.offset.is_some());
    let mut client = back(&app, Transport::WebSocket, &lost).await;
    assert_eq!(client.identity(), &lost.identity);
    let mark = app.mark(&DEMO).await;
    client.expect_only(&mark).await;
    app.stop().await;
}

#[actix_web::test]
async fn rooms_come_back_as_they_were_also_over_a_restart() {
    let mut app = TestApp::start().await;
    let fridge = app.unit_id(&DEMO, DEMO.fridge).await;
    let marks = app.unit_id(&DEMO, DEMO.marks).await;
    let mut client = app.client(&DEMO).await;
    client
        .emit("subscribe:unit", fridge.as_str())
        .await
        .expect_ok();
    client
        .emit("subscribe:unit", marks.as_str())
        .await
        .expect_ok();
    client
        .emit("unsubscribe:unit", marks.as_str())
        .await
        .expect_ok();
    client
        .emit_args("unsubscribe:organization", vec![])
        .await
        .expect_ok();
    for restart in [false, true] {
        let lost = client.cut();
        if restart {
            app = app.restart().await;
        }
        client = back(&app, Transport::WebSocket, &lost).await;
        assert_eq!(client.identity(), &lost.identity, "restart: {restart}");
        app.mark(&DEMO).await;
        app.uplink(&DEMO, DEMO.fridge, 3.5).await.expect_stored(1);
        let newest = client.expect("sensor:reading").await;
        assert_eq!(newest["unitId"], fridge.as_str());
        let names = client.unread_names();
        assert!(!names.contains(&"sensor:readings:batch"), "{names:?}");
    }
    client
        .emit_args("subscribe:organization", vec![])
        .await
        .expect_ok();
    let mut client = back(&app, Transport::Polling, &client.cut()).await;
    let mark = app.mark(&DEMO).await;
    client.until(&mark).await;
    app.stop().await;
}

#[actix_web::test]
async fn a_stop_and_a_start_lose_nothing() {
    for transport in BOTH {
        let app = TestApp::start().await;
        let mut client = app.client_by(&DEMO, transport).await;
        app.uplink(&DEMO, DEMO.fridge, 12.0).await.expect_stored(1);
        client.expect("alert:triggered").await;
        // What is posted last before the stop leaves before transports close, or is replayed.
        app.uplink(&DEMO, DEMO.fridge, 3.0).await.expect_stored(1);
        let app = app.restart().await;
        client.expect("server:draining").await;
        let lost = client.read_to_end().await;
        app.uplink(&DEMO, DEMO.fridge, 12.0).await.expect_stored(1);
        let mut client = back(&app, transport, &lost.0).await;
        assert_eq!(client.identity(), &lost.0.identity, "{transport:?}");
        let mark = app.mark(&DEMO).await;
        let mut all = lost.1;
        all.extend(client.until(&mark).await);
        let alerts = all.iter().filter(|(name, _)| name.starts_with("alert:"));
        let alerts: Vec<&str> = alerts.map(|(name, _)| name.as_str()).collect();
        assert_eq!(
            alerts,
            ["alert:resolved", "alert:triggered"],
            "{transport:?}"
        );
        let batches = all
            .iter()
            .filter(|(name, _)| name == "sensor:readings:batch");
        let readings = batches.flat_map(|(_, batch)| batch["readings"].as_array().unwrap());
        let celsius: Vec<_> = readings
            .map(|reading| reading["temperature"].clone())
            .collect();
        assert_eq!(
            celsius,
            [json!(12.0), json!(3.0), json!(12.0), json!(mark.celsius)]
        );
        app.stop().await;
    }
}

on_postgres_too!(rooms_come_back_as_they_were_also_over_a_restart,);
