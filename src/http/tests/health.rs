use std::{sync::Arc, time::Duration};

use actix_web::{http::Method, test::TestRequest};
use serde_json::json;

use super::{Check, Server};

async fn seen(server: &Server) -> Vec<(u16, String)> {
    let mut seen = Vec::new();
    for path in ["/health", "/health/live", "/health/ready"] {
        let answer = server.call(TestRequest::with_uri(path)).await;
        let status = answer.body["status"].as_str().unwrap_or_default();
        seen.push((answer.status.as_u16(), status.to_owned()));
    }
    seen
}

fn all(codes: [u16; 3], status: &str) -> Vec<(u16, String)> {
    codes.map(|code| (code, status.to_owned())).to_vec()
}

#[actix_web::test]
async fn health_says_how_the_node_stands() {
    let server = Server::open().await;
    server.fixture.hand.advance(Duration::from_secs(86));
    let answer = server.call(TestRequest::with_uri("/health")).await;
    assert_eq!(
        answer.body,
        json!({"status": "ok", "timestamp": "2026-05-01T12:01:26.000Z", "version": env!("CARGO_PKG_VERSION"),
            "nodeId": "node-1", "uptimeSeconds": 86, "socketConnections": 3,
            "memory": answer.body["memory"], "checks": {"database": "ok", "bus": "ok"}})
    );
    let head = TestRequest::with_uri("/health").method(Method::HEAD);
    assert_eq!(server.call(head).await.status, 200);
}

#[actix_web::test]
async fn a_draining_node_is_not_ready_and_works() {
    let server = Server::open().await;
    server.state.draining.begin();
    assert_eq!(seen(&server).await, all([200, 200, 503], "draining"));
}

#[actix_web::test]
async fn a_late_bus_is_told_and_no_reason_to_look_away() {
    let mut server = Server::open().await;
    server.state.probes.bus = Arc::new(|| Check::Down);
    assert_eq!(seen(&server).await, all([200, 200, 200], "degraded"));
}

#[actix_web::test]
async fn without_its_database_a_node_is_down() {
    let server = Server::open().await;
    server.fixture.database.close().await;
    assert_eq!(seen(&server).await, all([503, 200, 503], "down"));
}
