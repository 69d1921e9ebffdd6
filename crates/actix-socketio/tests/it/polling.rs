//! HTTP long-polling from the handshake to an ack.

use awc::http::Method;

use crate::support::{Seen, TestServer, packets, within};

#[actix_web::test]
async fn the_handshake_answers_with_the_open_packet_and_its_headers() {
    let server = TestServer::start();
    let url = format!(
        "http://{}/socket.io/?EIO=4&transport=polling",
        server.address
    );
    let mut response = awc::Client::default()
        .get(url)
        .send()
        .await
        .expect("an answer");
    let header = |name: &str| {
        response
            .headers()
            .get(name)
            .and_then(|value| value.to_str().ok())
    };
    assert_eq!(header("content-type"), Some("text/plain; charset=UTF-8"));
    assert_eq!(header("cache-control"), Some("no-store"));
    assert_eq!(header("access-control-allow-origin"), None);
    let body = response.body().await.expect("a body");
    let open: serde_json::Value = serde_json::from_slice(&body[1..]).expect("an open packet");
    assert_eq!(body[0], b'0');
    assert_eq!(open["upgrades"], serde_json::json!(["websocket"]));
    assert_eq!(open["pingInterval"], 25_000);
    assert_eq!(open["pingTimeout"], 20_000);
    assert_eq!(open["maxPayload"], 1_000_000);
    assert_eq!(open.as_object().map(serde_json::Map::len), Some(5));
}

#[actix_web::test]
async fn a_client_connects_and_what_was_sent_meanwhile_follows_the_reply() {
    let mut server = TestServer::start();
    let client = server.polling().await;
    client.post("40{\"k\":1}").await;
    let answer = client.poll().await;
    let [reply, welcome] = packets(&answer)[..] else {
        panic!("{answer}")
    };
    let reply: serde_json::Value = serde_json::from_str(&reply[2..]).expect("a reply");
    let id = reply["sid"].as_str().expect("a sid").to_owned();
    assert_ne!(id, client.sid);
    assert_eq!(welcome, "42[\"welcome\",{\"k\":1}]");
    assert_eq!(server.seen().await, Seen::Connected(id));
    assert_eq!(server.socketio.socket_count(), 1);
}

#[actix_web::test]
async fn events_come_back_and_acks_are_answered() {
    let server = TestServer::start();
    let client = server.joined_polling().await;
    client
        .post("42[\"echo\",1,\"é\"]\u{1e}427[\"ask\",{\"a\":[]}]")
        .await;
    let answer = client.poll().await;
    assert_eq!(
        packets(&answer),
        ["42[\"back\",1,\"é\"]", "437[{\"a\":[]}]"]
    );
}

#[actix_web::test]
async fn binary_is_base64_without_a_message_type() {
    let server = TestServer::start();
    let client = server.joined_polling().await;
    let placeholder = "{\"_placeholder\":true,\"num\":0}";
    client
        .post(&format!("451-[\"echo\",{placeholder}]\u{1e}bAQIDBA=="))
        .await;
    let back = "451-[\"back\",{\"_placeholder\":true,\"num\":0}]";
    let answer = client.poll().await;
    assert_eq!(packets(&answer), [back, "bAQIDBA=="]);
}

#[actix_web::test]
async fn a_waiting_poll_is_answered_by_the_next_event() {
    let server = TestServer::start();
    let client = server.joined_polling().await;
    let (answer, ()) =
        futures_util::future::join(client.poll(), client.post("42[\"echo\",1]")).await;
    assert_eq!(answer, "42[\"back\",1]");
}

#[actix_web::test]
async fn of_two_polls_the_first_ends_with_a_close_and_the_second_is_refused() {
    let mut server = TestServer::start();
    let client = server.joined_polling().await;
    let both = futures_util::future::join(
        client.request(Method::GET, ""),
        client.request(Method::GET, ""),
    );
    let (first, second) = within("both answers", both).await;
    let mut answers = [(first.0.as_u16(), first.1), (second.0.as_u16(), second.1)];
    answers.sort();
    assert_eq!(answers, [(200, "1".to_owned()), (400, String::new())]);
    assert_eq!(server.disconnected().await.as_str(), "transport error");
    let (status, body) = client.request(Method::GET, "").await;
    assert_eq!(
        (status.as_u16(), body.as_str()),
        (400, "{\"code\":1,\"message\":\"Session ID unknown\"}")
    );
}

#[actix_web::test]
async fn leaving_and_joining_in_one_payload_are_done_in_order() {
    let mut server = TestServer::start();
    let client = server.joined_polling().await;
    client.post("42[\"note\"]\u{1e}41\u{1e}40").await;
    let answer = client.poll().await;
    assert!(
        packets(&answer)
            .iter()
            .any(|packet| packet.starts_with("40{")),
        "{answer}"
    );
    client.post("42[\"echo\",1]").await;
    assert_eq!(client.poll().await, "42[\"back\",1]");
    let (first, note) = (server.seen().await, server.seen().await);
    assert_eq!(note, Seen::Event("note".into(), vec![]));
    let (Seen::Connected(first), Seen::Disconnected(left, reason), Seen::Connected(second)) =
        (first, server.seen().await, server.seen().await)
    else {
        panic!("a disconnect between two connects")
    };
    assert_eq!(
        (left, reason.as_str()),
        (first.clone(), "client namespace disconnect")
    );
    assert_ne!(first, second);
}
