use actix_web::{http::Method, test::TestRequest};

use super::Server;

#[actix_web::test]
async fn the_page_and_its_files_need_no_token() {
    let server = Server::open().await;
    for (path, content_type) in [
        ("/", "text/html; charset=utf-8"),
        ("/app/main.js", "text/javascript; charset=utf-8"),
        ("/style.css", "text/css; charset=utf-8"),
        ("/favicon.svg", "image/svg+xml"),
    ] {
        let answer = server.call(TestRequest::with_uri(path)).await;
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.header("content-type"), Some(content_type), "{path}");
        let policy = answer.header("content-security-policy").unwrap_or_default();
        assert!(
            policy.starts_with("default-src 'none';"),
            "{path}: {policy}"
        );
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
    }
}

#[actix_web::test]
async fn a_browser_that_has_a_file_is_not_sent_it_again() {
    let server = Server::open().await;
    let answer = server.call(TestRequest::with_uri("/style.css")).await;
    assert_eq!(answer.header("cache-control"), Some("no-cache"));
    let tag = answer.header("etag").unwrap_or_default().to_owned();
    for (known, status) in [
        (tag.clone(), 304),
        (format!("\"other\", W/{tag}"), 304),
        ("*".to_owned(), 304),
        ("\"other\"".to_owned(), 200),
    ] {
        let request = TestRequest::with_uri("/style.css").insert_header(("If-None-Match", known));
        let answer = server.call(request).await;
        assert_eq!(answer.status, status);
        assert_eq!(answer.header("etag"), Some(tag.as_str()));
    }
}

#[actix_web::test]
async fn the_page_is_only_read() {
    let server = Server::open().await;
    for (method, path, outcome) in [
        (Method::HEAD, "/", (200, "")),
        (Method::POST, "/", (405, "method_not_allowed")),
        (Method::GET, "/app/", (404, "not_found")),
        (Method::GET, "/app/../Cargo.toml", (404, "not_found")),
    ] {
        let request = TestRequest::with_uri(path).method(method);
        assert_eq!(server.call(request).await.outcome(), outcome, "{path}");
    }
}
