use actix_web::{http::Method, test::TestRequest};
use serde_json::json;

use super::{Answer, Server, authorized};
use crate::{
    domain::Role,
    operations::fixture::{DEMO, PASSWORD, user_of},
};

async fn login(server: &Server, password: &str, peer: &str) -> Answer {
    let request = TestRequest::post()
        .uri("/api/v1/auth/login")
        .peer_addr(peer.parse().expect("an address"))
        .set_json(json!({"email": "manager@demo.example", "password": password}));
    server.call(request).await
}

async fn with_token(server: &Server, path: &str, token: &serde_json::Value) -> Answer {
    let request = TestRequest::post()
        .uri(path)
        .set_json(json!({"refreshToken": token}));
    server.call(request).await
}

#[actix_web::test]
async fn a_login_gives_two_tokens_and_the_user() {
    let server = Server::open().await;
    let answer = login(&server, PASSWORD, "127.0.0.1:1").await;
    let user = json!({"id": user_of(DEMO, Role::Manager), "email": "manager@demo.example",
        "name": "The manager", "role": "manager", "organizationId": DEMO});
    assert_eq!(answer.outcome(), (200, ""));
    assert_eq!(answer.body["user"], user);
    assert_eq!(answer.body["expiresAt"], "2026-05-01T12:15:00.000Z");
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let token = answer.body["accessToken"].as_str().expect("a token");
    let me = server
        .call(authorized(Method::GET, "/api/v1/auth/me", token))
        .await;
    assert_eq!(me.body, user);
}

#[actix_web::test]
async fn the_eleventh_try_from_an_address_waits_and_others_do_not() {
    let server = Server::open().await;
    for _ in 0..10 {
        let answer = login(&server, "wrong", "192.0.2.1:1").await;
        assert_eq!(answer.outcome(), (401, "invalid_credentials"));
    }
    let answer = login(&server, PASSWORD, "192.0.2.1:2").await;
    assert_eq!(answer.outcome(), (429, "rate_limited"));
    assert_eq!(answer.header("retry-after"), Some("300"));
    let elsewhere = login(&server, PASSWORD, "192.0.2.2:1").await;
    assert_eq!(elsewhere.outcome(), (200, ""));
}

#[actix_web::test]
async fn refresh_rotates_and_logout_ends() {
    let server = Server::open().await;
    let first = login(&server, PASSWORD, "127.0.0.1:1").await.body;
    let second = with_token(&server, "/api/v1/auth/refresh", &first["refreshToken"]).await;
    assert_eq!(second.outcome(), (200, ""));
    let token = second.body["accessToken"].as_str().expect("a token");
    let refresh = &second.body["refreshToken"];
    assert_ne!(*refresh, first["refreshToken"]);
    let logout = with_token(&server, "/api/v1/auth/logout", refresh).await;
    assert_eq!(logout.outcome(), (204, ""));
    let me = server
        .call(authorized(Method::GET, "/api/v1/auth/me", token))
        .await;
    assert_eq!(me.outcome(), (401, "unauthorized"));
    let again = with_token(&server, "/api/v1/auth/refresh", refresh).await;
    assert_eq!(again.outcome(), (401, "unauthorized"));
}
