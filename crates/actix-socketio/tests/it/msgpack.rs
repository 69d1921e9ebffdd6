//! Clients with the msgpack parser, by their first message or by a path of its own.

use awc::ws;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;

use crate::support::{Greeter, Polling, TestServer, Wire};

const CONNECT: &[u8] = b"\x82\xa4type\x00\xa3nsp\xa1/";
const ECHO: &[u8] = b"\x83\xa4type\x02\xa4data\x92\xa4echo\xc4\x02\x01\x02\xa3nsp\xa1/";
const BACK: &[u8] = b"\x83\xa4type\x02\xa4data\x92\xa4back\xc4\x02\x01\x02\xa3nsp\xa1/";
const WELCOME: &[u8] = b"\x83\xa4type\x02\xa4data\x92\xa7welcome\x80\xa3nsp\xa1/";

fn server() -> TestServer {
    TestServer::with(|builder| builder.msgpack_path("/msgpack/").namespace("/x", Greeter))
}

fn binary(bytes: &'static [u8]) -> ws::Message {
    ws::Message::Binary(Bytes::from_static(bytes))
}

fn is_connected(packet: &[u8]) -> bool {
    packet.starts_with(b"\x83\xa4type\x00\xa4data\x81\xa3sid\xbb")
}

#[actix_web::test]
async fn a_binary_first_message_makes_a_msgpack_client() {
    let server = server();
    for base in ["/socket.io/", "/msgpack/"] {
        let mut wire = Wire::open_at(server.address, base, "EIO=4&transport=websocket").await;
        assert!(wire.text().await.starts_with("0{"));
        wire.message(binary(CONNECT));
        assert!(is_connected(&wire.binary().await));
        assert_eq!(wire.binary().await, WELCOME);
        wire.message(binary(ECHO));
        assert_eq!(wire.binary().await, BACK);
    }
}

#[actix_web::test]
async fn msgpack_travels_over_polling() {
    let server = server();
    let client = Polling::open_at(server.address, "/msgpack/").await;
    let post = |packet: &[u8]| format!("b{}", STANDARD.encode(packet));
    client.post(&post(CONNECT)).await;
    let mut got = Vec::new();
    while got.len() < 2 {
        for packet in client.poll().await.split('\u{1e}') {
            let base64 = packet.strip_prefix('b').expect("binary");
            got.push(STANDARD.decode(base64).expect("base64"));
        }
    }
    assert!(is_connected(&got[0]));
    assert_eq!(got[1], WELCOME);
    client.post(&post(ECHO)).await;
    assert_eq!(client.poll().await, post(BACK));
}

#[actix_web::test]
async fn a_broadcast_reaches_clients_of_both_parsers() {
    let server = server();
    let mut text = server.joined("{}").await;
    let mut msgpack = server.wire().await;
    msgpack.message(binary(CONNECT));
    assert!(is_connected(&msgpack.binary().await));
    assert_eq!(msgpack.binary().await, WELCOME);
    let emitter = server.socketio.emitter();
    assert_eq!(emitter.everyone().emit("n", &1.5).expect("JSON"), []);
    assert_eq!(text.text().await, "42[\"n\",1.5]");
    assert_eq!(
        msgpack.binary().await,
        &b"\x83\xa4type\x02\xa4data\x92\xa1n\xcb\x3f\xf8\x00\x00\x00\x00\x00\x00\xa3nsp\xa1/"[..]
    );
}

#[actix_web::test]
async fn the_parsers_do_not_mix() {
    let server = server();
    let mut wire = Wire::open_at(server.address, "/msgpack/", "EIO=4&transport=websocket").await;
    assert!(wire.text().await.starts_with("0{"));
    wire.send("40");
    wire.closed().await;
    let mut wire = server.wire().await;
    wire.message(binary(b"\xc1"));
    wire.closed().await;
    let mut wire = server.joined("{}").await;
    wire.message(binary(ECHO));
    wire.closed().await;
}
