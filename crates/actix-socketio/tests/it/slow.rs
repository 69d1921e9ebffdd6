//! Clients that do not read: what waits for them, and what of it they get in the end.

use std::io::Write as _;
use std::net::TcpStream;
use std::time::Duration;

use actix_socketio::{Frame, WhenFull};
use serde_json::{Value, json};

use crate::support::{TestServer, packets, within};

/// Readings of these are each worth only as much as the newest.
const UNITS: u32 = 5;

/// What the event says of itself, and enough to fill a queue of 1 MB with a hundred.
fn padded(number: u32) -> Value {
    json!({"number": number, "unit": number % UNITS, "pad": "x".repeat(10_000)})
}

/// Readings `from..to` to the lobby; what may be coalesced is, and every two hundredth is an alert, which may not.
async fn flood(server: &TestServer, from: u32, to: u32) {
    let gap = Frame::event("gap", &0).expect("JSON");
    let emitter = server.socketio.emitter();
    for number in from..to {
        let (name, when_full) = match number % 200 {
            199 => ("alert", WhenFull::Disconnect),
            _ => {
                let unit = (number % UNITS).to_string();
                ("reading", WhenFull::coalesce(unit, gap.clone()))
            }
        };
        let sent = emitter.to(["lobby"]).when_full(when_full);
        let refused = sent.emit(name, &padded(number)).expect("JSON");
        assert_eq!(refused, [], "the hubs are not busy");
        if number % 100 == 0 {
            // The hubs have taken everything.
            emitter.everyone().fetch().await;
        }
    }
    emitter.everyone().fetch().await;
}

#[actix_web::test]
async fn a_slow_reader_gets_the_newest_every_alert_and_word_of_the_gap() {
    const TOLD: u32 = 3000;
    let server = TestServer::start();
    let client = server.joined_polling().await;
    flood(&server, 0, TOLD).await;
    let mut events: Vec<(String, Option<u64>)> = Vec::new();
    while events
        .last()
        .is_none_or(|(_, number)| *number != Some(u64::from(TOLD - 1)))
    {
        for packet in packets(&client.poll().await) {
            let event = packet.strip_prefix("42").expect("an event");
            let event: Value = serde_json::from_str(event).expect("JSON");
            let name = event[0].as_str().expect("a name").to_owned();
            events.push((name, event[1]["number"].as_u64()));
        }
    }
    let numbers: Vec<u64> = events.iter().filter_map(|(_, number)| *number).collect();
    assert!(numbers.is_sorted(), "in order");
    let gaps: Vec<usize> = (0..events.len())
        .filter(|at| events[*at].0 == "gap")
        .collect();
    let [gap] = gaps[..] else {
        panic!("one gap and not {gaps:?}");
    };
    let before = numbers.iter().take(gap.saturating_sub(1)).copied();
    assert!(
        before.eq(0..gap.saturating_sub(1) as u64),
        "nothing lost before"
    );
    let of = |name: &str| {
        let of = events.iter().filter(|event| event.0 == name);
        of.filter_map(|event| event.1).collect::<Vec<_>>()
    };
    let alerts: Vec<u64> = (0..u64::from(TOLD)).filter(|n| n % 200 == 199).collect();
    assert_eq!(of("alert"), alerts);
    let newest: Vec<u64> = of("reading")
        .into_iter()
        .rev()
        .take(UNITS as usize)
        .collect();
    let told = u64::from(TOLD);
    assert_eq!(newest, [told - 2, told - 3, told - 4, told - 5, told - 6]);
}

/// Pages of this process that are in memory, in bytes.
fn resident() -> usize {
    let pages = std::fs::read_to_string("/proc/self/statm").expect("Linux");
    let pages = pages.split(' ').nth(1).expect("the second field");
    pages.parse::<usize>().expect("a number") * 4096
}

/// 100 MB for a client that never reads, at most a tenth of it in memory.
async fn stays_flat(server: &TestServer) {
    flood(server, 0, 1000).await;
    let before = resident();
    for part in 1..10 {
        // Fewer alerts than fill a queue.
        flood(server, part * 1000, part * 1000 + 999).await;
    }
    let grown = resident().saturating_sub(before);
    assert!(grown < 10_000_000, "{grown} bytes");
    assert_eq!(server.socketio.session_count(), 1, "it is not cut off");
}

#[actix_web::test]
async fn memory_stays_flat_for_a_client_that_never_polls() {
    let server = TestServer::start();
    let _client = server.joined_polling().await;
    stays_flat(&server).await;
}

#[actix_web::test]
async fn memory_stays_flat_for_a_websocket_that_never_reads() {
    let server = TestServer::start();
    let mut stream = TcpStream::connect(server.address).expect("the server listens");
    let request = "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\n\
        Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";
    stream.write_all(request.as_bytes()).expect("it is sent");
    // `40`, masked with zeros.
    let connect = [0x81, 0x82, 0, 0, 0, 0, b'4', b'0'];
    stream.write_all(&connect).expect("it is sent");
    let mut again = tokio::time::interval(Duration::from_millis(5));
    within("the socket", async {
        while server.socketio.socket_count() == 0 {
            again.tick().await;
        }
    })
    .await;
    stays_flat(&server).await;
}
