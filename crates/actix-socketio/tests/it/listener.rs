//! What only a server does that gives sockets away.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use actix_socketio::{Frame, Listener, SocketIo};
use actix_web::dev::Service as _;
use actix_web::{App, Error, HttpRequest, HttpResponse, rt, web};
use awc::error::WsClientError;
use awc::ws::CloseCode;
use tokio::time::Instant;

use crate::support::{Greeter, Seen, TestServer, Wire, within};

const UPGRADE: &str = "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nhost: x\r\n\
    upgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\n\
    sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";

/// A final text frame, masked with zeros: `40`.
const JOIN: &[u8] = b"\x81\x82\x00\x00\x00\x0040";

/// A client that has joined, by one write, and reads nothing.
async fn silent(server: &mut TestServer) -> TcpStream {
    let mut stream = TcpStream::connect(server.address).expect("a connection");
    let all = [UPGRADE.as_bytes(), JOIN].concat();
    stream.write_all(&all).expect("written");
    assert!(matches!(server.seen().await, Seen::Connected(_)));
    stream
}

#[actix_web::test]
async fn what_comes_with_the_handshake_is_heard() {
    let mut server = TestServer::start();
    let mut there = Vec::new();
    for _ in 0..20 {
        there.push(silent(&mut server).await);
    }
}

#[actix_web::test]
async fn the_answer_and_the_greeting_come_together() {
    let server = TestServer::start();
    let mut stream = TcpStream::connect(server.address).expect("a connection");
    stream.write_all(UPGRADE.as_bytes()).expect("written");
    let reading = web::block(move || {
        let mut bytes = [0; 4096];
        let read = stream.read(&mut bytes).expect("an answer");
        String::from_utf8_lossy(&bytes[..read]).to_lowercase()
    });
    let text = within("an answer", reading).await.expect("read");
    let (head, frame) = text.split_once("\r\n\r\n").expect("a head");
    assert!(head.starts_with("http/1.1 101 "), "{head}");
    let accept = actix_http::ws::hash_key(b"AAAAAAAAAAAAAAAAAAAAAA==");
    let accept = String::from_utf8_lossy(&accept).to_lowercase();
    assert!(
        head.contains(&format!("\r\nsec-websocket-accept: {accept}")),
        "{head}"
    );
    assert_eq!(head.matches("\r\nconnection: upgrade").count(), 1, "{head}");
    assert!(frame.contains("0{\"sid\":"), "{frame}");
}

#[actix_web::test]
async fn a_client_that_reads_late_gets_everything_in_order() {
    let mut server = TestServer::with(|builder| builder.queue_bytes(64_000_000));
    let mut stream = silent(&mut server).await;
    // More than the kernel keeps for a connection.
    let pad = "x".repeat(10_000);
    let emitter = server.socketio.emitter();
    let mut again = tokio::time::interval(Duration::from_millis(1));
    for number in 0..2_000 {
        let frame = Frame::event("pad", &(number, &pad)).expect("encoded");
        assert_eq!(emitter.to(["lobby"]).send(&frame), []);
        if number % 20 == 0 {
            again.tick().await;
        }
    }
    let last = format!("[\"pad\",[1999,\"{pad}\"]]");
    let reading = web::block(move || {
        let (mut all, mut buffer) = (Vec::new(), vec![0; 1 << 16]);
        while !all.ends_with(last.as_bytes()) {
            let read = stream.read(&mut buffer).expect("it is there");
            assert!(read > 0, "cut off");
            all.extend_from_slice(&buffer[..read]);
        }
        String::from_utf8_lossy(&all).into_owned()
    });
    let all = within("everything", reading).await.expect("read");
    let numbers = all.split("[\"pad\",[").skip(1);
    let numbers = numbers.map(|rest| rest.split(',').next().expect("a number").to_owned());
    assert!(numbers.eq((0..2_000).map(|number| number.to_string())));
}

#[actix_web::test]
async fn a_shutdown_closes_with_1001() {
    let server = TestServer::start();
    let mut wire = server.joined("{}").await;
    let socketio = server.socketio.clone();
    let left = rt::spawn(async move { socketio.shutdown(Duration::from_secs(5)).await });
    assert_eq!(wire.closed().await, CloseCode::Away);
    assert_eq!(within("end", left).await.expect("no panic"), 0);
}

#[actix_web::test]
async fn a_shutdown_waits_no_longer_than_its_limit() {
    let mut server = TestServer::with(|builder| builder.queue_bytes(64_000_000));
    let _stream = silent(&mut server).await;
    let pad = Frame::event("pad", &"x".repeat(1_000_000)).expect("encoded");
    for _ in 0..30 {
        assert_eq!(server.socketio.emitter().to(["lobby"]).send(&pad), []);
    }
    let (limit, begun) = (Duration::from_millis(200), Instant::now());
    within("end", server.socketio.shutdown(limit)).await;
    assert!(begun.elapsed() >= limit, "its socket was waited for");
}

/// The status of an upgrade that is refused.
async fn refused(address: SocketAddr, path: &str) -> u16 {
    let url = format!("http://{address}{path}");
    match within("answer", awc::Client::default().ws(url).connect()).await {
        Err(WsClientError::InvalidResponseStatus(status)) => status.as_u16(),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("{path} was accepted"),
    }
}

/// A WebSocket that lives in the body of its answer.
async fn foreign(request: HttpRequest) -> Result<HttpResponse, Error> {
    Ok(actix_web_actors::ws::handshake(&request)?.finish())
}

#[actix_web::test]
async fn upgrades_run_through_the_app() {
    let socketio = SocketIo::builder().handler(Greeter).build();
    let mounted = socketio.clone();
    let app = move || {
        App::new()
            .wrap_fn(|request, next| {
                let locked = request.headers().contains_key("x-locked");
                let answer = next.call(request);
                async move {
                    match locked {
                        true => Err(actix_web::error::ErrorForbidden("locked")),
                        false => answer.await,
                    }
                }
            })
            .service(web::scope("/v1").service(mounted.service()))
            .route("/foreign", web::get().to(foreign))
            .route("/page", web::get().to(|| async { "text" }))
    };
    let server = Listener::new(app)
        .workers(1)
        .disable_signals()
        .bind(("127.0.0.1", 0))
        .expect("a free port");
    let address = server.addrs()[0];
    rt::spawn(server.run());

    let mut wire = Wire::open_at(address, "/v1/socket.io/", "EIO=4&transport=websocket").await;
    assert!(wire.text().await.starts_with("0{"));
    for (path, status) in [
        ("/socket.io/?EIO=4&transport=websocket", 404),
        ("/v1/socket.io/?EIO=3&transport=websocket", 400),
        ("/v1/socket.io/?EIO=4&transport=websocket&sid=none", 400),
        ("/foreign", 501),
        ("/page", 200),
    ] {
        assert_eq!(refused(address, path).await, status, "{path}");
    }
    let url = format!("http://{address}/v1/socket.io/?EIO=4&transport=websocket");
    let locked = awc::Client::default().ws(url).header("x-locked", "1");
    let answer = within("answer", locked.connect()).await;
    assert!(
        matches!(answer, Err(WsClientError::InvalidResponseStatus(status)) if status == 403),
        "a middleware decides"
    );
    assert_eq!(socketio.session_count(), 1);
}
