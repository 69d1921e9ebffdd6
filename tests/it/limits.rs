//! What one client may ask of the server, and which pages may open a connection at all.

use std::time::Duration;

use awc::error::WsClientError;

use crate::support::{Client, DEMO, TestApp};

/// An event that is done without a trace.
const HARMLESS: &str = "subscribe:organization";

async fn flood(client: &mut Client, events: usize) {
    for _ in 0..events {
        client.tell(HARMLESS, vec![]).await;
    }
}

#[actix_web::test]
async fn a_client_may_send_200_events_at_once_and_then_one_every_10_ms() {
    let app = TestApp::start().await;
    let mut client = app.client(&DEMO).await;
    flood(&mut client, 199).await;
    client.emit_args(HARMLESS, vec![]).await.expect_ok();
    let over = client.emit_args(HARMLESS, vec![]).await;
    over.expect_error("rate_limited");
    app.advance(Duration::from_millis(10));
    client.emit_args(HARMLESS, vec![]).await.expect_ok();
    let over = client.emit_args(HARMLESS, vec![]).await;
    over.expect_error("rate_limited");
    app.stop().await;
}

#[actix_web::test]
async fn a_client_that_floods_in_spite_of_refusals_is_disconnected() {
    let app = TestApp::start().await;
    let mut client = app.client(&DEMO).await;
    flood(&mut client, 200 + 998).await;
    let refused = client.emit_args(HARMLESS, vec![]).await;
    refused.expect_error("rate_limited");
    flood(&mut client, 1).await;
    client.expect_end().await;
    app.stop().await;
}

#[actix_web::test]
async fn pages_of_other_origins_are_not_let_in_unless_they_are_listed() {
    let listed = "https://app.example.com";
    let variables = [("FRESHTRACK__SERVER__ALLOWED_ORIGINS", listed)];
    let app = TestApp::start_with(&variables).await;
    let own = app.http.url("");
    for (origin, status) in [
        (own.as_str(), 200),
        (listed, 200),
        ("https://evil.example", 403),
        ("null", 403),
    ] {
        let call = app.http.get("/socket.io/?EIO=4&transport=polling");
        let answer = call.header("origin", origin).send().await;
        assert_eq!(answer.status, status, "{origin} by polling");
        let readable = answer.header("access-control-allow-origin");
        assert_eq!(readable, (origin == listed).then_some(listed), "{origin}");

        let url = app.http.url("/socket.io/?EIO=4&transport=websocket");
        let opened = awc::Client::new().ws(url).origin(origin).connect().await;
        let refused = match opened {
            Ok(_) => None,
            Err(WsClientError::InvalidResponseStatus(status)) => Some(status.as_u16()),
            Err(error) => panic!("{origin} by WebSocket: {error}"),
        };
        assert_eq!(refused.unwrap_or(200), status, "{origin} by WebSocket");
    }
    app.stop().await;
}
