//! WebSocket from the first frame on.

use awc::ws::{self, CloseCode};
use bytes::Bytes;

use crate::support::TestServer;

#[actix_web::test]
async fn events_acks_and_binary_come_back() {
    let server = TestServer::start();
    let mut wire = server.joined("{}").await;
    wire.send("42[\"echo\",1]");
    assert_eq!(wire.text().await, "42[\"back\",1]");
    wire.send("4312[]");
    wire.send("420[\"ask\",2]");
    assert_eq!(wire.text().await, "430[2]");
    wire.send("451-1[\"ask\",{\"_placeholder\":true,\"num\":0}]");
    wire.message(ws::Message::Binary(Bytes::from_static(b"\x00\xff")));
    assert_eq!(
        wire.text().await,
        "461-1[{\"_placeholder\":true,\"num\":0}]"
    );
    assert_eq!(wire.binary().await, Bytes::from_static(b"\x00\xff"));
}

#[actix_web::test]
async fn a_message_in_fragments_is_one() {
    let server = TestServer::start();
    let mut wire = server.joined("{}").await;
    let part = |text: &'static str| Bytes::from_static(text.as_bytes());
    wire.message(ws::Message::Continuation(actix_http::ws::Item::FirstText(
        part("42[\"ec"),
    )));
    wire.message(ws::Message::Continuation(actix_http::ws::Item::Last(part(
        "ho\",1]",
    ))));
    assert_eq!(wire.text().await, "42[\"back\",1]");
}

#[actix_web::test]
async fn a_ping_is_answered_with_what_it_said() {
    let server = TestServer::start();
    let mut wire = server.joined("{}").await;
    wire.message(ws::Message::Ping(Bytes::from_static(b"there?")));
    let pong = ws::Frame::Pong(Bytes::from_static(b"there?"));
    assert_eq!(wire.frame().await, Some(pong));
}

#[actix_web::test]
async fn events_start_in_the_order_of_their_arrival() {
    let server = TestServer::start();
    let mut wire = server.joined("{}").await;
    for number in 0..300 {
        wire.send(&format!("42[\"echo\",{number}]"));
    }
    for number in 0..300 {
        assert_eq!(wire.text().await, format!("42[\"back\",{number}]"));
    }
}

#[actix_web::test]
async fn a_frame_over_the_limit_closes_with_1009() {
    let mut server = TestServer::with(|builder| builder.max_payload(1000));
    let mut wire = server.joined("{}").await;
    wire.send(&format!("42[\"echo\",\"{}\"]", "x".repeat(1000)));
    assert_eq!(wire.closed().await, CloseCode::Size);
    assert_eq!(server.disconnected().await.as_str(), "transport error");
}

#[actix_web::test]
async fn what_a_client_sent_before_it_went_is_heard() {
    let mut server = TestServer::start();
    for _ in 0..20 {
        let wire = server.joined("{}").await;
        server.seen_so_far();
        wire.send("42[\"note\",1]");
        wire.message(ws::Message::Close(None));
        let seen = [server.seen().await, server.seen().await];
        assert!(
            matches!(&seen[0], crate::support::Seen::Event(name, _) if name == "note"),
            "{seen:?}"
        );
    }
}
