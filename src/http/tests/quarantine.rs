use std::time::Duration;

use actix_web::http::Method;
use serde_json::{Value, json};

use super::{Answer, Server, authorized};
use crate::{domain::Role, operations::fixture::WEBHOOK_SECRET};

const PATH: &str = "/api/v1/quarantine";

fn message(dev_eui: &str) -> Value {
    json!({"end_device_ids": {"dev_eui": dev_eui},
        "uplink_message": {"f_port": 2, "f_cnt": 1, "decoded_payload": {"TempC_SHT": 3.5}}})
}

async fn send(server: &Server, body: &Value) -> Answer {
    let request = authorized(Method::POST, "/webhooks/ttn", WEBHOOK_SECRET);
    server.call(request.set_json(body)).await
}

#[actix_web::test]
async fn what_could_not_be_used_is_listed_as_it_came_the_newest_first() {
    let server = Server::open().await;
    let unknown = message("A8404100000000FF");
    let nameless = json!({"weather": "fine"});
    for body in [&unknown, &nameless] {
        assert_eq!(send(&server, body).await.status, 202);
        server.fixture.hand.advance(Duration::from_secs(1));
    }
    let list = server.get(PATH, Role::Admin).await.body;
    let items = list["items"].as_array().expect("items");
    assert_eq!(
        *items,
        [
            json!({"id": items[0]["id"], "receivedAt": "2026-05-01T12:00:01.000Z", "reason": "unknown_message",
                "body": nameless}),
            json!({"id": items[1]["id"], "receivedAt": "2026-05-01T12:00:00.000Z", "reason": "unknown_device",
                "devEui": "A8404100000000FF", "body": unknown}),
        ]
    );
    assert_eq!(list["nextCursor"], Value::Null);
}

#[actix_web::test]
async fn pages_hold_every_message_once() {
    let server = Server::open().await;
    for number in 0..5 {
        send(&server, &message(&format!("A84041000000FF0{number}"))).await;
    }
    let (mut seen, mut next) = (Vec::new(), format!("{PATH}?limit=2"));
    loop {
        let page = server.get(&next, Role::Owner).await.body;
        let items = page["items"].as_array().expect("items");
        seen.extend(items.iter().map(|item| item["devEui"].to_string()));
        match page["nextCursor"].as_str() {
            Some(cursor) => next = format!("{PATH}?limit=2&cursor={cursor}"),
            None => break,
        }
    }
    let expected = (0..5)
        .rev()
        .map(|number| format!("\"A84041000000FF0{number}\""));
    assert_eq!(seen, Vec::from_iter(expected));
}

#[actix_web::test]
async fn a_page_of_long_messages_ends_early_and_goes_on() {
    let server = Server::open().await;
    for _ in 0..20 {
        let body = json!({"end_device_ids": {}, "padding": "x".repeat(255 * 1024)});
        assert_eq!(send(&server, &body).await.status, 202);
    }
    let first = server.get(PATH, Role::Owner).await.body;
    assert_eq!(first["items"].as_array().map(Vec::len), Some(16));
    let cursor = first["nextCursor"].as_str().expect("a cursor");
    let rest = format!("{PATH}?cursor={cursor}");
    let rest = server.get(&rest, Role::Owner).await.body;
    assert_eq!(rest["items"].as_array().map(Vec::len), Some(4));
    assert_eq!(rest["nextCursor"], Value::Null);
}

#[actix_web::test]
async fn it_is_for_owner_and_admin_of_the_organization_alone() {
    let server = Server::open().await;
    send(&server, &message("A8404100000000FF")).await;
    for role in [Role::Manager, Role::Staff, Role::Viewer, Role::Inspector] {
        let answer = server.get(PATH, role).await;
        assert_eq!(answer.outcome(), (403, "forbidden"), "{role}");
    }
    let rival = server.token_of("owner@rival.example").await;
    let answer = server.call(authorized(Method::GET, PATH, &rival)).await;
    assert_eq!(answer.body["items"], json!([]));
}
