use actix_web::http::Method;
use serde_json::{Value, json};

use super::{Answer, Server, authorized};
use crate::{
    domain::Role,
    operations::fixture::{FRIDGES, RIVAL_FRIDGE, RIVAL_SITE, SITE},
};

async fn if_match(server: &Server, method: Method, path: &str, tag: &str, body: Value) -> Answer {
    let request = authorized(method, path, &server.token(Role::Owner).await);
    let request = request.insert_header(("If-Match", tag));
    server.call(request.set_json(body)).await
}

/// A path, a change of what is there, and what it makes of it.
fn changes() -> Vec<(String, Value, Value)> {
    let path = |kind: &str, id: Value| format!("/api/v1/{kind}/{}", id.as_str().expect("an id"));
    vec![
        (
            "/api/v1/organization".to_owned(),
            json!({"name": "Demo Foods", "temperatureUnit": "F"}),
            json!({"name": "Demo Foods", "temperatureUnit": "F"}),
        ),
        (
            path("sites", json!(SITE)),
            json!({"timezone": "europe/lisbon"}),
            json!({"name": "Main Street", "timezone": "Europe/Lisbon"}),
        ),
        (
            path("areas", json!(SITE)),
            json!({"name": " Store "}),
            json!({"name": "Store", "siteId": SITE}),
        ),
        (
            path("units", json!(FRIDGES[0])),
            json!({"name": "Hot counter", "kind": "hot_hold", "primaryDeviceId": null}),
            json!({"name": "Hot counter", "kind": "hot_hold", "areaId": SITE}),
        ),
        (
            path("devices", json!(FRIDGES[0])),
            json!({"unitId": FRIDGES[1], "settings": {"probe": "external"}, "applicationId": "kitchen"}),
            json!({"unitId": FRIDGES[1], "applicationId": "kitchen", "model": "LHT65N",
                "settings": {"probe": "external", "doorPolarity": "normal"}}),
        ),
    ]
}

#[actix_web::test]
async fn a_patch_changes_what_it_names_if_it_is_as_the_caller_saw_it() {
    let server = Server::open().await;
    for (path, change, expected) in changes() {
        let before = server.get(&path, Role::Viewer).await;
        let tag = before.header("etag").expect("a tag").to_owned();
        let changed = if_match(&server, Method::PATCH, &path, &tag, change.clone()).await;
        assert_eq!(changed.outcome(), (200, ""), "{path}: {}", changed.body);
        for (field, value) in expected.as_object().expect("fields") {
            assert_eq!(&changed.body[field], value, "{path} {field}");
        }
        let stale = if_match(&server, Method::PATCH, &path, &tag, change).await;
        assert_eq!(stale.outcome(), (412, "precondition_failed"), "{path}");
        let after = server.get(&path, Role::Viewer).await;
        assert_eq!(after.body, changed.body);
        assert_eq!(after.header("etag"), changed.header("etag"));
        let same = server
            .send(Method::PATCH, &path, Role::Admin, json!({}))
            .await;
        assert_eq!(same.body, changed.body, "{path}");
    }
}

#[actix_web::test]
async fn a_patch_is_for_owner_and_admin_and_knows_its_fields() {
    let server = Server::open().await;
    for (path, change, _) in changes() {
        for role in [Role::Manager, Role::Staff, Role::Viewer, Role::Inspector] {
            let answer = server
                .send(Method::PATCH, &path, role, change.clone())
                .await;
            assert_eq!(answer.outcome(), (403, "forbidden"), "{path} {role}");
        }
        for wrong in [
            json!({"id": SITE}),
            json!({"status": "ok"}),
            json!({"name": null}),
        ] {
            let answer = server
                .send(Method::PATCH, &path, Role::Owner, wrong.clone())
                .await;
            assert_eq!(answer.outcome(), (400, "invalid_payload"), "{path} {wrong}");
        }
    }
}

