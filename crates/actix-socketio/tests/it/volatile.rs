//! Events that are dropped rather than kept.

use std::time::Duration;

use awc::http::Method;

use crate::support::{TestServer, packets};

#[actix_web::test]
async fn a_polling_client_gets_them_only_while_a_poll_waits() {
    let server = TestServer::start();
    let client = server.joined_polling().await;
    let emitter = server.socketio.emitter();
    let volatile = |number: i32| {
        let refused = emitter.everyone().volatile().emit("v", &number);
        assert_eq!(refused.expect("JSON"), []);
    };
    volatile(1);
    // Done after the delivery before it, so that the poll comes later.
    assert_eq!(emitter.everyone().fetch().await.len(), 1);
    let mut again = tokio::time::interval(Duration::from_millis(2));
    let mut poll = std::pin::pin!(client.request(Method::GET, ""));
    let answer = loop {
        tokio::select! {
            answer = &mut poll => break answer,
            // Until the poll has arrived they are dropped.
            _ = again.tick() => volatile(2),
        }
    };
    let taken = packets(&answer.1).join(" ");
    assert_eq!(taken, "42[\"v\",2]");
}

#[actix_web::test]
async fn a_websocket_takes_one_at_a_time() {
    let server = TestServer::start();
    let mut wire = server.joined("{}").await;
    wire.send("42[\"burst\"]");
    wire.send("42[\"echo\"]");
    assert_eq!(wire.text().await, "42[\"volatile\",0]");
    assert_eq!(wire.text().await, "42[\"back\"]");
}
