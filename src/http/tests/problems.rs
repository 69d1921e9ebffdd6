use actix_web::{http::Method, test::TestRequest};
use serde_json::json;

use super::{Server, authorized, pieces, untouchable};
use crate::domain::Role;

#[actix_web::test]
async fn what_is_no_route_or_no_method_is_a_problem_too() {
    let server = Server::open().await;
    for (method, path, expected, allow) in [
        (Method::GET, "/nothing", (404, "not_found"), None),
        (Method::GET, "/api/v1", (404, "not_found"), None),
        (Method::GET, "/api/v1/nothing", (404, "not_found"), None),
        (Method::GET, "/webhooks/ttnx", (404, "not_found"), None),
        (
            Method::GET,
            "/webhooks/ttn",
            (405, "method_not_allowed"),
            Some("POST"),
        ),
        (
            Method::DELETE,
            "/api/v1/rules",
            (405, "method_not_allowed"),
            Some("GET, HEAD, POST"),
        ),
        (
            Method::POST,
            "/api/v1/snapshot",
            (405, "method_not_allowed"),
            Some("GET, HEAD"),
        ),
        (
            Method::POST,
            "/health",
            (405, "method_not_allowed"),
            Some("GET, HEAD"),
        ),
    ] {
        let answer = server
            .call(TestRequest::with_uri(path).method(method))
            .await;
        assert_eq!(answer.outcome(), expected, "{path}");
        assert_eq!(answer.header("allow"), allow, "{path}");
        assert_eq!(answer.header("x-freshtrack-node"), Some("node-1"), "{path}");
    }
}

#[actix_web::test]
async fn every_route_of_the_api_needs_a_token() {
    let server = Server::open().await;
    let expired = server.token(Role::Owner).await;
    server
        .fixture
        .hand
        .advance(std::time::Duration::from_secs(906));
    for path in [
        "auth/me",
        "snapshot",
        "units",
        "units/x",
        "units/x/readings",
        "devices",
        "rules",
        "rules/x",
        "alerts",
        "alerts/x",
    ] {
        let path = format!("/api/v1/{path}");
        for token in ["", "nonsense", &expired] {
            let answer = server.call(authorized(Method::GET, &path, token)).await;
            assert_eq!(answer.outcome(), (401, "unauthorized"), "{path} {token}");
            assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
        }
        let bare = server.call(TestRequest::with_uri(&path)).await;
        assert_eq!(bare.outcome(), (401, "unauthorized"), "{path}");
    }
}

#[actix_web::test]
async fn a_body_is_not_read_before_the_token_holds() {
    let server = Server::open().await;
    for (method, path) in [
        (Method::POST, "/api/v1/rules"),
        (Method::PATCH, "/api/v1/rules/x"),
        (Method::POST, "/api/v1/alerts/x/acknowledge"),
    ] {
        let request = TestRequest::with_uri(path).method(method);
        let answer = server.call_with(request, Some(untouchable())).await;
        assert_eq!(answer.outcome(), (401, "unauthorized"), "{path}");
    }
}

#[actix_web::test]
async fn bodies_that_are_not_what_they_must_be() {
    let server = Server::open().await;
    let (json, none) = ("application/json", "");
    for (kind, body, expected) in [
        (json, "{", (400, "invalid_json")),
        (json, "[]", (400, "invalid_json")),
        (json, r#"{"email":"a","email":"b"}"#, (400, "invalid_json")),
        (json, r#"{"email":1e999}"#, (400, "invalid_json")),
        (json, "{}", (400, "invalid_payload")),
        (none, "{}", (400, "invalid_payload")),
        (
            "application/merge-patch+json",
            "{}",
            (400, "invalid_payload"),
        ),
        (
            "application/json; charset=utf-8",
            "{}",
            (400, "invalid_payload"),
        ),
        ("text/plain", "{}", (415, "unsupported_media_type")),
        (
            "application/x-www-form-urlencoded",
            "email=a",
            (415, "unsupported_media_type"),
        ),
    ] {
        let mut request = TestRequest::post().uri("/api/v1/auth/login");
        if !kind.is_empty() {
            request = request.insert_header(("Content-Type", kind));
        }
        let answer = server.call(request.set_payload(body)).await;
        assert_eq!(answer.outcome(), expected, "{kind} {body}");
    }
}

#[actix_web::test]
async fn a_rest_body_may_have_one_mebibyte() {
    let server = Server::open().await;
    let post = || TestRequest::post().uri("/api/v1/auth/login");
    let announced = post().insert_header(("Content-Length", "1048577"));
    let answer = server.call_with(announced, Some(untouchable())).await;
    assert_eq!(answer.outcome(), (413, "payload_too_large"));
    let streamed = server.call_with(post(), Some(pieces(17))).await;
    assert_eq!(streamed.outcome(), (413, "payload_too_large"));
    let fits = format!(r#"{{"email":"{}"}}"#, "x".repeat(1024 * 1024 - 12));
    let answer = server
        .call(
            post()
                .insert_header(("Content-Type", "application/json"))
                .set_payload(fits),
        )
        .await;
    assert_eq!(answer.outcome(), (400, "invalid_payload"));
}

#[actix_web::test]
async fn every_wrong_field_is_named() {
    let server = Server::open().await;
    let body = json!({"email": 5, "passwort": "x"});
    let request = TestRequest::post().uri("/api/v1/auth/login").set_json(body);
    let answer = server.call(request).await;
    assert_eq!(answer.outcome(), (400, "invalid_payload"));
    assert_eq!(
        answer.body["errors"],
        json!([
            {"field": "email", "message": "must be text"},
            {"field": "password", "message": "is required"},
            {"field": "passwort", "message": "is not known"},
        ])
    );
}
