//! What HTTP has around the packets: the cookie, compression, the client's bundles.

use std::io::Read as _;

use actix_socketio::ClientBundles;
use awc::http::{Method, StatusCode, header};
use awc::{ClientResponse, error::PayloadError};
use bytes::Bytes;
use flate2::read::{GzDecoder, ZlibDecoder};
use futures_util::Stream;

use crate::support::{TestServer, Wire, within};

/// The value of a header, empty without it.
fn told<S>(answer: &ClientResponse<S>, name: header::HeaderName) -> String {
    let value = answer.headers().get(name);
    value.map_or_else(String::new, |value| {
        value.to_str().expect("text").to_owned()
    })
}

async fn get(
    url: &str,
    headers: &[(header::HeaderName, &str)],
) -> ClientResponse<impl Stream<Item = Result<Bytes, PayloadError>> + Unpin + use<>> {
    let mut request = awc::Client::default().get(url);
    for (name, value) in headers {
        request = request.insert_header((name.clone(), *value));
    }
    within("answer", request.send()).await.expect("an answer")
}

#[actix_web::test]
async fn the_cookie_is_on_the_first_polling_answer_only() {
    let server = TestServer::with(|builder| builder.cookie("io"));
    let url = format!(
        "http://{}/socket.io/?EIO=4&transport=polling",
        server.address
    );
    let mut open = get(&url, &[]).await;
    let cookie = told(&open, header::SET_COOKIE);
    let body = open.body().await.expect("a body");
    let body: serde_json::Value = serde_json::from_slice(&body[1..]).expect("JSON");
    let sid = body["sid"].as_str().expect("a sid");
    assert_eq!(cookie, format!("io={sid}; Path=/; HttpOnly; SameSite=Lax"));
    let client = server.polling().await;
    client.post("40").await;
    let later = get(&client.url(), &[]).await;
    assert_eq!(later.status(), StatusCode::OK);
    assert_eq!(told(&later, header::SET_COOKIE), "");
}

#[actix_web::test]
async fn large_polls_are_compressed_for_those_who_accept_it() {
    for (accept, event, coding) in [
        ("gzip, deflate", "42[\"flood\",2000]", "gzip"),
        ("gzip", "42[\"flood\",200000]", "gzip"),
        ("deflate", "42[\"flood\",2000]", "deflate"),
        ("gzip;q=0", "42[\"flood\",2000]", ""),
        ("br", "42[\"flood\",2000]", ""),
        ("gzip", "42[\"echo\"]", ""),
        ("", "42[\"flood\",2000]", ""),
    ] {
        let server = TestServer::start();
        let client = server.joined_polling().await;
        client.post(event).await;
        let headers = [(header::ACCEPT_ENCODING, accept)];
        let headers = if accept.is_empty() {
            &[][..]
        } else {
            &headers[..]
        };
        let mut answer = get(&client.url(), headers).await;
        assert_eq!(
            told(&answer, header::CONTENT_ENCODING),
            coding,
            "{accept} {event}"
        );
        let body = answer.body().limit(1_000_000).await.expect("a body");
        let mut text = String::new();
        match coding {
            "gzip" => GzDecoder::new(&body[..]).read_to_string(&mut text),
            "deflate" => ZlibDecoder::new(&body[..]).read_to_string(&mut text),
            _ => (&body[..]).read_to_string(&mut text),
        }
        .expect("text");
        assert!(text.starts_with("42["), "{accept} {event}: {text}");
    }
}

fn with_bundles() -> TestServer {
    TestServer::with(|builder| {
        let bundles = ClientBundles::new("4.8.3")
            .file("socket.io.min.js", "var io;")
            .file("socket.io.js.map", "{}");
        builder.client_bundles(bundles)
    })
}

#[actix_web::test]
async fn bundles_are_served_with_their_version() {
    let server = with_bundles();
    for (file, has, status, content_type, body) in [
        (
            "socket.io.min.js",
            "",
            200,
            "application/javascript; charset=utf-8",
            "var io;",
        ),
        (
            "socket.io.min.js",
            "\"4.8.2\"",
            200,
            "application/javascript; charset=utf-8",
            "var io;",
        ),
        ("socket.io.min.js", "\"4.8.3\"", 304, "", ""),
        ("socket.io.min.js", "\"1\", W/\"4.8.3\"", 304, "", ""),
        (
            "socket.io.js.map",
            "",
            200,
            "application/json; charset=utf-8",
            "{}",
        ),
        ("socket.io.js", "", 404, "", ""),
    ] {
        let url = format!("http://{}/socket.io/{file}", server.address);
        let mut answer = get(&url, &[(header::IF_NONE_MATCH, has)]).await;
        assert_eq!(answer.status().as_u16(), status, "{file} {has}");
        assert_eq!(
            told(&answer, header::CONTENT_TYPE),
            content_type,
            "{file} {has}"
        );
        let etag = if status == 404 { "" } else { "\"4.8.3\"" };
        assert_eq!(told(&answer, header::ETAG), etag, "{file} {has}");
        assert_eq!(answer.body().await.expect("a body"), body, "{file} {has}");
    }
    let url = format!("http://{}/socket.io/socket.io.min.js", server.address);
    let mut packed = get(&url, &[(header::ACCEPT_ENCODING, "gzip")]).await;
    assert_eq!(told(&packed, header::CONTENT_ENCODING), "gzip");
    let mut text = String::new();
    let body = packed.body().await.expect("a body");
    GzDecoder::new(&body[..])
        .read_to_string(&mut text)
        .expect("gzip");
    assert_eq!(text, "var io;");
    let posted = awc::Client::default()
        .request(Method::POST, &url)
        .send()
        .await;
    assert_eq!(
        posted.expect("an answer").status(),
        StatusCode::METHOD_NOT_ALLOWED
    );
}

#[actix_web::test]
async fn beside_the_bundles_the_path_is_the_same() {
    let server = with_bundles();
    let mut wire = Wire::open(server.address, "EIO=4&transport=websocket").await;
    assert!(wire.text().await.starts_with("0{"));
    for server in [TestServer::start(), with_bundles()] {
        for path in ["/socket.io", "/socket.io/x", "/socket.io/x/y", "/other"] {
            let url = format!("http://{}{path}?EIO=4&transport=polling", server.address);
            assert_eq!(
                get(&url, &[]).await.status(),
                StatusCode::NOT_FOUND,
                "{path}"
            );
        }
    }
}
