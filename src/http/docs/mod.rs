//! The OpenAPI document at `/api/v1/openapi.json`, and a page to read it at `/api/docs`. No token, no outside host.

use std::sync::LazyLock;

use actix_web::{HttpResponse, http::header::ContentType, web};
use bytes::Bytes;

use super::{
    answer,
    call::Answer,
    dashboard::{File, Kind},
    endpoint::{Access, Endpoint},
    openapi,
};

/// Made once; it is the same as long as the program runs.
static DOCUMENT: LazyLock<Bytes> = LazyLock::new(|| {
    answer::encode(&openapi::document())
        .unwrap_or_default()
        .into()
});

/// Mounted at `/api/v1`.
pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get("/openapi.json", web::to(document))
            .says("This document")
            .open_to(Access::Open)
            .gives::<serde_json::Map<String, serde_json::Value>>(),
    ]
}

/// The page, its script and its style.
pub(super) fn files() -> [File; 3] {
    let file =
        |path, kind, text: &'static str| File::new(path, kind, Bytes::from_static(text.as_bytes()));
    [
        file("/api/docs", Kind::Page, include_str!("page.html")),
        file("/api/docs/page.js", Kind::Script, include_str!("page.js")),
        file("/api/docs/page.css", Kind::Style, include_str!("page.css")),
    ]
}

async fn document() -> Answer {
    Ok(HttpResponse::Ok()
        .content_type(ContentType::json())
        .body(DOCUMENT.clone()))
}
