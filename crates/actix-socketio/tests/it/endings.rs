//! How sessions end: reasons, pairs of callbacks, shutdown.

use std::io::Write as _;
use std::net::TcpStream;
use std::time::Duration;

use actix_socketio::DisconnectReason;
use awc::ws;
use tokio::time::Instant;

use crate::support::{Seen, TestServer, packets, within};

#[actix_web::test]
async fn each_ending_has_its_reason() {
    for (frames, reason) in [
        (&["41"][..], DisconnectReason::ClientNamespaceDisconnect),
        (&["1"], DisconnectReason::TransportClose),
        (&["2"], DisconnectReason::TransportError),
        (&["x"], DisconnectReason::ParseError),
        (&["4x"], DisconnectReason::ForcedClose),
        (&["42{}"], DisconnectReason::ForcedClose),
        (&["42[\"disconnect\"]"], DisconnectReason::ForcedClose),
        (&["451-[\"a\"]", "42[\"b\"]"], DisconnectReason::ForcedClose),
        (&["40"], DisconnectReason::ForcedServerClose),
        (&["42/other,[\"a\"]"], DisconnectReason::ForcedServerClose),
        (
            &["42[\"leave\",false]"],
            DisconnectReason::ServerNamespaceDisconnect,
        ),
        (
            &["42[\"leave\",true]"],
            DisconnectReason::ServerNamespaceDisconnect,
        ),
        (&["42[\"panic\"]"], DisconnectReason::TransportError),
    ] {
        let mut server = TestServer::start();
        let wire = server.joined("{}").await;
        frames.iter().for_each(|frame| wire.send(frame));
        assert_eq!(server.disconnected().await, reason, "{frames:?}");
        assert_eq!(server.socketio.socket_count(), 0);
    }
}

#[actix_web::test]
async fn a_disconnect_follows_what_was_sent_and_may_close_the_transport() {
    let server = TestServer::start();
    let mut wire = server.joined("{}").await;
    wire.send("42[\"leave\",false]");
    assert_eq!(wire.text().await, "42[\"last\",0]");
    assert_eq!(wire.text().await, "41");
    wire.send("40");
    assert!(
        wire.text().await.starts_with("40{"),
        "the transport is still there"
    );
    assert!(wire.text().await.starts_with("42[\"welcome\""));
    wire.send("42[\"leave\",true]");
    assert_eq!(wire.text().await, "42[\"last\",0]");
    assert_eq!(wire.text().await, "41");
    wire.closed().await;

    let client = server.joined_polling().await;
    client.post("42[\"leave\",true]").await;
    let answer = client.poll().await;
    assert_eq!(packets(&answer), ["42[\"last\",0]", "41"]);
    assert_eq!(client.poll().await, "1");
    server.empty().await;
}

#[actix_web::test]
async fn a_bad_packet_ends_the_session_after_those_before_it() {
    let mut server = TestServer::start();
    let client = server.joined_polling().await;
    server.seen_so_far();
    client
        .post("42[\"note\",1]\u{1e}x\u{1e}42[\"note\",2]")
        .await;
    assert_eq!(
        server.seen().await,
        Seen::Event("note".into(), vec![1.into()])
    );
    let Seen::Disconnected(_, reason) = server.seen().await else {
        panic!("one event only")
    };
    assert_eq!(reason, DisconnectReason::ParseError);
}

#[actix_web::test]
async fn an_abandoned_poll_is_noticed() {
    let mut server = TestServer::start();
    let client = server.joined_polling().await;
    let path = client.path();
    // A request that is not read before its connection goes was no poll yet: the next one is.
    for _ in 0..5 {
        let mut stream = TcpStream::connect(server.address).expect("a connection");
        write!(stream, "GET {path} HTTP/1.1\r\nhost: x\r\n\r\n").expect("written");
        client.post("3").await;
        client.post("3").await;
        drop(stream);
        let noticed = tokio::time::timeout(Duration::from_secs(1), server.disconnected()).await;
        if let Ok(reason) = noticed {
            return assert_eq!(reason, DisconnectReason::TransportError);
        }
    }
    panic!("no abandoned poll was noticed");
}

