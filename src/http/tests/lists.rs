use std::time::Duration;

use actix_web::http::Method;
use serde_json::{Value, json};

use super::{Server, authorized};
use crate::{
    domain::Role,
    operations::fixture::{DEMO, FRIDGES, RIVAL_FRIDGE, SITE},
};

/// The items of every page, and how many pages there were.
async fn pages(server: &Server, path: &str) -> (Vec<Value>, usize) {
    let (mut items, mut count) = (Vec::new(), 0);
    let mut next = path.to_owned();
    loop {
        let answer = server.get(&next, Role::Viewer).await;
        assert_eq!(answer.outcome(), (200, ""), "{next}");
        items.extend(answer.body["items"].as_array().expect("items").clone());
        count += 1;
        match answer.body["nextCursor"].as_str() {
            Some(cursor) => next = format!("{path}&cursor={cursor}"),
            None => return (items, count),
        }
    }
}

#[actix_web::test]
async fn pages_hold_everything_once_in_order() {
    let server = Server::open().await;
    for unit in FRIDGES {
        server.fixture.alert(unit).await;
        server.fixture.hand.advance(Duration::from_secs(1));
    }
    let readings = format!("/api/v1/units/{}/readings?", FRIDGES[0]);
    for _ in 0..2 {
        server.fixture.measure(FRIDGES[0], 9.5).await;
    }
    for (path, key) in [
        ("/api/v1/units?", "id"),
        ("/api/v1/devices?", "id"),
        ("/api/v1/alerts?", "alertId"),
        (&readings, "id"),
    ] {
        let (all, _) = pages(&server, path).await;
        assert_eq!(all.len(), 3, "{path}");
        for (limit, expected) in [(1, 3), (2, 2), (3, 1), (1000, 1)] {
            let (items, count) = pages(&server, &format!("{path}limit={limit}")).await;
            assert_eq!((&items, count), (&all, expected), "{path} {limit}");
        }
        let mut ids: Vec<String> = all.iter().map(|item| item[key].to_string()).collect();
        ids.dedup();
        assert_eq!(ids.len(), 3, "{path}");
    }
}

#[actix_web::test]
async fn a_page_that_cannot_be_is_refused() {
    let server = Server::open().await;
    let first = server.get("/api/v1/units?limit=1", Role::Viewer).await;
    let cursor = first.body["nextCursor"].as_str().expect("a cursor");
    for (query, field) in [
        ("units?limit=0".to_owned(), "limit"),
        ("units?limit=1001".to_owned(), "limit"),
        ("units?limit=x".to_owned(), "limit"),
        ("units?limit=5&limit=6".to_owned(), "limit"),
        ("units?offset=5".to_owned(), "offset"),
        ("units?cursor=x".to_owned(), "cursor"),
        (format!("devices?cursor={cursor}"), "cursor"),
    ] {
        let answer = server.get(&format!("/api/v1/{query}"), Role::Viewer).await;
        assert_eq!(answer.outcome(), (400, "invalid_payload"), "{query}");
        assert_eq!(answer.body["errors"][0]["field"], field, "{query}");
    }
    let path = format!("/api/v1/units?cursor={cursor}");
    let rival = server.token_of("owner@rival.example").await;
    let answer = server.call(authorized(Method::GET, &path, &rival)).await;
    assert_eq!(answer.outcome(), (400, "invalid_payload"));
}

#[actix_web::test]
async fn readings_are_those_of_the_range() {
    let server = Server::open().await;
    for celsius in [1.0, 2.0, 3.0] {
        server.fixture.measure(FRIDGES[0], celsius).await;
        server.fixture.hand.advance(Duration::from_secs(60));
    }
    let at = |minute: u8| format!("2026-05-01T12:{minute:02}:00Z");
    for (query, expected) in [
        (String::new(), vec![1.0, 2.0, 3.0]),
        ("resolution=raw".to_owned(), vec![1.0, 2.0, 3.0]),
        (format!("from={}", at(1)), vec![2.0, 3.0]),
        (format!("to={}", at(1)), vec![1.0]),
        (format!("from={}&to={}", at(1), at(2)), vec![2.0]),
        (format!("from={}&to={}", at(1), at(1)), vec![]),
        ("to=2026-05-02T12:00:00.001Z".to_owned(), vec![2.0, 3.0]),
    ] {
        let path = format!("/api/v1/units/{}/readings?{query}", FRIDGES[0]);
        let answer = server.get(&path, Role::Viewer).await;
        let items = answer.body["items"].as_array().expect("items");
        let read: Vec<f64> = items
            .iter()
            .filter_map(|item| item["temperature"].as_f64())
            .collect();
        assert_eq!(read, expected, "{query}");
    }
    let path = format!("/api/v1/units/{}/readings", FRIDGES[0]);
    let first = server.get(&path, Role::Viewer).await.body["items"][0].clone();
    assert_eq!(
        first,
        json!({"id": first["id"], "deviceId": FRIDGES[0], "temperature": 1.0,
            "timestamp": "2026-05-01T12:00:00.000Z"})
    );
}

