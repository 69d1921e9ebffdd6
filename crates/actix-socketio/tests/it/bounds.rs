//! What happens at the bounds.

use std::io::Write as _;
use std::net::TcpStream;
use std::time::Duration;

use actix_socketio::{DisconnectReason, Frame};

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
async fn a_websocket_that_is_not_read_is_cut_off() {
    let mut server = TestServer::with(|builder| builder.queue_bytes(100_000));
    let mut stream = TcpStream::connect(server.address).expect("a connection");
    let upgrade = "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\n\
        connection: upgrade\r\nsec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";
    stream.write_all(upgrade.as_bytes()).expect("written");
    // A final text frame of two bytes, masked with zeros.
    stream
        .write_all(b"\x81\x82\x00\x00\x00\x0040")
        .expect("written");
    assert!(matches!(server.seen().await, Seen::Connected(_)));
    let pad = Frame::event("pad", &"x".repeat(10_000)).expect("encoded");
    let emitter = server.socketio.emitter();
    let mut again = tokio::time::interval(Duration::from_millis(1));
    let flood = async {
        loop {
            // More than the kernel keeps for a connection, at a pace that its hub can follow.
            (0..20).for_each(|_| drop(emitter.to(["lobby"]).send(&pad)));
            again.tick().await;
        }
    };
    tokio::select! {
        reason = server.disconnected() => assert_eq!(reason, DisconnectReason::TransportError),
        () = flood => {}
    }
    assert_eq!(server.socketio.socket_count(), 0);
    drop(stream);
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
