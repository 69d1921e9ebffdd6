use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    time::Duration,
};

use actix_web::{App, HttpServer, test::TestRequest};
use serde_json::{Value, json};

use super::{Server, configure, pieces, untouchable};
use crate::{
    domain::{DownlinkRoute, Role},
    operations::fixture::{DEMO, FRIDGES, RIVAL, RIVAL_FRIDGE, WEBHOOK_SECRET},
    storage::{devices, downlinks},
};

fn post(path: &str) -> TestRequest {
    TestRequest::post()
        .uri(path)
        .insert_header(("X-Webhook-Secret", WEBHOOK_SECRET))
}

fn uplink(unit: u128, frame: u32) -> Value {
    json!({
        "end_device_ids": {"dev_eui": format!("{unit:016X}")},
        "received_at": "2026-05-01T12:00:00Z",
        "uplink_message": {"f_port": 2, "f_cnt": frame, "decoded_payload": {"TempC_SHT": 3.5}},
    })
}

#[actix_web::test]
async fn an_uplink_is_stored_once_on_any_path_below() {
    let server = Server::open().await;
    let fridge = FRIDGES[0].0.as_u128();
    for (path, frame, expected) in [
        (
            "/webhooks/ttn",
            1,
            json!({"accepted": true, "stored": 1, "duplicate": false}),
        ),
        (
            "/webhooks/ttn/uplink",
            1,
            json!({"accepted": true, "stored": 0, "duplicate": true}),
        ),
        (
            "/webhooks/ttn/a/b",
            2,
            json!({"accepted": true, "stored": 1, "duplicate": false}),
        ),
    ] {
        let answer = server
            .call(post(path).set_json(uplink(fridge, frame)))
            .await;
        assert_eq!(
            (answer.status.as_u16(), answer.body),
            (200, expected),
            "{path}"
        );
    }
    let readings = format!("/api/v1/units/{}/readings", FRIDGES[0]);
    let readings = server.get(&readings, Role::Viewer).await;
    assert_eq!(readings.body["items"].as_array().map(Vec::len), Some(2));
}

#[actix_web::test]
async fn what_cannot_be_used_is_accepted_and_kept() {
    let server = Server::open().await;
    let foreign = uplink(RIVAL_FRIDGE.0.as_u128(), 1);
    for (body, reason) in [
        (foreign, "unknown_device"),
        (json!({"hello": "world"}), "unknown_message"),
    ] {
        let answer = server.call(post("/webhooks/ttn").set_json(body)).await;
        let kept = json!({"accepted": true, "stored": 0, "reason": reason});
        assert_eq!((answer.status.as_u16(), answer.body), (202, kept));
    }
}

#[actix_web::test]
async fn the_secret_is_checked_before_the_body_is_read() {
    let server = Server::open().await;
    let bare = || TestRequest::post().uri("/webhooks/ttn");
    for (name, request) in [
        ("none", bare()),
        ("wrong", bare().insert_header(("X-Webhook-Secret", "wrong"))),
        (
            "wrong bearer",
            bare().insert_header(("Authorization", "Bearer wrong")),
        ),
        (
            "wrong, and too long",
            bare().insert_header(("Content-Length", "999999999")),
        ),
    ] {
        let answer = server.call_with(request, Some(untouchable())).await;
        assert_eq!(answer.outcome(), (401, "unauthorized"), "{name}");
    }
}

#[actix_web::test]
async fn a_long_body_is_refused_unread_or_as_it_grows() {
    let server = Server::open().await;
    let announced = post("/webhooks/ttn").insert_header(("Content-Length", "262145"));
    let answer = server.call_with(announced, Some(untouchable())).await;
    assert_eq!(answer.outcome(), (413, "payload_too_large"));
    let streamed = server
        .call_with(post("/webhooks/ttn"), Some(pieces(5)))
        .await;
    assert_eq!(streamed.outcome(), (413, "payload_too_large"));
}

#[actix_web::test]
async fn a_body_that_is_no_object_is_refused_and_the_format_named() {
    let server = Server::open().await;
    for (kind, body, hint) in [
        ("application/json", "[]", false),
        ("application/json", "{\"a\":1,\"a\":2}", false),
        ("application/json", "", false),
        ("application/octet-stream", "\u{a}\u{20}up", true),
    ] {
        let request = post("/webhooks/ttn").insert_header(("Content-Type", kind));
        let answer = server.call(request.set_payload(body)).await;
        assert_eq!(answer.outcome(), (400, "invalid_json"), "{kind} {body}");
        let detail = answer.body["detail"].as_str().unwrap_or_default();
        assert_eq!(detail.contains("choose the format JSON"), hint, "{detail}");
    }
    let octets = post("/webhooks/ttn").insert_header(("Content-Type", "application/octet-stream"));
    let json = uplink(FRIDGES[0].0.as_u128(), 1).to_string();
    let answer = server.call(octets.set_payload(json)).await;
    assert_eq!(answer.outcome(), (200, ""));
}

