//! Nothing of an organization reaches another, whatever its clients ask for.

use serde_json::{Value, json};

use crate::support::{DEMO, RIVAL, TestApp, Transport};

on_postgres_too!(
    a_rival_never_sees_our_readings_and_alerts,
    ids_that_are_foreign_unknown_or_malformed_are_refused_alike,
    rest_answers_for_a_foreign_unit_as_for_one_that_does_not_exist,
    the_secret_decides_whose_device_it_is,
    a_tree_and_its_quarantine_are_their_organizations_own,
    anothers_id_is_nobodys_on_every_route,
);

#[actix_web::test]
async fn a_rival_never_sees_our_readings_and_alerts() {
    let app = TestApp::start().await;
    let mut demo = app.client(&DEMO).await;
    let mut rival = app.client(&RIVAL).await;
    let mut rival_by_polling = app.client_by(&RIVAL, Transport::Polling).await;
    let fridge = app.unit(&DEMO, DEMO.fridge).await;
    let me = app.get(&DEMO, "/api/v1/auth/me").await;
    let organization = me["organizationId"].clone();
    for (event, id, code) in [
        ("subscribe:unit", fridge["id"].clone(), "not_found"),
        ("subscribe:site", fridge["siteId"].clone(), "not_found"),
        ("subscribe:organization", organization, "forbidden"),
    ] {
        rival.emit(event, id.clone()).await.expect_error(code);
        rival_by_polling.emit(event, id).await.expect_error(code);
    }

    app.uplink(&DEMO, DEMO.fridge, 12.0).await.expect_stored(1);
    let alert = demo.expect("alert:triggered").await;
    demo.expect("sensor:readings:batch").await;
    let request = json!({ "alertId": alert["alertId"] });
    let reply = rival.emit("alert:acknowledge", request).await;
    reply.expect_error("not_found");

    let mark = app.mark(&RIVAL).await;
    rival.expect_only(&mark).await;
    rival_by_polling.expect_only(&mark).await;
    app.stop().await;
}

#[actix_web::test]
async fn ids_that_are_foreign_unknown_or_malformed_are_refused_alike() {
    let app = TestApp::start().await;
    let mut rival = app.client(&RIVAL).await;
    let foreign = app.unit_id(&DEMO, DEMO.fridge).await;
    let mut replies = Vec::new();
    for id in [
        foreign.as_str(),
        "01960000-0000-7000-8000-000000000000",
        "fridge",
        "",
    ] {
        replies.push(rival.emit("subscribe:unit", id).await.0);
    }
    assert_eq!(replies[0]["error"]["code"], "not_found");
    assert!(
        replies.iter().all(|reply| *reply == replies[0]),
        "{replies:?}"
    );
    app.stop().await;
}

#[actix_web::test]
async fn rest_answers_for_a_foreign_unit_as_for_one_that_does_not_exist() {
    let app = TestApp::start().await;
    let token = app.token(&RIVAL).await;
    let foreign = app.unit_id(&DEMO, DEMO.fridge).await;
    let unknown = "01960000-0000-7000-8000-000000000000";
    for id in [foreign.as_str(), unknown] {
        let path = format!("/api/v1/units/{id}/readings");
        let answer = app.http.get(&path).bearer(&token).send().await;
        answer.expect_problem(404, "not_found");
    }
    let own = app.get(&RIVAL, "/api/v1/units").await;
    let own_names: Vec<&Value> = own["items"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|unit| &unit["name"])
        .collect();
    assert_eq!(own_names, ["Fridge A", "Fridge B", "Fridge C"]);
    app.stop().await;
}

#[actix_web::test]
async fn the_secret_decides_whose_device_it_is() {
    let app = TestApp::start().await;
    let answer = app.uplink(&RIVAL, DEMO.fridge, 12.0).await;
    let body = answer.expect(202);
    assert_eq!(body["reason"], "unknown_device", "{body}");
    app.stop().await;
}

