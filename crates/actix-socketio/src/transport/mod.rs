//! HTTP in front of the sessions: the only room that knows actix-web. request -> *transport* -> session.
//!
//! A request may arrive on another worker than its session lives on; it talks to it by its address.
//! Bounds: bodies and frames by `max_payload`, sessions by the registry.

mod answer;
mod bundle;
mod carrier;
mod compression;
mod fragments;
mod polling;
pub(crate) mod takeover;
mod tether;
mod websocket;

use std::sync::Arc;

use actix::Actor as _;
use actix_web::http::{Method, header};
use actix_web::{HttpRequest, HttpResponse, Resource, web};
use socketio_proto::engineio;
use socketio_proto::engineio::handshake::{
    self, Admission, HandshakeError, Request, TransportKind,
};
use socketio_proto::socketio::Encoding;

pub(crate) use self::carrier::Carrier;
pub(crate) use self::compression::Coding;
pub(crate) use self::takeover::{Room, Tally, Wire};
pub(crate) use self::tether::{Parted, Tether, tether};
pub(crate) use self::websocket::{WebSocket, Write};
use crate::handshake::Handshake;
use crate::registry::{Entry, Full};
use crate::server::Server;
use crate::session::Session;

/// The part of a path that names a client bundle.
const FILE: &str = "file";

pub(crate) fn resource(server: Arc<Server>) -> Resource {
    let config = &server.config;
    let mut paths = vec![config.path.clone()];
    paths.extend(config.msgpack_path.clone());
    if config.bundles.is_some() {
        paths.push(format!("{}{{{FILE}}}", config.path));
    }
    web::resource(paths)
        .app_data(web::Data::from(server))
        .route(web::route().to(serve))
}

async fn serve(
    server: web::Data<Server>,
    request: HttpRequest,
    body: web::Payload,
) -> HttpResponse {
    let server = server.into_inner();
    if let Some(file) = request.match_info().get(FILE) {
        return bundle::serve(&server, &request, file);
    }
    if request.method() == Method::OPTIONS && server.config.cors.is_some() {
        return answer::preflight(&server, &request);
    }
    let upgrade = wants_websocket(&request);
    let asked = Request {
        method: method(request.method()),
        query: request.query_string(),
        upgrade,
    };
    let outcome = match handshake::admit(asked, server.config.transports) {
        Ok(Admission::Open(transport)) => open(&server, &request, body, transport),
        Ok(Admission::Poll(sid)) => polling::poll(&server, &request, sid).await,
        Ok(Admission::Post(sid)) => polling::post(&server, &request, body, sid).await,
        Ok(Admission::Upgrade(sid)) => websocket::probe(&server, &request, body, sid).await,
        Err(refused) => Err(refused),
    };
    outcome.unwrap_or_else(|refused| match upgrade {
        true => answer::refused_upgrade(&refused),
        false => answer::refused(&server, &request, &refused),
    })
}

fn open(
    server: &Arc<Server>,
    request: &HttpRequest,
    body: web::Payload,
    transport: TransportKind,
) -> Result<HttpResponse, HandshakeError> {
    if let Some(allow) = &server.config.allow_request {
        allow(request).map_err(HandshakeError::Forbidden)?;
    }
    match transport {
        TransportKind::Polling => polling::open(server, request),
        TransportKind::WebSocket => websocket::open(server, request, body),
    }
}

/// Starts a session on this thread, if there is a place for one.
fn start(
    server: &Arc<Server>,
    request: &HttpRequest,
    sid: &str,
    engine: engineio::Session,
) -> Result<Entry, Full> {
    let handshake = Handshake::of(request);
    let encoding = encoding(server, request);
    server.registry.open(sid, |slot| {
        let server = Arc::clone(server);
        Session::new(server, sid.to_owned(), slot, engine, encoding, handshake).start()
    })
}

/// What the path says about the client's parser. Behind a prefix of the `App` the path is longer than ours.
fn encoding(server: &Server, request: &HttpRequest) -> Option<Encoding> {
    let path = server.config.msgpack_path.as_deref()?;
    request.path().ends_with(path).then_some(Encoding::Msgpack)
}

fn find(server: &Server, sid: &str) -> Result<Entry, HandshakeError> {
    server
        .registry
        .find(sid)
        .ok_or(HandshakeError::SessionUnknown)
}

fn method(method: &Method) -> handshake::Method {
    match *method {
        Method::GET => handshake::Method::Get,
        Method::POST => handshake::Method::Post,
        _ => handshake::Method::Other,
    }
}

fn wants_websocket(request: &HttpRequest) -> bool {
    let upgrade = request
        .headers()
        .get(header::UPGRADE)
        .and_then(|value| value.to_str().ok());
    upgrade.is_some_and(|value| value.eq_ignore_ascii_case("websocket"))
}

/// The first packet of a session.
fn greeting(
    server: &Server,
    sid: &str,
    transport: TransportKind,
) -> Result<String, HandshakeError> {
    let upgrades = match transport {
        TransportKind::Polling => server.config.upgrades(),
        TransportKind::WebSocket => &[],
    };
    let engineio::Timings {
        ping_interval,
        ping_timeout,
        ..
    } = server.config.timings();
    let open = handshake::Open {
        sid,
        upgrades,
        ping_interval,
        ping_timeout,
        max_payload: server.config.max_payload,
    };
    open.encode().map_err(|_| HandshakeError::BadRequest)
}
