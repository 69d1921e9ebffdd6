//! HTTP answers and the headers that each has. Part of [`super`].

use std::sync::Arc;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use socketio_proto::engineio::handshake::HandshakeError;

use super::compression::Coding;
use crate::server::Server;

/// 204 with what the page may do.
pub(super) fn preflight(server: &Arc<Server>, request: &HttpRequest) -> HttpResponse {
    let mut answer = HttpResponse::build(StatusCode::NO_CONTENT);
    cors(&mut answer, server, request);
    answer.insert_header((
        header::ACCESS_CONTROL_ALLOW_METHODS,
        "GET,HEAD,PUT,PATCH,POST,DELETE",
    ));
    if let Some(asked) = request
        .headers()
        .get(header::ACCESS_CONTROL_REQUEST_HEADERS)
    {
        answer.insert_header((header::ACCESS_CONTROL_ALLOW_HEADERS, asked.clone()));
        answer.append_header((header::VARY, "Access-Control-Request-Headers"));
    }
    answer.finish()
}

/// 200 with the first packet, and the cookie if there is one.
pub(super) fn opened(
    server: &Arc<Server>,
    request: &HttpRequest,
    greeting: String,
    sid: &str,
) -> HttpResponse {
    let mut answer = text(server, request);
    if let Some(name) = &server.config.cookie {
        let cookie = format!("{name}={sid}; Path=/; HttpOnly; SameSite=Lax");
        answer.insert_header((header::SET_COOKIE, cookie));
    }
    answer.body(greeting)
}

/// 200 with packets.
pub(super) fn packets(
    server: &Arc<Server>,
    request: &HttpRequest,
    coding: Option<Coding>,
    payload: Vec<u8>,
) -> HttpResponse {
    let mut answer = text(server, request);
    if let Some(coding) = coding {
        answer.insert_header((header::CONTENT_ENCODING, coding.name()));
    }
    answer.body(payload)
}

fn text(server: &Arc<Server>, request: &HttpRequest) -> HttpResponseBuilder {
    let mut answer = build(server, request, StatusCode::OK);
    answer.insert_header((header::CONTENT_TYPE, "text/plain; charset=UTF-8"));
    answer
}

/// 200 `ok` to a POST. It is `text/html` in the reference, and clients know it so.
pub(super) fn accepted(server: &Arc<Server>, request: &HttpRequest) -> HttpResponse {
    let mut answer = build(server, request, StatusCode::OK);
    answer.insert_header((header::CONTENT_TYPE, "text/html"));
    answer.body("ok")
}

/// A status without a body.
pub(super) fn bare(
    server: &Arc<Server>,
    request: &HttpRequest,
    status: StatusCode,
) -> HttpResponse {
    build(server, request, status).finish()
}

/// 413: the body is over `maxPayload`. Without `no-store`, as in the reference.
pub(super) fn too_large(server: &Arc<Server>, request: &HttpRequest) -> HttpResponse {
    let mut answer = HttpResponse::build(StatusCode::PAYLOAD_TOO_LARGE);
    cors(&mut answer, server, request);
    answer.finish()
}

/// 503: `max_connections` are there, or the server stops.
pub(super) fn full(server: &Arc<Server>, request: &HttpRequest) -> HttpResponse {
    let mut answer = build(server, request, StatusCode::SERVICE_UNAVAILABLE);
    answer.insert_header((header::RETRY_AFTER, "5"));
    answer.finish()
}

/// `{"code":1,"message":"Session ID unknown"}`
pub(super) fn refused(
    server: &Arc<Server>,
    request: &HttpRequest,
    error: &HandshakeError,
) -> HttpResponse {
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::BAD_REQUEST);
    let mut answer = build(server, request, status);
    answer.insert_header((header::CONTENT_TYPE, "application/json"));
    answer.body(error.body())
}

/// A refused upgrade is always 400 with the bare message.
pub(super) fn refused_upgrade(error: &HandshakeError) -> HttpResponse {
    let mut answer = HttpResponse::build(StatusCode::BAD_REQUEST);
    answer.insert_header((header::CONTENT_TYPE, "text/html"));
    answer.force_close();
    answer.body(error.to_string())
}

fn build(server: &Arc<Server>, request: &HttpRequest, status: StatusCode) -> HttpResponseBuilder {
    let mut answer = HttpResponse::build(status);
    answer.insert_header((header::CACHE_CONTROL, "no-store"));
    cors(&mut answer, server, request);
    answer
}

fn cors(answer: &mut HttpResponseBuilder, server: &Arc<Server>, request: &HttpRequest) {
    let Some(cors) = &server.config.cors else {
        return;
    };
    let origin = request
        .headers()
        .get(header::ORIGIN)
        .and_then(|origin| origin.to_str().ok());
    if cors.varies() {
        answer.append_header((header::VARY, "Origin"));
    }
    if let Some(allowed) = cors.allowed(origin) {
        answer.insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, allowed));
    }
    if cors.allows_credentials() {
        answer.insert_header((header::ACCESS_CONTROL_ALLOW_CREDENTIALS, "true"));
    }
}
