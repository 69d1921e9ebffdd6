//! What clients may ask for, and how they are told that something was not done.

use serde_json::{Value, json};

use crate::support::{DEMO, TestApp};

#[actix_web::test]
async fn what_is_wrong_with_an_event_is_told_with_its_field() {
    let app = TestApp::start().await;
    let mut client = app.client(&DEMO).await;
    let id = app.unit_id(&DEMO, DEMO.fridge).await;
    let unknown = "01960000-0000-7000-8000-000000000000";
    for (event, arguments, code, field) in [
        ("no:such", json!([]), "invalid_payload", "event"),
        ("", json!([]), "invalid_payload", "event"),
        ("alert:triggered", json!([{}]), "invalid_payload", "event"),
        ("subscribe:unit", json!([]), "invalid_payload", "id"),
        ("subscribe:unit", json!([7]), "invalid_payload", "id"),
        (
            "subscribe:unit",
            json!([{ "id": id }]),
            "invalid_payload",
            "id",
        ),
        ("subscribe:site", json!([null]), "invalid_payload", "id"),
        ("unsubscribe:unit", json!([[id]]), "invalid_payload", "id"),
        (
            "subscribe:unit",
            json!([id, id]),
            "invalid_payload",
            "payload",
        ),
        (
            "subscribe:organization",
            json!([7]),
            "invalid_payload",
            "id",
        ),
        ("subscribe:organization", json!([unknown]), "forbidden", ""),
        (
            "unsubscribe:organization",
            json!([unknown]),
            "forbidden",
            "",
        ),
        ("unsubscribe:unit", json!([unknown]), "not_found", ""),
        ("unsubscribe:site", json!(["nonsense"]), "not_found", ""),
        ("alert:acknowledge", json!([]), "invalid_payload", "payload"),
        (
            "alert:acknowledge",
            json!([unknown]),
            "invalid_payload",
            "payload",
        ),
        (
            "alert:acknowledge",
            json!([{}]),
            "invalid_payload",
            "alertId",
        ),
        (
            "alert:acknowledge",
            json!([{ "alertId": unknown, "note": 7 }]),
            "invalid_payload",
            "note",
        ),
        (
            "alert:acknowledge",
            json!([{ "alertId": unknown, "by": "me" }]),
            "invalid_payload",
            "by",
        ),
        (
            "alert:acknowledge",
            json!([{ "alertId": unknown }]),
            "not_found",
            "",
        ),
        (
            "alert:acknowledge",
            json!([{ "alertId": "nonsense" }]),
            "not_found",
            "",
        ),
    ] {
        let Value::Array(given) = arguments.clone() else {
            panic!("{arguments} is no list");
        };
        let error = client.emit_args(event, given).await.0["error"].take();
        let told = (&error["code"], error["field"].as_str().unwrap_or_default());
        assert_eq!(told, (&json!(code), field), "{event} {arguments}");
        assert!(error["message"].is_string(), "{event} {arguments}");
    }
    app.stop().await;
}

#[actix_web::test]
async fn an_error_that_no_acknowledgement_takes_comes_as_an_event() {
    let app = TestApp::start().await;
    let mut client = app.client(&DEMO).await;
    client.tell("subscribe:unit", vec![json!("nonsense")]).await;
    let error = client.expect("error").await;
    let expected =
        json!({ "event": "subscribe:unit", "code": "not_found", "message": "not found" });
    assert_eq!(error, expected);

    client.tell("no:such", vec![]).await;
    let error = client.expect("error").await;
    assert_eq!(
        (&error["event"], &error["code"], &error["field"]),
        (
            &json!("no:such"),
            &json!("invalid_payload"),
            &json!("event")
        )
    );
    app.stop().await;
}

#[actix_web::test]
async fn who_only_looks_on_cannot_acknowledge() {
    let app = TestApp::start().await;
    let mut owner = app.client(&DEMO).await;
    let mut staff = app.client(&DEMO.seen_by("staff@freshtrack.local")).await;
    app.uplink(&DEMO, DEMO.fridge, 12.0).await.expect_stored(1);
    let alert = owner.expect("alert:triggered").await;
    let request = json!({ "alertId": alert["alertId"] });
    for email in ["viewer@freshtrack.local", "inspector@freshtrack.local"] {
        let mut onlooker = app.client(&DEMO.seen_by(email)).await;
        let reply = onlooker.emit("alert:acknowledge", request.clone()).await;
        reply.expect_error("forbidden");
    }
    let reply = staff.emit("alert:acknowledge", request).await.expect_ok();
    assert_eq!(reply["alert"]["acknowledgedBy"]["name"], "Sam Staff");
    app.stop().await;
}

#[actix_web::test]
async fn a_resolved_alert_can_no_longer_be_acknowledged() {
    let app = TestApp::start().await;
    let mut client = app.client(&DEMO).await;
    app.uplink(&DEMO, DEMO.fridge, 12.0).await.expect_stored(1);
    app.advance(std::time::Duration::from_secs(60));
    app.uplink(&DEMO, DEMO.fridge, 3.0).await.expect_stored(1);
    let alert = client.expect("alert:resolved").await;
    let request = json!({ "alertId": alert["alertId"] });
    let reply = client.emit("alert:acknowledge", request).await;
    reply.expect_error("conflict");
    app.stop().await;
}