#[actix_web::test]
async fn what_a_patch_names_must_be_there_and_ours() {
    let server = Server::open().await;
    let unit = format!("/api/v1/units/{}", FRIDGES[0]);
    let device = format!("/api/v1/devices/{}", FRIDGES[0]);
    for (path, change, expected, field) in [
        (&unit, json!({"siteId": RIVAL_SITE}), 404, "siteId"),
        (&unit, json!({"areaId": RIVAL_SITE}), 404, "areaId"),
        (
            &unit,
            json!({"primaryDeviceId": RIVAL_FRIDGE}),
            404,
            "primaryDeviceId",
        ),
        (
            &unit,
            json!({"primaryDeviceId": FRIDGES[1]}),
            400,
            "primaryDeviceId",
        ),
        (&device, json!({"unitId": RIVAL_FRIDGE}), 404, "unitId"),
        (&device, json!({"devEui": null}), 400, "devEui"),
        (
            &device,
            json!({"expectedIntervalSeconds": 0}),
            400,
            "expectedIntervalSeconds",
        ),
    ] {
        let answer = server
            .send(Method::PATCH, path, Role::Owner, change.clone())
            .await;
        assert_eq!(answer.status, expected, "{change}: {}", answer.body);
        assert_eq!(answer.body["errors"][0]["field"], field, "{change}");
    }
    let taken = json!({"devEui": format!("{:016X}", FRIDGES[1].0.as_u128())});
    let taken = server
        .send(Method::PATCH, &device, Role::Owner, taken)
        .await;
    assert_eq!(taken.outcome(), (409, "conflict"));
    let rival = server.send(
        Method::PATCH,
        "/api/v1/organization",
        Role::Owner,
        json!({"name": "Rival"}),
    );
    assert_eq!(rival.await.outcome(), (409, "conflict"));
}

#[actix_web::test]
async fn another_kind_of_unit_is_judged_at_once() {
    let server = Server::open().await;
    server.fixture.measure(FRIDGES[0], 4.0).await;
    let path = format!("/api/v1/units/{}", FRIDGES[0]);
    let freezer = json!({"kind": "freezer"});
    let changed = server
        .send(Method::PATCH, &path, Role::Owner, freezer)
        .await;
    assert_eq!(changed.body["status"], "excursion", "{}", changed.body);
    assert_eq!(changed.body["effectiveRule"]["maxTemperature"], -18.0);
    let back = server
        .send(Method::PATCH, &path, Role::Owner, json!({"kind": "fridge"}))
        .await;
    assert_eq!(back.body["status"], "ok");
}

#[actix_web::test]
async fn an_archived_unit_ends_its_alerts_and_keeps_its_record() {
    let server = Server::open().await;
    let alert = server.fixture.alert(FRIDGES[0]).await;
    let path = format!("/api/v1/units/{}", FRIDGES[0]);
    let archived = server
        .send(Method::DELETE, &path, Role::Owner, json!({}))
        .await;
    assert_eq!(archived.status, 204);
    assert_eq!(
        server.get(&path, Role::Owner).await.outcome(),
        (404, "not_found")
    );
    let ended = server
        .get(&format!("/api/v1/alerts/{}", alert.id), Role::Viewer)
        .await
        .body;
    assert_eq!(
        (&ended["status"], &ended["resolvedBy"], &ended["reason"]),
        (&json!("resolved"), &json!("system"), &json!("unit_removed"))
    );
    let readings = server
        .get(&format!("{path}/readings"), Role::Viewer)
        .await
        .body;
    assert_eq!(readings["items"][0]["temperature"], 9.0);
    let device = server
        .get(&format!("/api/v1/devices/{}", FRIDGES[0]), Role::Viewer)
        .await;
    assert_eq!(device.body["unitId"], Value::Null);
    let again = server
        .send(Method::DELETE, &path, Role::Owner, json!({}))
        .await;
    assert_eq!(again.outcome(), (404, "not_found"));
}

#[actix_web::test]
async fn what_something_lies_in_is_not_removed() {
    let server = Server::open().await;
    let site = format!("/api/v1/sites/{}", SITE.0);
    let area = format!("/api/v1/areas/{}", SITE.0);
    for path in [&site, &area] {
        let refused = server
            .send(Method::DELETE, path, Role::Owner, json!({}))
            .await;
        assert_eq!(refused.outcome(), (409, "conflict"), "{path}");
    }
    let made = json!({"name": "Harbour", "timezone": "UTC"});
    let made = server
        .send(Method::POST, "/api/v1/sites", Role::Owner, made)
        .await;
    let empty = made.header("location").expect("a location");
    let stale = if_match(&server, Method::DELETE, empty, "\"x\"", json!({})).await;
    assert_eq!(stale.outcome(), (412, "precondition_failed"));
    let removed = server
        .send(Method::DELETE, empty, Role::Admin, json!({}))
        .await;
    assert_eq!(removed.status, 204);
    assert_eq!(server.get(empty, Role::Owner).await.status, 404);
}