#[actix_web::test]
async fn a_client_that_sends_no_pong_times_out() {
    let (interval, timeout) = (Duration::from_millis(120), Duration::from_millis(80));
    let mut server =
        TestServer::with(|builder| builder.ping_interval(interval).ping_timeout(timeout));
    let opened = Instant::now();
    let mut wire = server.joined("{}").await;
    assert_eq!(wire.text().await, "2");
    assert!(opened.elapsed() >= interval, "never early");
    let answered = Instant::now();
    wire.send("3");
    assert_eq!(wire.text().await, "2");
    assert!(answered.elapsed() >= interval, "never early");
    wire.closed().await;
    assert!(answered.elapsed() >= interval + timeout, "never early");
    assert_eq!(server.disconnected().await, DisconnectReason::PingTimeout);

    let _silent = server.joined_polling().await;
    assert_eq!(server.disconnected().await, DisconnectReason::PingTimeout);
    server.empty().await;
}

#[actix_web::test]
async fn who_joins_nothing_is_closed() {
    let server = TestServer::with(|builder| builder.connect_timeout(Duration::from_millis(100)));
    let mut wire = server.wire().await;
    wire.closed().await;
    let client = server.polling().await;
    assert_eq!(client.poll().await, "1");
    server.empty().await;
}

#[actix_web::test]
async fn callbacks_are_paired_however_a_session_ends() {
    let mut server = TestServer::with(|builder| builder.ping_timeout(Duration::from_millis(50)));
    for _ in 0..5 {
        let endings = [
            "41",
            "1",
            "x",
            "4x",
            "42[\"leave\",true]",
            "42[\"panic\"]",
            "40",
            "42[\"flood\",3000000]",
        ];
        for frame in endings {
            server.joined("{}").await.send(frame);
        }
        drop(server.joined("{}").await);
        server.joined("{}").await.message(ws::Message::Close(None));
        // Gone while the application decides.
        server.wire().await.send("40{\"hold\":1}");
        server.polling().await.post("40{\"hold\":1}\u{1e}1").await;
    }
    server.gate.add_permits(10);
    server.empty().await;
    let (mut connected, mut disconnected) = (Vec::new(), Vec::new());
    within("a disconnect for each connect", async {
        while connected.len() < 60 || disconnected.len() < 60 {
            match server.seen().await {
                Seen::Connected(id) => connected.push(id),
                Seen::Disconnected(id, _) => disconnected.push(id),
                Seen::Event(..) | Seen::Unanswered(_) => {}
            }
        }
    })
    .await;
    connected.sort();
    disconnected.sort();
    assert_eq!(connected, disconnected);
    connected.dedup();
    assert_eq!(connected.len(), 60);
    assert_eq!(server.socketio.socket_count(), 0);
}

#[actix_web::test]
async fn a_shutdown_tells_the_application_and_lets_clients_come_back() {
    let mut server = TestServer::start();
    let mut wire = server.joined("{}").await;
    let client = server.joined_polling().await;
    server.seen_so_far();
    let socketio = server.socketio.clone();
    let (left, answer) =
        futures_util::future::join(socketio.shutdown(Duration::from_secs(5)), client.poll()).await;
    assert_eq!((left, answer.as_str()), (0, "1"));
    assert!(
        matches!(wire.frame().await, Some(ws::Frame::Close(_))),
        "no 41 before the close"
    );
    for _ in 0..2 {
        assert_eq!(
            server.disconnected().await,
            DisconnectReason::ServerShuttingDown
        );
    }
    let url = format!(
        "http://{}/socket.io/?EIO=4&transport=polling",
        server.address
    );
    let refused = awc::Client::default()
        .get(url)
        .send()
        .await
        .expect("an answer");
    assert_eq!(refused.status().as_u16(), 503);
}

#[actix_web::test]
async fn callbacks_run_also_when_the_workers_stop() {
    let mut server = TestServer::start();
    let _wire = server.joined("{}").await;
    let client = server.joined_polling().await;
    let (socketio, mut seen) = (server.socketio.clone(), server.take_seen());
    server.stop().await;
    for _ in 0..4 {
        within("call of the handler", seen.recv())
            .await
            .expect("the handler lives");
    }
    assert_eq!(socketio.socket_count(), 0);
    drop(client);
}