#[actix_web::test]
async fn the_range_stays_while_it_is_paged() {
    let server = Server::open().await;
    for celsius in [1.0, 2.0] {
        server.fixture.measure(FRIDGES[0], celsius).await;
    }
    let path = format!("/api/v1/units/{}/readings?limit=1", FRIDGES[0]);
    let first = server.get(&path, Role::Viewer).await;
    let cursor = first.body["nextCursor"].as_str().expect("a cursor");
    server.fixture.hand.advance(Duration::from_secs(25 * 3600));
    server.fixture.measure(FRIDGES[0], 3.0).await;
    let rest = server
        .get(&format!("{path}0&cursor={cursor}"), Role::Viewer)
        .await;
    assert_eq!(rest.body["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(rest.body["items"][0]["temperature"], 2.0);
    assert_eq!(rest.body["nextCursor"], Value::Null);
}

#[actix_web::test]
async fn a_range_that_cannot_be_is_refused() {
    let server = Server::open().await;
    for (query, field) in [
        ("from=yesterday", "from"),
        ("to=5", "to"),
        ("from=2026-05-02T00:00:00Z&to=2026-05-01T00:00:00Z", "from"),
        ("resolution=2h", "resolution"),
    ] {
        let path = format!("/api/v1/units/{}/readings?{query}", FRIDGES[0]);
        let answer = server.get(&path, Role::Viewer).await;
        assert_eq!(answer.outcome(), (400, "invalid_payload"), "{query}");
        assert_eq!(answer.body["errors"][0]["field"], field, "{query}");
    }
}

#[actix_web::test]
async fn what_is_anothers_is_not_found() {
    let server = Server::open().await;
    let unknown = "00000000-0000-0000-0000-000000000009".to_owned();
    for id in [RIVAL_FRIDGE.to_string(), unknown, "x".to_owned()] {
        for path in [format!("units/{id}"), format!("units/{id}/readings")] {
            let answer = server.get(&format!("/api/v1/{path}"), Role::Owner).await;
            assert_eq!(answer.outcome(), (404, "not_found"), "{path}");
        }
    }
    let (units, _) = pages(&server, "/api/v1/units?").await;
    assert!(units.iter().all(|unit| unit["siteId"] == json!(SITE)));
}

#[actix_web::test]
async fn a_snapshot_holds_everything_to_start_with() {
    let server = Server::open().await;
    let before = server.get("/api/v1/snapshot", Role::Viewer).await.body;
    let alert = server.fixture.alert(FRIDGES[0]).await;
    let after = server.get("/api/v1/snapshot", Role::Viewer).await.body;
    assert_eq!(
        after["organization"],
        json!({"id": DEMO, "name": "Demo", "temperatureUnit": "C"})
    );
    assert_eq!(
        after["sites"],
        json!([{"id": SITE, "name": "Main Street", "timezone": "Europe/Berlin"}])
    );
    assert_eq!(after["serverTime"], "2026-05-01T12:00:00.000Z");
    assert_eq!(before["alerts"], json!([]));
    assert_eq!(after["alerts"][0]["alertId"], json!(alert.id));
    assert_eq!(before["units"][0]["status"], "pending");
    assert_eq!(before["units"][0]["latestReading"], Value::Null);
    assert_eq!(after["units"][0]["status"], "excursion");
    assert_eq!(after["units"][0]["latestReading"]["temperature"], 9.0);
    assert!(after["position"].is_string());
    assert_ne!(after["position"], before["position"]);
}
