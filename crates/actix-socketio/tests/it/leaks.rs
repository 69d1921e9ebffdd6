//! A thousand clients come and go in every way: no actor, no place and no connection is left.

use std::io::Write as _;
use std::net::TcpStream;
use std::time::Duration;

use awc::http::Method;
use awc::ws;
use futures_util::future::join_all;

use crate::support::{Polling, TestServer, Wire, within};

/// Clients at once, each way.
const BATCH: usize = 100;

/// Places on the server: a way that leaves its places taken would keep the next batch out.
const PLACES: usize = 150;

#[derive(Clone, Copy, Debug)]
enum Way {
    SocketCloses,
    SocketIsDropped,
    SocketSendsClosePacket,
    SocketSendsNonsense,
    SocketIsSilent,
    ServerDisconnects,
    PollingSendsClosePacket,
    PollIsAbandoned,
    PollsOverlap,
    PostIsCut,
    UpgradeIsDropped,
    ProbeIsAbandoned,
}

const WAYS: [Way; 12] = [
    Way::SocketCloses,
    Way::SocketIsDropped,
    Way::SocketSendsClosePacket,
    Way::SocketSendsNonsense,
    Way::SocketIsSilent,
    Way::ServerDisconnects,
    Way::PollingSendsClosePacket,
    Way::PollIsAbandoned,
    Way::PollsOverlap,
    Way::PostIsCut,
    Way::UpgradeIsDropped,
    Way::ProbeIsAbandoned,
];

async fn come_and_go(server: &TestServer, way: Way) {
    match way {
        Way::SocketCloses => {
            let mut wire = server.joined("{}").await;
            wire.message(ws::Message::Close(None));
            while wire.frame().await.is_some() {}
        }
        Way::SocketIsDropped => drop(server.joined("{}").await),
        Way::SocketSendsClosePacket => until_closed(server.joined("{}").await, "1").await,
        Way::SocketSendsNonsense => until_closed(server.joined("{}").await, "x").await,
        Way::SocketIsSilent => until_closed(server.wire().await, "40").await,
        Way::ServerDisconnects => {
            until_closed(server.joined("{}").await, "42[\"leave\",true]").await;
        }
        Way::PollingSendsClosePacket => server.joined_polling().await.post("1").await,
        Way::PollIsAbandoned => {
            let client = server.joined_polling().await;
            let head = format!("GET {} HTTP/1.1\r\nhost: x\r\n\r\n", client.path());
            write_and_drop(server, &head);
        }
        Way::PollsOverlap => {
            let client = server.joined_polling().await;
            let poll = || client.request(Method::GET, "");
            let _statuses = tokio::join!(poll(), poll());
        }
        Way::PostIsCut => {
            let client = server.joined_polling().await;
            let path = client.path();
            let head = format!("POST {path} HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n42");
            write_and_drop(server, &head);
        }
        Way::UpgradeIsDropped => {
            let (client, wire) = probed(server).await;
            wire.send("5");
            drop((client, wire));
        }
        Way::ProbeIsAbandoned => drop(probed(server).await),
    }
}

async fn until_closed(mut wire: Wire, last: &str) {
    wire.send(last);
    while wire.frame().await.is_some() {}
}

async fn probed(server: &TestServer) -> (Polling, Wire) {
    let client = server.joined_polling().await;
    let query = format!("EIO=4&transport=websocket&sid={}", client.sid);
    let mut wire = Wire::open(server.address, &query).await;
    wire.send("2probe");
    assert_eq!(wire.text().await, "3probe");
    (client, wire)
}

fn write_and_drop(server: &TestServer, bytes: &str) {
    let mut stream = TcpStream::connect(server.address).expect("a connection");
    stream.write_all(bytes.as_bytes()).expect("written");
}

/// The server's ends of connections that are neither listening nor over, by their state in `/proc/net/tcp`.
fn connections(port: u16) -> Vec<String> {
    const OVER: [&str; 2] = ["06", "0A"];
    let table = std::fs::read_to_string("/proc/net/tcp").expect("Linux");
    let end = format!(":{port:04X}");
    table
        .lines()
        .skip(1)
        .filter_map(|line| {
            let mut columns = line.split_whitespace().skip(1);
            let (local, _, state) = (columns.next()?, columns.next()?, columns.next()?);
            (local.ends_with(&end) && !OVER.contains(&state)).then(|| state.to_owned())
        })
        .collect()
}

#[actix_web::test]
#[cfg(target_os = "linux")]
async fn nothing_is_left_of_a_thousand_clients() {
    let server = TestServer::with(|builder| {
        builder
            .ping_interval(Duration::from_secs(1))
            .ping_timeout(Duration::from_millis(500))
            .max_connections(PLACES)
    });
    for way in WAYS {
        join_all((0..BATCH).map(|_| come_and_go(&server, way))).await;
        server.empty().await;
        assert_eq!(server.socketio.socket_count(), 0, "{way:?}");
    }
    let mut again = tokio::time::interval(Duration::from_millis(10));
    within("end of all connections", async {
        while !connections(server.address.port()).is_empty() {
            again.tick().await;
        }
    })
    .await;
}