#[actix_web::test]
async fn a_stopping_server_answers_for_a_while() {
    let server = Server::open().await;
    let fridge = FRIDGES[0].0.as_u128();
    server.state.draining.begin();
    let answer = server
        .call(post("/webhooks/ttn").set_json(uplink(fridge, 1)))
        .await;
    assert_eq!(answer.outcome(), (200, ""));
    server.fixture.hand.advance(Duration::from_secs(2));
    let answer = server
        .call(post("/webhooks/ttn").set_json(uplink(fridge, 2)))
        .await;
    assert_eq!(answer.outcome(), (503, "unavailable"));
    assert_eq!(answer.header("retry-after"), Some("2"));
}

#[actix_web::test]
async fn what_cannot_be_stored_is_to_be_sent_again() {
    let server = Server::open().await;
    server.fixture.database.close().await;
    let body = uplink(FRIDGES[0].0.as_u128(), 1);
    let answer = server.call(post("/webhooks/ttn").set_json(body)).await;
    assert_eq!(answer.outcome(), (503, "unavailable"));
    assert_eq!(answer.body["detail"], "could not be read or stored");
}

/// As it stands on the wire: a sender that is refused early goes on sending for a while.
#[actix_web::test]
async fn a_refusal_reaches_a_sender_that_is_still_sending() {
    let server = Server::open().await;
    let state = server.state.clone();
    let listening =
        HttpServer::new(move || App::new().configure(|config| configure(config, &state)))
            .workers(1)
            .disable_signals()
            .bind(("127.0.0.1", 0))
            .expect("a port");
    let address = listening.addrs()[0];
    let running = listening.run();
    let handle = running.handle();
    actix_web::rt::spawn(running);
    let sending = move || -> std::io::Result<String> {
        let mut stream = TcpStream::connect(address)?;
        let length = 8 * 1024 * 1024;
        write!(
            stream,
            "POST /webhooks/ttn HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n"
        )?;
        // Refused while it writes, it may find the connection closed.
        let _ = stream.write_all(&vec![b' '; length]);
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    let answer = tokio::task::spawn_blocking(sending).await.expect("sent");
    assert!(answer.expect("answered").starts_with("HTTP/1.1 401"));
    handle.stop(false).await;
}

#[actix_web::test]
async fn a_device_that_joins_was_heard() {
    let server = Server::open().await;
    let join = |eui: u128| {
        json!({
            "end_device_ids": {"dev_eui": format!("{eui:016X}")},
            "received_at": "2026-05-01T11:59:00.000Z",
            "join_accept": {"session_key_id": "AZq0pQ3kL8mPZsU2hVn7Wg=="},
        })
    };
    let taken = json!({"accepted": true, "stored": 0, "duplicate": false});
    for eui in [FRIDGES[0].0.as_u128(), RIVAL_FRIDGE.0.as_u128()] {
        let answer = server.call(post("/webhooks/ttn").set_json(join(eui))).await;
        assert_eq!((answer.status.as_u16(), &answer.body), (200, &taken));
    }
    let devices = server.get("/api/v1/devices", Role::Viewer).await;
    let seen: Vec<&Value> = devices.body["items"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|device| device.get("lastSeenAt"))
        .collect();
    assert_eq!(seen, ["2026-05-01T11:59:00.000Z"]);
}

#[actix_web::test]
async fn the_way_back_to_a_device_is_remembered_as_it_was_told_last() {
    let server = Server::open().await;
    let fridge = FRIDGES[0].0.as_u128();
    let (push, replace) = ("https://eu1.example/push", "https://eu1.example/replace");
    let told = |key: &str| DownlinkRoute::new(push, replace, key);
    let organization = DEMO;
    let mut conn = server.fixture.database.read().await.expect("read");
    let eui = format!("{fridge:016X}");
    let device = devices::find(&mut conn, organization, Some(&eui), None).await;
    let device = device.expect("read").expect("a device").id;
    for (frame, key, expected) in [
        (1, "", None),
        (2, "first", told("first")),
        (3, "second", told("second")),
        (4, "", told("second")),
    ] {
        let request = post("/webhooks/ttn").set_json(uplink(fridge, frame));
        let request = request
            .insert_header(("X-Downlink-Push", push))
            .insert_header(("X-Downlink-Replace", replace))
            .insert_header(("X-Downlink-Apikey", key));
        assert_eq!(server.call(request).await.status.as_u16(), 200);
        let route = downlinks::get(&mut conn, organization, device).await;
        assert_eq!(route.expect("read"), expected, "{key}");
    }
    let foreign = downlinks::get(&mut conn, RIVAL, device).await;
    assert_eq!(foreign.expect("read"), None);
}
