//! Many sockets moved, found and disconnected by the server.

use actix_socketio::DisconnectReason;

use crate::support::{TestServer, Wire};

/// Clients in rooms `r0`, `r1`, .. , on both workers.
async fn clients(server: &TestServer, count: usize) -> Vec<Wire> {
    let mut wires = Vec::new();
    for number in 0..count {
        wires.push(server.joined(&format!("{{\"room\":\"r{number}\"}}")).await);
    }
    wires
}

async fn names(server: &TestServer, room: &str) -> Vec<Vec<String>> {
    let found = server.socketio.emitter().to([room]).fetch().await;
    let mut found: Vec<Vec<String>> = found
        .iter()
        .map(|found| {
            assert!(found.handshake.query.contains("transport=websocket"));
            let rooms = found.rooms.iter().filter(|room| **room != found.id);
            let mut rooms: Vec<String> = rooms.map(ToString::to_string).collect();
            rooms.sort();
            rooms
        })
        .collect();
    found.sort();
    found
}

#[actix_web::test]
async fn many_join_and_leave_and_are_found() {
    let server = TestServer::start();
    let mut wires = clients(&server, 4).await;
    let emitter = server.socketio.emitter();
    emitter
        .to(["r0", "r1", "r2"])
        .except(["r2"])
        .join(["a", "b"])
        .await;
    assert_eq!(
        names(&server, "a").await,
        [["a", "b", "r0"], ["a", "b", "r1"]]
    );
    emitter.everyone().leave(["b", "r1"]).await;
    let (left, kept) = (vec!["a"], vec!["a", "r0"]);
    assert_eq!(names(&server, "a").await, [left, kept]);
    assert_eq!(emitter.everyone().fetch().await.len(), 4);
    assert_eq!(emitter.to(["a"]).emit("x", &0).expect("JSON"), []);
    for wire in &mut wires[..2] {
        assert_eq!(wire.text().await, "42[\"x\",0]");
    }
}

#[actix_web::test]
async fn many_are_disconnected_with_or_without_their_transport() {
    let mut server = TestServer::start();
    let mut wires = clients(&server, 3).await;
    let emitter = server.socketio.emitter();
    emitter.to(["r0"]).disconnect(false).await;
    assert_eq!(wires[0].text().await, "41");
    assert_eq!(
        server.disconnected().await,
        DisconnectReason::ServerNamespaceDisconnect
    );
    wires[0].send("40");
    assert!(wires[0].text().await.starts_with("40{\"sid\":"));
    emitter.everyone().except(["r1"]).disconnect(true).await;
    assert_eq!(wires[2].text().await, "41");
    wires[2].closed().await;
    assert_eq!(names(&server, "r1").await, [["r1"]]);
    assert_eq!(emitter.everyone().fetch().await.len(), 1);
}

#[actix_web::test]
async fn who_is_not_let_in_yet_is_not_found() {
    let server = TestServer::start();
    let mut wire = server.wire().await;
    wire.send("40{\"hold\":true}");
    let emitter = server.socketio.emitter();
    while emitter.hubs().is_empty() {
        tokio::task::yield_now().await;
    }
    assert_eq!(emitter.everyone().fetch().await.len(), 0);
    server.gate.add_permits(1);
    assert!(wire.text().await.starts_with("40{\"sid\":"));
    assert_eq!(emitter.everyone().fetch().await.len(), 1);
}
