//! The client's JavaScript. Part of [`super`].

use std::sync::Arc;

use actix_web::http::{Method, StatusCode, header};
use actix_web::{HttpRequest, HttpResponse};

use super::compression;
use crate::server::Server;

/// 200 with the file, 304 to a page that has this version, 404 for a file that is not there.
pub(super) fn serve(server: &Arc<Server>, request: &HttpRequest, file: &str) -> HttpResponse {
    let known = server.config.bundles.as_ref();
    let Some((bundles, bundle)) = known.and_then(|known| Some((known, known.find(file)?))) else {
        return HttpResponse::NotFound().finish();
    };
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return HttpResponse::MethodNotAllowed()
            .insert_header((header::ALLOW, "GET, HEAD"))
            .finish();
    }
    let etag = bundles.etag();
    let has = has_version(request, &etag);
    let mut answer = HttpResponse::build(if has {
        StatusCode::NOT_MODIFIED
    } else {
        StatusCode::OK
    });
    answer
        .insert_header((header::ETAG, etag))
        .insert_header((header::CACHE_CONTROL, "public, max-age=0"))
        .insert_header((header::VARY, "Accept-Encoding"));
    if has {
        return answer.finish();
    }
    answer.insert_header((header::CONTENT_TYPE, content_type(file)));
    match compression::accepted(request) {
        Some(coding) => answer
            .insert_header((header::CONTENT_ENCODING, coding.name()))
            .body(bundle.compressed(coding)),
        None => answer.body(bundle.plain.clone()),
    }
}

/// The tag is compared weakly (RFC 9110, 13.1.2).
fn has_version(request: &HttpRequest, etag: &str) -> bool {
    let told = request.headers().get(header::IF_NONE_MATCH);
    told.and_then(|told| told.to_str().ok())
        .is_some_and(|told| {
            told.split(',')
                .map(str::trim)
                .any(|told| told == "*" || told.strip_prefix("W/").unwrap_or(told) == etag)
        })
}

fn content_type(file: &str) -> &'static str {
    if file.ends_with(".map") {
        "application/json; charset=utf-8"
    } else {
        "application/javascript; charset=utf-8"
    }
}
