//! What happens at the bounds.

use std::time::Duration;

use actix_socketio::DisconnectReason;

use crate::support::{Seen, TestServer};

#[actix_web::test]
async fn a_client_that_does_not_read_is_cut_off() {
    let mut server = TestServer::with(|builder| builder.queue_bytes(10_000));
    let client = server.joined_polling().await;
    client.post("42[\"flood\",20000]").await;
    assert_eq!(
        server.disconnected().await,
        DisconnectReason::TransportError
    );
    server.empty().await;
    let (status, _) = client.request(awc::http::Method::GET, "").await;
    assert_eq!(status.as_u16(), 400);
}

#[actix_web::test]
async fn a_client_that_reads_gets_more_than_the_queue_holds() {
    let server = TestServer::with(|builder| builder.queue_bytes(100_000));
    let mut wire = server.joined("{}").await;
    for _ in 0..20 {
        wire.send("42[\"flood\",50000]");
        for _ in 0..50 {
            assert!(wire.text().await.starts_with("42[\"flood\""));
        }
    }
}

#[actix_web::test]
async fn only_so_many_handlers_run_and_the_rest_waits_its_turn() {
    let mut server = TestServer::start();
    let mut wire = server.joined("{}").await;
    server.seen_so_far();
    for number in 0..600 {
        wire.send(&format!("42[\"hold\",{number}]"));
    }
    let expect = |number: usize| Seen::Event("hold".into(), vec![number.into()]);
    for number in 0..64 {
        assert_eq!(server.seen().await, expect(number));
    }
    // The hub and the clock of the worker go on: another client is answered, and still no further handler has run.
    let mut other = server.joined("{}").await;
    other.send("42[\"echo\",1]");
    assert_eq!(other.text().await, "42[\"back\",1]");
    let seen = server.seen_so_far();
    assert!(
        !seen
            .iter()
            .any(|seen| matches!(seen, Seen::Event(name, _) if name == "hold")),
        "{seen:?}"
    );
    server.gate.add_permits(600);
    for number in 64..600 {
        assert_eq!(server.seen().await, expect(number));
    }
    wire.send("42[\"echo\",2]");
    assert_eq!(wire.text().await, "42[\"back\",2]");
}

#[actix_web::test]
async fn a_connect_handler_that_takes_too_long_is_dropped() {
    let limit = Duration::from_millis(100);
    let server = TestServer::with(|builder| builder.connect_timeout(limit).max_connections(1));
    let mut wire = server.wire().await;
    wire.send("40{\"hold\":1}");
    wire.closed().await;
    server.place().await;
    server.gate.add_permits(1);
    assert_eq!(
        server.gate.available_permits(),
        1,
        "nobody waits for it any more"
    );
}

#[actix_web::test]
async fn a_session_counts_until_the_last_of_its_handlers_has_ended() {
    let server = TestServer::with(|builder| builder.max_connections(1));
    let wire = server.joined("{}").await;
    wire.send("42[\"hold\"]");
    wire.send("1");
    server.empty().await;
    assert!(server.is_full().await);
    server.gate.add_permits(1);
    server.place().await;
}
