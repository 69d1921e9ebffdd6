//! What is not let in, and what the answers look like.

use actix_socketio::{Cors, Transports};
use awc::error::WsClientError;
use awc::http::{Method, header};

use crate::support::{Polling, TestServer, Wire};

async fn ask(server: &TestServer, method: Method, path: &str) -> (u16, String) {
    let url = format!("http://{}{path}", server.address);
    let mut response = awc::Client::default()
        .request(method, url)
        .send()
        .await
        .expect("an answer");
    let body = response.body().await.expect("a body");
    (
        response.status().as_u16(),
        String::from_utf8(body.to_vec()).expect("text"),
    )
}

#[actix_web::test]
async fn bad_requests_get_the_codes_of_the_protocol() {
    let server = TestServer::start();
    for (method, path, status, body) in [
        (
            Method::GET,
            "/socket.io/?EIO=4",
            400,
            r#"{"code":0,"message":"Transport unknown"}"#,
        ),
        (
            Method::GET,
            "/socket.io/?EIO=4&transport=polling&sid=nobody",
            400,
            r#"{"code":1,"message":"Session ID unknown"}"#,
        ),
        (
            Method::POST,
            "/socket.io/?EIO=4&transport=polling&sid=nobody",
            400,
            r#"{"code":1,"message":"Session ID unknown"}"#,
        ),
        (
            Method::POST,
            "/socket.io/?EIO=4&transport=polling",
            400,
            r#"{"code":2,"message":"Bad handshake method"}"#,
        ),
        (
            Method::OPTIONS,
            "/socket.io/?EIO=4&transport=polling",
            400,
            r#"{"code":2,"message":"Bad handshake method"}"#,
        ),
        (
            Method::GET,
            "/socket.io/?EIO=4&transport=websocket",
            400,
            r#"{"code":3,"message":"Bad request"}"#,
        ),
        (
            Method::GET,
            "/socket.io/?EIO=3&transport=polling",
            400,
            r#"{"code":5,"message":"Unsupported protocol version"}"#,
        ),
        (Method::GET, "/socket.io?EIO=4&transport=polling", 404, ""),
        (Method::GET, "/elsewhere", 404, ""),
    ] {
        assert_eq!(
            ask(&server, method, path).await,
            (status, body.to_owned()),
            "{path}"
        );
    }
    assert_eq!(server.socketio.session_count(), 0);
}

#[actix_web::test]
async fn the_application_may_refuse_a_request() {
    let server = TestServer::with(|builder| builder.allow_request(|_| Err("not today".into())));
    let refused = ask(&server, Method::GET, "/socket.io/?EIO=4&transport=polling").await;
    assert_eq!(
        refused,
        (403, r#"{"code":4,"message":"not today"}"#.to_owned())
    );
    let url = format!(
        "http://{}/socket.io/?EIO=4&transport=websocket",
        server.address
    );
    let refused = awc::Client::default().ws(url).connect().await;
    assert!(
        matches!(&refused, Err(WsClientError::InvalidResponseStatus(status)) if status.as_u16() == 400),
        "{:?}",
        refused.err()
    );
}

#[actix_web::test]
async fn a_transport_that_is_not_offered_is_unknown() {
    let server = TestServer::with(|builder| builder.transports(Transports::WEBSOCKET));
    let (status, body) = ask(&server, Method::GET, "/socket.io/?EIO=4&transport=polling").await;
    assert_eq!(
        (status, body.as_str()),
        (400, r#"{"code":0,"message":"Transport unknown"}"#)
    );
    server.joined("{}").await;
}

#[actix_web::test]
async fn pages_of_other_origins_get_cors_headers_on_every_answer() {
    let server =
        TestServer::with(|builder| builder.cors(Cors::origins(["http://ok.test"]).credentials()));
    let url = |query: &str| format!("http://{}/socket.io/?{query}", server.address);
    for (method, query, status) in [
        (Method::OPTIONS, "EIO=4&transport=polling", 204),
        (Method::GET, "EIO=4&transport=polling", 200),
        (Method::GET, "EIO=4&transport=polling&sid=nobody", 400),
    ] {
        for (origin, allowed) in [
            ("http://ok.test", Some("http://ok.test")),
            ("http://evil.test", None),
        ] {
            let request = awc::Client::default().request(method.clone(), url(query));
            let response = request
                .insert_header((header::ORIGIN, origin))
                .send()
                .await
                .expect("an answer");
            let header = |name| {
                response
                    .headers()
                    .get(name)
                    .and_then(|value| value.to_str().ok())
            };
            assert_eq!(response.status().as_u16(), status, "{method} {query}");
            assert_eq!(
                header(header::ACCESS_CONTROL_ALLOW_ORIGIN),
                allowed,
                "{method} {query}"
            );
            assert_eq!(
                header(header::ACCESS_CONTROL_ALLOW_CREDENTIALS),
                Some("true")
            );
        }
    }
}

#[actix_web::test]
async fn a_body_over_the_limit_is_refused_and_the_session_survives() {
    let server = TestServer::with(|builder| builder.max_payload(1000));
    let client = server.joined_polling().await;
    let (status, body) = client.request(Method::POST, &"x".repeat(1001)).await;
    assert_eq!((status.as_u16(), body.as_str()), (413, ""));
    client.post("42[\"echo\",1]").await;
    assert_eq!(client.poll().await, "42[\"back\",1]");
}

#[actix_web::test]
async fn an_octet_stream_is_refused() {
    let mut server = TestServer::start();
    let client = server.joined_polling().await;
    let request = awc::Client::default()
        .post(client.url())
        .content_type("application/octet-stream");
    let response = request.send_body("4x").await.expect("an answer");
    assert_eq!(response.status().as_u16(), 400);
    assert_eq!(server.disconnected().await.as_str(), "transport error");
}

#[actix_web::test]
async fn a_refused_connect_says_why_and_leaves_the_transport_open() {
    let mut server = TestServer::start();
    let mut wire = server.wire().await;
    wire.send("40{\"refuse\":\"who?\"}");
    assert_eq!(
        wire.text().await,
        "44{\"message\":\"who?\",\"data\":{\"code\":7}}"
    );
    wire.send("40/nowhere,");
    assert_eq!(
        wire.text().await,
        "44/nowhere,{\"message\":\"Invalid namespace\"}"
    );
    wire.send("40");
    assert!(wire.text().await.starts_with("40{\"sid\""));
    assert!(matches!(
        server.seen().await,
        crate::support::Seen::Connected(_)
    ));
}

#[actix_web::test]
async fn a_connect_that_cannot_be_decided_closes_the_transport_without_an_answer() {
    for auth in ["{\"close\":1}", "{\"panic\":1}"] {
        let server = TestServer::start();
        let mut wire = server.wire().await;
        wire.send(&format!("40{auth}"));
        assert!(
            matches!(wire.frame().await, Some(awc::ws::Frame::Close(_))),
            "{auth}"
        );
        server.empty().await;
    }
}

#[actix_web::test]
async fn more_sessions_than_allowed_are_told_to_come_later() {
    let server = TestServer::with(|builder| builder.max_connections(1));
    let client = Polling::open(server.address).await;
    let (status, _) = ask(&server, Method::GET, "/socket.io/?EIO=4&transport=polling").await;
    assert_eq!(status, 503);
    client.post("1").await;
    server.empty().await;
    Wire::open(server.address, "EIO=4&transport=websocket")
        .await
        .text()
        .await;
}
