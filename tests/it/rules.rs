//! A changed rule acts at once, on the last known reading.

use serde_json::json;

use crate::support::{DEMO, TestApp};

on_postgres_too!(
    a_tightened_rule_alerts_and_a_loosened_one_clears,
    a_second_rule_for_one_scope_is_a_conflict,
);

#[actix_web::test]
async fn a_tightened_rule_alerts_and_a_loosened_one_clears() {
    let app = TestApp::start().await;
    let mut client = app.client(&DEMO).await;
    let token = app.token(&DEMO).await;
    let unit_id = app.unit_id(&DEMO, DEMO.fridge).await;
    app.uplink(&DEMO, DEMO.fridge, 4.0).await.expect_stored(1);
    client.expect("sensor:readings:batch").await;

    let rule = json!({ "scope": "unit", "scopeId": unit_id, "maxTemperature": 3.0 });
    let post = app.http.post("/api/v1/rules").bearer(&token).json(&rule);
    let created = post.send().await;
    let location = created.header("location").map(str::to_owned);
    let created = created.expect(201);
    let path = format!("/api/v1/rules/{}", created["id"].as_str().unwrap());
    assert_eq!(location.as_deref(), Some(path.as_str()));
    let triggered = client.expect("alert:triggered").await;
    assert_eq!(
        (&triggered["value"], &triggered["limit"]),
        (&json!(4.0), &json!(3.0))
    );
    let effective = app.unit(&DEMO, DEMO.fridge).await["effectiveRule"].clone();
    assert_eq!(effective["maxTemperature"], 3.0);

    let patch = json!({ "maxTemperature": 6.0 });
    let answer = app.http.patch(&path).bearer(&token).json(&patch).send();
    answer.await.expect(200);
    let resolved = client.expect("alert:resolved").await;
    assert_eq!(resolved["alertId"], triggered["alertId"]);
    app.stop().await;
}

#[actix_web::test]
async fn a_second_rule_for_one_scope_is_a_conflict() {
    let app = TestApp::start().await;
    let token = app.token(&DEMO).await;
    let unit_id = app.unit_id(&DEMO, DEMO.fridge).await;
    let rule = json!({ "scope": "unit", "scopeId": unit_id, "maxTemperature": 3.0 });
    let post = || {
        app.http
            .post("/api/v1/rules")
            .bearer(&token)
            .json(&rule)
            .send()
    };
    post().await.expect(201);
    post().await.expect_problem(409, "conflict");
    app.stop().await;
}