#[actix_web::test]
async fn a_tree_and_its_quarantine_are_their_organizations_own() {
    let app = TestApp::start().await;
    let stray = app.uplink(&DEMO, RIVAL.fridge, 12.0).await;
    stray.expect(202);
    let token = app.token(&RIVAL).await;
    let unit = app.unit(&DEMO, DEMO.fridge).await;
    for route in ["sites", "areas", "units", "devices", "quarantine"] {
        let path = format!("/api/v1/{route}");
        let ours = app.get(&DEMO, &path).await;
        let theirs = app.get(&RIVAL, &path).await;
        let ids = |list: &Value| -> Vec<Value> {
            let items = list["items"].as_array().into_iter().flatten();
            items.map(|item| item["id"].clone()).collect()
        };
        let (ours, theirs) = (ids(&ours), ids(&theirs));
        assert!(!ours.is_empty(), "{route}");
        assert!(ours.iter().all(|id| !theirs.contains(id)), "{route}");
        if route != "quarantine" {
            let path = format!("{path}/{}", ours[0].as_str().unwrap());
            let answer = app.http.get(&path).bearer(&token).send().await;
            answer.expect_problem(404, "not_found");
        }
    }
    for (route, body) in [
        (
            "areas",
            json!({"siteId": unit["siteId"], "name": "Ours now"}),
        ),
        (
            "units",
            json!({"siteId": unit["siteId"], "areaId": unit["areaId"], "name": "Ours now", "kind": "other"}),
        ),
        (
            "devices",
            json!({"unitId": unit["id"], "devEui": "A840410000000999", "model": "x", "role": "temperature"}),
        ),
    ] {
        let call = app.http.post(&format!("/api/v1/{route}")).bearer(&token);
        call.json(&body)
            .send()
            .await
            .expect_problem(404, "not_found");
    }
    app.stop().await;
}

/// An id of everything that Rival has.
async fn rivals_ids(app: &TestApp) -> Vec<String> {
    let token = app.token(&RIVAL).await;
    let unit = app.unit(&RIVAL, RIVAL.fridge).await;
    app.uplink(&RIVAL, RIVAL.fridge, 12.0)
        .await
        .expect_stored(1);
    for (route, body) in [
        (
            "rules",
            json!({"scope": "unit", "scopeId": unit["id"], "maxTemperature": 8}),
        ),
        (
            "gateways",
            json!({"siteId": unit["siteId"], "gatewayId": "rival-1", "name": "Rival's"}),
        ),
    ] {
        let call = app.http.post(&format!("/api/v1/{route}")).bearer(&token);
        call.json(&body).send().await.expect(201);
    }
    let kinds = [
        "sites", "areas", "units", "devices", "gateways", "rules", "users", "alerts",
    ];
    let mut ids = Vec::new();
    for kind in kinds {
        let list = app.get(&RIVAL, &format!("/api/v1/{kind}")).await;
        let first = &list["items"][0];
        let id = first["id"].as_str().or(first["alertId"].as_str());
        ids.push(id.unwrap_or_else(|| panic!("no {kind}: {list}")).to_owned());
    }
    ids
}

#[actix_web::test]
async fn anothers_id_is_nobodys_on_every_route() {
    let app = TestApp::start().await;
    let ids = rivals_ids(&app).await;
    let before = app.get(&RIVAL, "/api/v1/snapshot").await;
    let token = app.token(&DEMO).await;
    let document = app
        .http
        .get("/api/v1/openapi.json")
        .send()
        .await
        .expect(200);
    let mut tried = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        if !path.contains("{id}") {
            continue;
        }
        for (method, operation) in methods.as_object().unwrap() {
            let call = async |id: &str| {
                let method = method.to_uppercase().parse().unwrap();
                let call = app
                    .http
                    .call(method, &path.replace("{id}", id))
                    .bearer(&token);
                let call = match operation.get("requestBody") {
                    Some(_) => call.json(&json!({})),
                    None => call,
                };
                call.send().await
            };
            let unknown = call("01960000-0000-7000-8000-000000000000").await;
            let expected = unknown.body.clone();
            unknown.expect_problem(404, "not_found");
            for id in ids.iter().map(String::as_str).chain(["fridge", "%00"]) {
                assert_eq!(call(id).await.body, expected, "{method} {path} {id}");
                tried += 1;
            }
        }
    }
    assert!(tried > 200, "{tried}");
    let after = app.get(&RIVAL, "/api/v1/snapshot").await;
    assert_eq!(after["units"], before["units"]);
    assert_eq!(after["alerts"], before["alerts"]);
    app.stop().await;
}
