use actix_web::http::Method;
use serde_json::{Value, json};

use super::{Answer, Server, authorized};
use crate::{
    domain::Role,
    operations::fixture::{FRIDGES, RIVAL_FRIDGE},
};

async fn create(server: &Server) -> Answer {
    let body =
        json!({"scope": "unit", "scopeId": FRIDGES[0], "maxTemperature": 8, "hysteresis": 1});
    server
        .send(Method::POST, "/api/v1/rules", Role::Manager, body)
        .await
}

async fn patch(server: &Server, path: &str, if_match: &str, body: Value) -> Answer {
    let token = server.token(Role::Manager).await;
    let mut request = authorized(Method::PATCH, path, &token);
    if !if_match.is_empty() {
        request = request.insert_header(("If-Match", if_match));
    }
    server.call(request.set_json(body)).await
}

#[actix_web::test]
async fn a_rule_is_made_found_and_makes_the_units_limits() {
    let server = Server::open().await;
    let made = create(&server).await;
    assert_eq!(made.outcome(), (201, ""));
    let id = &made.body["id"];
    assert_eq!(
        made.body,
        json!({"id": id, "scope": "unit", "scopeId": FRIDGES[0], "maxTemperature": 8.0, "hysteresis": 1.0})
    );
    let location = made.header("location").expect("a location");
    let read = server.get(location, Role::Viewer).await;
    assert_eq!(read.body, made.body);
    assert_eq!(read.header("etag"), made.header("etag"));
    let unit = format!("/api/v1/units/{}", FRIDGES[0]);
    let unit = server.get(&unit, Role::Viewer).await;
    assert_eq!(
        unit.body["effectiveRule"],
        json!({"minTemperature": 0.0, "maxTemperature": 8.0, "hysteresis": 1.0,
            "confirmHighSeconds": 900, "confirmLowSeconds": 900})
    );
    assert_eq!(create(&server).await.outcome(), (409, "conflict"));
}

#[actix_web::test]
async fn a_rule_that_cannot_be_is_refused() {
    let server = Server::open().await;
    for (name, role, change, expected) in [
        ("viewer", Role::Viewer, json!({}), (403, "forbidden")),
        (
            "foreign",
            Role::Owner,
            json!({"scopeId": RIVAL_FRIDGE}),
            (404, "not_found"),
        ),
        (
            "no id",
            Role::Owner,
            json!({"scopeId": "x"}),
            (400, "invalid_payload"),
        ),
        (
            "no scope",
            Role::Owner,
            json!({"scope": "planet"}),
            (400, "invalid_payload"),
        ),
        (
            "too hot",
            Role::Owner,
            json!({"maxTemperature": 1001}),
            (400, "invalid_payload"),
        ),
        (
            "no inside",
            Role::Owner,
            json!({"minTemperature": 9, "maxTemperature": 8}),
            (400, "invalid_payload"),
        ),
        (
            "too long",
            Role::Owner,
            json!({"confirmHighSeconds": 86_401}),
            (400, "invalid_payload"),
        ),
        (
            "half a second",
            Role::Owner,
            json!({"confirmHighSeconds": 0.5}),
            (400, "invalid_payload"),
        ),
        (
            "unknown field",
            Role::Owner,
            json!({"max": 5}),
            (400, "invalid_payload"),
        ),
    ] {
        let mut body = json!({"scope": "unit", "scopeId": FRIDGES[0]});
        for (field, value) in change.as_object().expect("an object") {
            body[field] = value.clone();
        }
        let answer = server.send(Method::POST, "/api/v1/rules", role, body).await;
        assert_eq!(answer.outcome(), expected, "{name}");
    }
}

#[actix_web::test]
async fn a_patch_changes_what_it_names_and_null_inherits() {
    let server = Server::open().await;
    let made = create(&server).await;
    let path = made.header("location").expect("a location");
    let change = json!({"maxTemperature": 6.5, "hysteresis": null, "confirmLowSeconds": 0});
    let changed = patch(&server, path, "", change).await;
    assert_eq!(changed.outcome(), (200, ""));
    assert_eq!(
        changed.body,
        json!({"id": made.body["id"], "scope": "unit", "scopeId": FRIDGES[0],
            "maxTemperature": 6.5, "confirmLowSeconds": 0})
    );
    assert_ne!(changed.header("etag"), made.header("etag"));
    let moved = patch(&server, path, "", json!({"scope": "site"})).await;
    assert_eq!(moved.outcome(), (400, "invalid_payload"));
}

#[actix_web::test]
async fn a_stale_change_is_refused() {
    let server = Server::open().await;
    let made = create(&server).await;
    let path = made.header("location").expect("a location");
    let first = made.header("etag").expect("a tag");
    let warmer = |celsius: i32| json!({"maxTemperature": celsius});
    let changed = patch(&server, path, first, warmer(7)).await;
    assert_eq!(changed.outcome(), (200, ""));
    let stale = patch(&server, path, first, warmer(6)).await;
    assert_eq!(stale.outcome(), (412, "precondition_failed"));
    let current = changed.header("etag").expect("a tag");
    let fresh = patch(&server, path, current, warmer(6)).await;
    assert_eq!(fresh.outcome(), (200, ""));
    let any = patch(&server, path, "*", warmer(5)).await;
    assert_eq!(any.body["maxTemperature"], 5.0);
}