#[actix_web::test]
async fn a_removed_device_leaves_its_identity_to_its_successor() {
    let server = Server::open().await;
    server.fixture.measure(FRIDGES[0], 4.0).await;
    let path = format!("/api/v1/devices/{}", FRIDGES[0]);
    let eui = server.get(&path, Role::Viewer).await.body["devEui"].clone();
    let removed = server
        .send(Method::DELETE, &path, Role::Owner, json!({}))
        .await;
    assert_eq!(removed.status, 204);
    let unit = server
        .get(&format!("/api/v1/units/{}", FRIDGES[0]), Role::Viewer)
        .await;
    assert!(unit.body.get("primaryDeviceId").is_none(), "{}", unit.body);
    let successor =
        json!({"unitId": FRIDGES[0], "devEui": eui, "model": "EM300-TH", "role": "temperature"});
    let made = server
        .send(Method::POST, "/api/v1/devices", Role::Owner, successor)
        .await;
    assert_eq!(made.outcome(), (201, ""), "{}", made.body);
    let unit = server
        .get(&format!("/api/v1/units/{}", FRIDGES[0]), Role::Viewer)
        .await;
    assert_eq!(unit.body["primaryDeviceId"], made.body["id"]);
}

#[actix_web::test]
async fn a_removed_rule_gives_the_wider_limits_back_at_once() {
    let server = Server::open().await;
    server.fixture.measure(FRIDGES[0], 4.0).await;
    let rule = json!({"scope": "unit", "scopeId": FRIDGES[0], "maxTemperature": 3});
    let rule = server
        .send(Method::POST, "/api/v1/rules", Role::Manager, rule)
        .await;
    let unit = format!("/api/v1/units/{}", FRIDGES[0]);
    assert_eq!(
        server.get(&unit, Role::Viewer).await.body["status"],
        "excursion"
    );
    let path = rule.header("location").expect("a location");
    let refused = server
        .send(Method::DELETE, path, Role::Staff, json!({}))
        .await;
    assert_eq!(refused.outcome(), (403, "forbidden"));
    let removed = server
        .send(Method::DELETE, path, Role::Manager, json!({}))
        .await;
    assert_eq!(removed.status, 204);
    let unit = server.get(&unit, Role::Viewer).await.body;
    assert_eq!(
        (&unit["status"], &unit["effectiveRule"]["maxTemperature"]),
        (&json!("ok"), &json!(5.0))
    );
}

#[actix_web::test]
async fn a_gateway_is_made_changed_and_removed() {
    let server = Server::open().await;
    let gateway = json!({"siteId": SITE, "gatewayId": "kitchen-1", "name": "Kitchen"});
    let make = async |body: &Value| {
        server
            .send(Method::POST, "/api/v1/gateways", Role::Admin, body.clone())
            .await
    };
    let made = make(&gateway).await;
    let id = &made.body["id"];
    assert_eq!(
        made.body,
        json!({"id": id, "siteId": SITE, "gatewayId": "kitchen-1", "name": "Kitchen"})
    );
    assert_eq!(make(&gateway).await.outcome(), (409, "conflict"));
    let path = made.header("location").expect("a location");
    let renamed = server
        .send(Method::PATCH, path, Role::Owner, json!({"name": "Store"}))
        .await;
    assert_eq!(renamed.body["name"], "Store");
    let list = server.get("/api/v1/gateways", Role::Viewer).await.body;
    assert_eq!(list["items"], json!([renamed.body]));
    let removed = server
        .send(Method::DELETE, path, Role::Owner, json!({}))
        .await;
    assert_eq!(removed.status, 204);
    assert_eq!(make(&gateway).await.outcome(), (201, ""));
}

#[actix_web::test]
async fn members_are_seen_by_owner_admin_and_inspector() {
    let server = Server::open().await;
    for role in Role::ALL {
        let answer = server.get("/api/v1/users", *role).await;
        let may = matches!(role, Role::Owner | Role::Admin | Role::Inspector);
        assert_eq!(answer.status, if may { 200 } else { 403 }, "{role}");
    }
    let list = server.get("/api/v1/users", Role::Inspector).await.body;
    let first = &list["items"][0];
    assert_eq!(
        list["items"].as_array().map(Vec::len),
        Some(Role::ALL.len())
    );
    assert_eq!(
        first,
        &json!({"id": first["id"], "email": "owner@demo.example", "name": "The owner", "role": "owner", "status": "active"})
    );
    let path = format!("/api/v1/users/{}", first["id"].as_str().expect("an id"));
    assert_eq!(&server.get(&path, Role::Admin).await.body, first);
}
