//! What the webhook takes, what it refuses, and what it keeps for an operator.

use serde_json::{Value, json};

use crate::support::{Answer, DEMO, TestApp};

const JSON: &str = "application/json";

async fn post(app: &TestApp, body: impl Into<Vec<u8>>) -> Answer {
    app.http
        .post("/webhooks/ttn/up")
        .header("x-webhook-secret", DEMO.webhook_secret)
        .raw(JSON, body)
        .send()
        .await
}

#[actix_web::test]
async fn the_secret_may_come_in_three_ways_and_on_any_path_below() {
    let app = TestApp::start().await;
    let secret = DEMO.webhook_secret;
    // demo:demo-webhook-secret
    let basic = "Basic ZGVtbzpkZW1vLXdlYmhvb2stc2VjcmV0";
    for (path, header, value) in [
        ("/webhooks/ttn", "x-webhook-secret", secret.to_owned()),
        (
            "/webhooks/ttn/up/any",
            "authorization",
            format!("Bearer {secret}"),
        ),
        ("/webhooks/ttn/up", "authorization", basic.to_owned()),
    ] {
        let frame = app.frame(DEMO.fridge, 3.5).body();
        let call = app.http.post(path).header(header, &value).json(&frame);
        call.send().await.expect_stored(1);
    }
    app.stop().await;
}

#[actix_web::test]
async fn without_a_good_secret_the_body_is_not_looked_at() {
    let app = TestApp::start().await;
    for (header, value) in [
        ("x-other", "demo-webhook-secret"),
        ("x-webhook-secret", ""),
        ("x-webhook-secret", "demo-webhook-secret2"),
        ("authorization", "Bearer demo-webhook"),
        ("authorization", "Basic !"),
        ("authorization", "demo-webhook-secret"),
    ] {
        let call = app.http.post("/webhooks/ttn").header(header, value);
        let answer = call.raw(JSON, "{").send().await;
        answer.expect_problem(401, "unauthorized");
    }
    app.stop().await;
}

#[actix_web::test]
async fn what_is_no_json_object_is_refused() {
    let app = TestApp::start().await;
    let deep = format!("{{\"a\":{}1{}}}", "[".repeat(70), "]".repeat(70));
    for body in [
        "",
        "{",
        "[]",
        "7",
        "null",
        "\"text\"",
        "{} {}",
        "{\"a\":1,}",
        "{\"a\":NaN}",
        "{\"a\":\"\\ud800\"}",
        "{\"a\":1e999}",
        deep.as_str(),
    ] {
        let answer = post(&app, body).await;
        assert_eq!(answer.status, 400, "{body}: {}", answer.text);
    }
    let answer = post(&app, b"{\"a\":\"\xff\"}".as_slice()).await;
    answer.expect_problem(400, "invalid_json");
    app.stop().await;
}

#[actix_web::test]
async fn a_protobuf_body_is_told_to_choose_json() {
    let app = TestApp::start().await;
    let call = app.http.post("/webhooks/ttn/up");
    let call = call.header("x-webhook-secret", DEMO.webhook_secret);
    let answer = call
        .raw("application/octet-stream", "\n\u{1}x")
        .send()
        .await;
    assert!(answer.text.contains("JSON"), "{}", answer.text);
    assert_eq!(answer.status, 400);
    app.stop().await;
}

#[actix_web::test]
async fn a_body_over_256_kib_is_too_large() {
    let app = TestApp::start().await;
    let mut body = app.frame(DEMO.fridge, 3.5).body();
    body["padding"] = Value::from("x".repeat(256 * 1024));
    let answer = post(&app, body.to_string()).await;
    answer.expect_problem(413, "payload_too_large");
    app.stop().await;
}

#[actix_web::test]
async fn what_cannot_be_used_is_accepted_and_says_why() {
    let app = TestApp::start().await;
    let known = json!({ "dev_eui": DEMO.fridge.dev_eui });
    for (body, reason) in [
        (json!({}), "unknown_message"),
        (json!({ "hello": "world" }), "unknown_message"),
        (
            json!({ "end_device_ids": { "dev_eui": "A8404100000000FF" }, "uplink_message": {} }),
            "unknown_device",
        ),
        (
            json!({ "end_device_ids": known, "uplink_message": { "f_port": 2, "decoded_payload": {} } }),
            "no_measurement",
        ),
    ] {
        let answer = post(&app, body.to_string()).await.expect(202);
        let expected = json!({ "accepted": true, "stored": 0, "reason": reason });
        assert_eq!(answer, expected, "{body}");
    }
    app.stop().await;
}

#[actix_web::test]
async fn other_known_messages_are_taken_and_store_nothing() {
    let app = TestApp::start().await;
    let known = json!({ "dev_eui": DEMO.fridge.dev_eui });
    let body = json!({ "end_device_ids": known, "join_accept": { "session_key_id": "AZq0" } });
    let answer = post(&app, body.to_string()).await.expect(200);
    let expected = json!({ "accepted": true, "stored": 0, "duplicate": false });
    assert_eq!(answer, expected);
    app.stop().await;
}

#[actix_web::test]
async fn zero_degrees_is_a_temperature_and_an_impossible_value_is_a_fault() {
    let app = TestApp::start().await;
    let mut client = app.client(&DEMO).await;
    app.uplink(&DEMO, DEMO.fridge, 0.0).await.expect_stored(1);
    let batch = client.expect("sensor:readings:batch").await;
    assert_eq!(batch["readings"][0]["temperature"], 0.0);

    app.advance(std::time::Duration::from_secs(60));
    app.uplink(&DEMO, DEMO.fridge, 327.67)
        .await
        .expect_stored(1);
    let batch = client.expect("sensor:readings:batch").await;
    let reading = &batch["readings"][0];
    assert_eq!(reading["fault"], true);
    assert_eq!(reading.get("temperature"), None);
    assert_eq!(reading["humidity"], 55.5);
    app.stop().await;
}
