use actix_web::{http::Method, test::TestRequest};

use super::Server;

const ORIGIN: &str = "access-control-allow-origin";

#[actix_web::test]
async fn pages_of_allowed_origins_may_read() {
    let server = Server::open().await;
    for (origin, path, allowed) in [
        ("https://app.example", "/api/v1/units", true),
        ("https://app.example", "/api/v1/nothing", true),
        ("https://app.example", "/health", true),
        ("https://evil.example", "/api/v1/units", false),
        ("https://app.example", "/webhooks/ttn", false),
    ] {
        let request = TestRequest::with_uri(path).insert_header(("Origin", origin));
        let answer = server.call(request).await;
        assert_eq!(
            answer.header(ORIGIN),
            allowed.then_some(origin),
            "{origin} {path}"
        );
    }
}

#[actix_web::test]
async fn a_preflight_is_answered_without_a_token() {
    let server = Server::open().await;
    for (origin, allowed) in [
        ("https://app.example", true),
        ("https://evil.example", false),
    ] {
        let request = TestRequest::with_uri("/api/v1/rules/x")
            .method(Method::OPTIONS)
            .insert_header(("Origin", origin))
            .insert_header(("Access-Control-Request-Method", "PATCH"));
        let answer = server.call(request).await;
        assert_eq!(answer.status, 204);
        assert_eq!(answer.header(ORIGIN), allowed.then_some(origin));
        let methods = answer.header("access-control-allow-methods");
        assert_eq!(
            methods.is_some_and(|methods| methods.contains("PATCH")),
            allowed
        );
        assert_eq!(answer.header("vary"), Some("Origin"));
    }
}
