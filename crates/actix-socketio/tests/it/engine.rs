//! Engine.IO alone.

use std::sync::Mutex;
use std::time::Duration;

use actix_socketio::{Connection, DisconnectReason, EngineIo, Message, MessageHandler, SocketIo};
use awc::ws;
use bytes::Bytes;
use tokio::sync::mpsc;

use crate::support::{Polling, Wire, serve, within};

/// Echoes; `bye` is answered and closes, `panic` panics.
struct Echo {
    log: Mutex<mpsc::UnboundedSender<String>>,
}

impl Echo {
    fn tell(&self, what: impl Into<String>) {
        let log = self.log.lock().expect("not poisoned");
        log.send(what.into()).expect("the test listens");
    }
}

impl MessageHandler for Echo {
    fn open(&self, connection: &Connection) {
        assert!(connection.handshake().query.contains("EIO=4"));
        self.tell("open");
    }

    fn message(&self, connection: &Connection, message: Message) {
        connection.send(&message).expect("a client");
        match message {
            Message::Text(text) if &*text == "bye" => connection.close(),
            Message::Text(text) => assert_ne!(&*text, "panic", "asked to panic"),
            Message::Binary(_) => {}
        }
    }

    fn close(&self, _: &Connection, reason: DisconnectReason) {
        self.tell(reason.as_str());
    }
}

/// Gives its connections away.
struct Away(Mutex<mpsc::UnboundedSender<Connection>>);

impl MessageHandler for Away {
    fn open(&self, connection: &Connection) {
        let taker = self.0.lock().expect("not poisoned");
        taker.send(connection.clone()).expect("the test listens");
    }

    fn message(&self, connection: &Connection, message: Message) {
        connection.send(&message).expect("a client");
    }
}

fn start() -> (
    std::net::SocketAddr,
    EngineIo,
    mpsc::UnboundedReceiver<String>,
) {
    let (log, seen) = mpsc::unbounded_channel();
    let log = Mutex::new(log);
    let engineio = SocketIo::builder()
        .path("/engine.io/")
        .connect_timeout(Duration::ZERO)
        .messages(Echo { log })
        .build();
    let mounted = engineio.clone();
    let (address, _) = serve(move || mounted.service());
    (address, engineio, seen)
}

#[actix_web::test]
async fn messages_come_back_over_both_transports() {
    let (address, engineio, mut seen) = start();
    let client = Polling::open_at(address, "/engine.io/").await;
    client.post("4hello\u{1e}bAQID\u{1e}40").await;
    assert_eq!(client.poll().await, "4hello\u{1e}bAQID\u{1e}40");
    let query = format!("EIO=4&transport=websocket&sid={}", client.sid);
    let mut wire = Wire::open_at(address, "/engine.io/", &query).await;
    wire.send("2probe");
    assert_eq!(wire.text().await, "3probe");
    wire.send("5");
    wire.send("4hi");
    assert_eq!(wire.text().await, "4hi");
    wire.message(ws::Message::Binary(Bytes::from_static(b"\x00")));
    assert_eq!(wire.binary().await, Bytes::from_static(b"\x00"));
    wire.send("1");
    assert_eq!(within("open", seen.recv()).await.as_deref(), Some("open"));
    let closed = within("close", seen.recv()).await;
    assert_eq!(closed.as_deref(), Some("transport close"));
    assert_eq!(engineio.shutdown(Duration::from_secs(5)).await, 0);
}

#[actix_web::test]
async fn the_application_is_told_of_each_end_once() {
    for (message, reason) in [
        ("4bye", "forced close"),
        ("4panic", "transport error"),
        ("x", "parse error"),
        ("2", "transport error"),
    ] {
        let (address, _engineio, mut seen) = start();
        let query = "EIO=4&transport=websocket";
        let mut wire = Wire::open_at(address, "/engine.io/", query).await;
        assert!(wire.text().await.starts_with("0{"));
        wire.send(message);
        if message == "4bye" {
            assert_eq!(wire.text().await, "4bye");
        }
        assert_eq!(within("open", seen.recv()).await.as_deref(), Some("open"));
        let closed = within("close", seen.recv()).await;
        assert_eq!(closed.as_deref(), Some(reason), "{message}");
        while wire.frame().await.is_some() {}
        assert!(seen.try_recv().is_err(), "{message}");
    }
}

#[actix_web::test]
async fn what_is_sent_while_nothing_comes_leaves_at_once() {
    let (away, mut opened) = mpsc::unbounded_channel();
    let engineio = SocketIo::builder()
        .path("/engine.io/")
        .messages(Away(Mutex::new(away)));
    let engineio = engineio.build();
    let (address, _) = serve(move || engineio.service());
    let mut wire = Wire::open_at(address, "/engine.io/", "EIO=4&transport=websocket").await;
    assert!(wire.text().await.starts_with("0{"));
    let connection = within("open", opened.recv()).await.expect("a connection");
    // What the client sends may bring along what was sent before it.
    wire.send("4idle");
    assert_eq!(wire.text().await, "4idle");
    for number in 0..20 {
        let message = Message::Text(number.to_string().into());
        connection.send(&message).expect("a client");
        assert_eq!(wire.text().await, format!("4{number}"));
    }
}
