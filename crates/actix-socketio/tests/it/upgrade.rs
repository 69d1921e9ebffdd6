//! From polling to WebSocket with one session.

use awc::http::Method;

use crate::support::{Polling, TestServer, Wire, packets};

async fn probe(client: &Polling) -> Wire {
    Wire::open(
        client.address,
        &format!("EIO=4&transport=websocket&sid={}", client.sid),
    )
    .await
}

#[actix_web::test]
async fn the_session_moves_and_nothing_is_lost() {
    let mut server = TestServer::start();
    let client = server.joined_polling().await;
    let mut wire = probe(&client).await;
    let waiting = client.poll();
    let probing = async {
        wire.send("2probe");
        assert_eq!(wire.text().await, "3probe");
        wire
    };
    let (answer, mut wire) = futures_util::future::join(waiting, probing).await;
    assert_eq!(answer, "6", "a waiting poll is released");
    client.post("42[\"echo\",1]").await;
    wire.send("5");
    assert_eq!(wire.text().await, "42[\"back\",1]");
    wire.send("42[\"echo\",2]");
    assert_eq!(wire.text().await, "42[\"back\",2]");
    for method in [Method::GET, Method::POST] {
        let (status, body) = client.request(method, "4x").await;
        assert_eq!(
            (status.as_u16(), body.as_str()),
            (400, "{\"code\":3,\"message\":\"Bad request\"}")
        );
    }
    drop(wire);
    assert_eq!(server.disconnected().await.as_str(), "transport close");
}

#[actix_web::test]
async fn a_second_websocket_is_closed_and_the_first_goes_on() {
    let server = TestServer::start();
    let client = server.joined_polling().await;
    let mut first = probe(&client).await;
    first.send("2probe");
    assert_eq!(first.text().await, "3probe");
    probe(&client).await.closed().await;
    first.send("5");
    first.send("42[\"echo\",1]");
    assert_eq!(first.text().await, "42[\"back\",1]");
    probe(&client).await.closed().await;
    first.send("42[\"echo\",2]");
    assert_eq!(first.text().await, "42[\"back\",2]");
}

#[actix_web::test]
async fn a_wrong_first_frame_closes_that_websocket_only() {
    let server = TestServer::start();
    let client = server.joined_polling().await;
    let mut wire = probe(&client).await;
    wire.send("42[\"echo\",1]");
    wire.closed().await;
    client.post("42[\"echo\",2]").await;
    let answer = client.poll().await;
    assert_eq!(packets(&answer), ["42[\"back\",2]"]);
}
