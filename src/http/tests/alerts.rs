use actix_web::http::Method;
use serde_json::json;

use super::{Server, authorized};
use crate::{domain::Role, operations::fixture::FRIDGES};

#[actix_web::test]
async fn an_alert_is_taken_on_and_the_second_gets_the_same_answer() {
    let server = Server::open().await;
    let alert = server.fixture.alert(FRIDGES[0]).await;
    let path = format!("/api/v1/alerts/{}/acknowledge", alert.id);
    let note = json!({"note": "on my way"});
    let first = server.send(Method::POST, &path, Role::Staff, note).await;
    assert_eq!(first.outcome(), (200, ""));
    assert_eq!(first.body["alertId"], json!(alert.id));
    assert_eq!(first.body["status"], "acknowledged");
    assert_eq!(first.body["note"], "on my way");
    assert_eq!(first.body["acknowledgedBy"]["name"], "The staff");
    let bodiless = authorized(Method::POST, &path, &server.token(Role::Owner).await);
    let second = server.call(bodiless).await;
    assert_eq!(second.body, first.body);
    let read = server
        .get(&format!("/api/v1/alerts/{}", alert.id), Role::Viewer)
        .await;
    let mut alert = read.body.clone();
    alert.as_object_mut().expect("an alert").remove("history");
    assert_eq!(alert, first.body);
}

#[actix_web::test]
async fn taking_on_is_refused_where_it_must_be() {
    let server = Server::open().await;
    let alert = server.fixture.alert(FRIDGES[0]).await;
    let path = |id: &str| format!("/api/v1/alerts/{id}/acknowledge");
    let ours = path(&alert.id.to_string());
    let unknown = path("00000000-0000-0000-0000-000000000009");
    for (path, role, body, expected) in [
        (&ours, Role::Viewer, json!({}), (403, "forbidden")),
        (&unknown, Role::Staff, json!({}), (404, "not_found")),
        (&path("x"), Role::Staff, json!({}), (404, "not_found")),
        (
            &ours,
            Role::Staff,
            json!({"note": 5}),
            (400, "invalid_payload"),
        ),
        (
            &ours,
            Role::Staff,
            json!({"notes": "x"}),
            (400, "invalid_payload"),
        ),
        (
            &ours,
            Role::Staff,
            json!({"note": "x".repeat(1001)}),
            (400, "invalid_payload"),
        ),
    ] {
        let answer = server.send(Method::POST, path, role, body).await;
        assert_eq!(answer.outcome(), expected, "{path} {role}");
    }
    let rival = server.token_of("owner@rival.example").await;
    for (method, path) in [
        (Method::POST, ours),
        (Method::GET, format!("/api/v1/alerts/{}", alert.id)),
    ] {
        let answer = server.call(authorized(method, &path, &rival)).await;
        assert_eq!(answer.outcome(), (404, "not_found"), "{path}");
    }
}

#[actix_web::test]
async fn alerts_are_filtered() {
    let server = Server::open().await;
    let first = server.fixture.alert(FRIDGES[0]).await;
    let second = server.fixture.alert(FRIDGES[1]).await;
    let path = format!("/api/v1/alerts/{}/acknowledge", first.id);
    server
        .send(Method::POST, &path, Role::Staff, json!({}))
        .await;
    let (one, two) = (json!(first.id), json!(second.id));
    for (query, expected) in [
        (String::new(), vec![&two, &one]),
        ("?status=active".to_owned(), vec![&two]),
        ("?status=acknowledged".to_owned(), vec![&one]),
        ("?status=resolved".to_owned(), vec![]),
        (format!("?unitId={}", FRIDGES[1]), vec![&two]),
        (
            format!("?unitId={}&status=acknowledged", FRIDGES[1]),
            vec![],
        ),
        ("?kind=temperature_excursion".to_owned(), vec![&two, &one]),
    ] {
        let answer = server
            .get(&format!("/api/v1/alerts{query}"), Role::Inspector)
            .await;
        let items = answer.body["items"].as_array().expect("items");
        let ids: Vec<_> = items.iter().map(|item| &item["alertId"]).collect();
        assert_eq!(ids, expected, "{query}");
    }
    let answer = server
        .get("/api/v1/alerts?status=open&unitid=5", Role::Viewer)
        .await;
    assert_eq!(
        answer.body["errors"],
        json!([
            {"field": "status", "message": "must be one of active, acknowledged, resolved"},
            {"field": "unitid", "message": "is not known"},
        ])
    );
}
