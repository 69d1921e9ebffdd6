//! Who may connect, what the others are told, and when a connection ends.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Client, ConnectError, DEMO, TestApp, Transport};

fn required() -> ConnectError {
    ConnectError {
        message: "Authentication required".to_owned(),
        data: json!({ "code": "authentication_required" }),
    }
}

fn invalid() -> ConnectError {
    ConnectError {
        message: "Invalid or expired token".to_owned(),
        data: json!({ "code": "invalid_token" }),
    }
}

#[actix_web::test]
async fn a_client_without_a_good_token_is_told_why() {
    let app = TestApp::start().await;
    let token = app.token(&DEMO).await;
    let cut = &token[..token.len() - 2];
    for (auth, expected) in [
        (json!({}), required()),
        (json!({ "token": null }), required()),
        (json!({ "token": "" }), required()),
        (json!({ "token": "nonsense" }), invalid()),
        (json!({ "token": cut }), invalid()),
        (json!({ "token": 7 }), invalid()),
    ] {
        for transport in [Transport::Polling, Transport::WebSocket] {
            let refused = refusal(&app, transport, &auth).await;
            assert_eq!(refused, expected, "{auth} by {transport:?}");
        }
    }
    app.stop().await;
}

#[actix_web::test]
async fn a_token_is_good_until_it_expires() {
    let app = TestApp::start().await;
    let auth = json!({ "token": app.token(&DEMO).await });
    app.advance(Duration::from_secs(890));
    let connected = Client::connect(&app.http, Transport::Polling, &auth).await;
    assert!(connected.is_ok());
    app.advance(Duration::from_secs(60));
    let refused = refusal(&app, Transport::Polling, &auth).await;
    assert_eq!(refused, invalid());
    app.stop().await;
}

#[actix_web::test]
async fn a_connection_ends_with_its_token() {
    let app = TestApp::start().await;
    let mut by_websocket = app.client_by(&DEMO, Transport::WebSocket).await;
    let mut by_polling = app.client_by(&DEMO, Transport::Polling).await;
    app.advance(Duration::from_secs(840));
    for client in [&mut by_websocket, &mut by_polling] {
        let notice = client.expect("session:expiring").await;
        assert_eq!(notice, json!({ "expiresAt": "2026-05-01T12:15:00.000Z" }));
    }
    app.advance(Duration::from_secs(60));
    for client in [&mut by_websocket, &mut by_polling] {
        let end = client.expect("session:expired").await;
        assert_eq!(end, json!({ "reason": "expired" }));
        client.expect_end().await;
    }
    app.stop().await;
}

#[actix_web::test]
async fn a_clock_that_is_set_forward_ends_connections_too() {
    let app = TestApp::start().await;
    let mut client = app.client(&DEMO).await;
    app.clock.step_wall(86_400_000);
    client.expect("session:expired").await;
    client.expect_end().await;
    app.stop().await;
}

#[actix_web::test]
async fn a_stop_tells_every_client() {
    let app = TestApp::start().await;
    let mut by_websocket = app.client_by(&DEMO, Transport::WebSocket).await;
    let mut by_polling = app.client_by(&DEMO, Transport::Polling).await;
    app.stop().await;
    let mut returns = Vec::new();
    for client in [&mut by_websocket, &mut by_polling] {
        let draining = client.expect("server:draining").await;
        returns.push(draining["reconnectAfterMs"].as_u64().unwrap());
        client.expect_end().await;
    }
    returns.sort_unstable();
    assert_eq!(returns, [500, 3000]);
}

async fn refusal(app: &TestApp, transport: Transport, auth: &Value) -> ConnectError {
    match Client::connect(&app.http, transport, auth).await {
        Err(refused) => refused,
        Ok(_) => panic!("{auth} was let in"),
    }
}
