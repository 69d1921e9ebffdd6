//! Input that is meant to hurt: the session ends, the server does not.

use std::time::Duration;

use actix_socketio::DisconnectReason;
use awc::ws;
use bytes::Bytes;
use tokio::time::Instant;

use crate::support::{TestServer, Wire};

/// Still serves others.
async fn assert_alive(server: &TestServer) {
    let mut wire = server.joined("{}").await;
    wire.send("42[\"echo\",1]");
    assert_eq!(wire.text().await, "42[\"back\",1]");
}

#[actix_web::test]
async fn packets_that_no_client_may_send_end_their_session() {
    let nested = |depth: usize| format!("42[\"a\",{}{}]", "[".repeat(depth), "]".repeat(depth));
    let server = TestServer::start();
    for packet in [
        "4",
        "42",
        "42{}",
        "42[]",
        "42[null]",
        "42[\"a\"",
        "42[\"a\"]]",
        "42[\"newListener\"]",
        "43[]",
        "44{\"message\":\"m\"}",
        "45-[\"a\"]",
        "4511-[\"a\"]",
        "451-[\"a\",{\"_placeholder\":true,\"num\":1}]",
        "451-[\"a\",{\"_placeholder\":true,\"num\":0.5}]",
        "451-[\"a\",{\"_placeholder\":true,\"num\":-1}]",
        "47",
        "40[]",
        "40null",
        "41{}",
        "41/nowhere,",
        "2probe",
        "9",
        &nested(101),
        &nested(100_000),
    ] {
        let mut wire = server.joined("{}").await;
        wire.send(packet);
        let short = packet.get(..60).unwrap_or(packet);
        while let Some(frame) = wire.frame().await {
            assert!(matches!(frame, ws::Frame::Close(_)), "{short}: {frame:?}");
        }
    }
    assert_alive(&server).await;
}

#[actix_web::test]
async fn binary_out_of_place_ends_its_session() {
    let binary = || ws::Message::Binary(Bytes::from_static(b"\x00"));
    let announced = "451-[\"a\",{\"_placeholder\":true,\"num\":0}]";
    let server = TestServer::start();
    let mut stray = server.joined("{}").await;
    stray.message(binary());
    stray.closed().await;
    let mut between = server.joined("{}").await;
    between.send(announced);
    between.send("42[\"b\"]");
    between.closed().await;
    let mut one_too_many = server.joined("{}").await;
    one_too_many.send(announced);
    one_too_many.message(binary());
    one_too_many.message(binary());
    one_too_many.closed().await;
    assert_alive(&server).await;
}

#[actix_web::test]
async fn a_client_that_asks_without_reading_is_cut_off() {
    let mut server = TestServer::with(|builder| builder.queue_bytes(10_000));
    let client = server.joined_polling().await;
    for batch in 0..5 {
        let asked: Vec<String> = (0..100).map(|n| format!("40/no-{batch}-{n},")).collect();
        let (status, _) = client
            .request(awc::http::Method::POST, &asked.join("\u{1e}"))
            .await;
        if status.as_u16() != 200 {
            break;
        }
    }
    assert_eq!(
        server.disconnected().await,
        DisconnectReason::TransportError
    );
    server.empty().await;
}

#[actix_web::test]
async fn pings_are_never_early() {
    let interval = Duration::from_millis(60);
    let server = TestServer::with(|builder| builder.ping_interval(interval));
    let mut asked = Instant::now();
    let mut wire = Wire::open(server.address, "EIO=4&transport=websocket").await;
    assert!(wire.text().await.starts_with('0'));
    for _ in 0..5 {
        assert_eq!(wire.text().await, "2");
        assert!(asked.elapsed() >= interval, "{:?}", asked.elapsed());
        asked = Instant::now();
        wire.send("3");
    }
}
