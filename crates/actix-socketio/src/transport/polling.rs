//! HTTP long-polling: GET waits for packets, POST brings them. Part of [`super`].
//! Bounds: a body by `max_payload` and [`BODY_TIMEOUT`]; the engine allows one GET and one POST at a time.

use std::sync::Arc;
use std::time::Duration;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse, web};
use bytes::BytesMut;
use bytestring::ByteString;
use futures_util::StreamExt as _;
use futures_util::future::{Either, select};
use socketio_proto::engineio::handshake::{HandshakeError, TransportKind};
use socketio_proto::engineio::session::{PollAnswer, PostAnswer};
use socketio_proto::engineio::{Session as Engine, payload};
use tokio::sync::oneshot;

use super::{answer, compression, find, greeting, start, tether};
use crate::registry::Full;
use crate::server::Server;
use crate::session::{Poll, PostBegun, PostEnd, PostEnded, bring};
use crate::sid;

/// In which the body of a POST must have come.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// A new session.
pub(super) fn open(
    server: &Arc<Server>,
    request: &HttpRequest,
) -> Result<HttpResponse, HandshakeError> {
    let sid = sid::random();
    let greeting = greeting(server, &sid, TransportKind::Polling)?;
    let engine = Engine::polling(server.config.timings(), server.clock.now());
    Ok(match start(server, request, &sid, engine) {
        Ok(_) => answer::opened(server, request, greeting, &sid),
        Err(Full) => answer::full(server, request),
    })
}

/// Waits for packets. Dropping the future tells the session that the client is gone.
pub(super) async fn poll(
    server: &Arc<Server>,
    request: &HttpRequest,
    sid: &str,
) -> Result<HttpResponse, HandshakeError> {
    let session = find(server, sid)?.session;
    let (answer, answered) = oneshot::channel();
    let (_tether, parted) = tether();
    let poll = Poll {
        id: server.next_carrier(),
        answer,
        parted,
    };
    session
        .send(poll)
        .await
        .map_err(|_| HandshakeError::SessionUnknown)?;
    match answered.await.map_err(|_| HandshakeError::SessionUnknown)? {
        PollAnswer::Payload(frames) => {
            let body = payload::encode(&frames).into_bytes();
            let (coding, body) = match server.config.http_compression {
                true => compression::compress(request, body).await,
                false => (None, body),
            };
            Ok(answer::packets(server, request, coding, body))
        }
        PollAnswer::Overlap => Ok(answer::bare(server, request, StatusCode::BAD_REQUEST)),
        PollAnswer::BadRequest => Err(HandshakeError::BadRequest),
    }
}

/// Brings packets. Dropping the future tells the session that the body will not come.
pub(super) async fn post(
    server: &Arc<Server>,
    request: &HttpRequest,
    body: web::Payload,
    sid: &str,
) -> Result<HttpResponse, HandshakeError> {
    let session = find(server, sid)?.session;
    let (answer, answered) = oneshot::channel();
    let (_tether, parted) = tether();
    let id = server.next_carrier();
    session
        .send(PostBegun { id, answer, parted })
        .await
        .map_err(|_| HandshakeError::SessionUnknown)?;
    let reading = std::pin::pin!(read(request, body, server.config.max_payload));
    let (end, answered) = match select(answered, reading).await {
        Either::Left((refused, _)) => return posted(server, request, refused),
        Either::Right((end, answered)) => (end, answered),
    };
    let too_large = matches!(end, PostEnd::TooLarge);
    bring(&session, PostEnded { id, end }).map_err(|_| HandshakeError::SessionUnknown)?;
    if too_large {
        return Ok(answer::too_large(server, request));
    }
    posted(server, request, answered.await)
}

fn posted(
    server: &Arc<Server>,
    request: &HttpRequest,
    answered: Result<PostAnswer, oneshot::error::RecvError>,
) -> Result<HttpResponse, HandshakeError> {
    match answered.map_err(|_| HandshakeError::SessionUnknown)? {
        PostAnswer::Accepted => Ok(answer::accepted(server, request)),
        PostAnswer::Overlap => Ok(answer::bare(server, request, StatusCode::BAD_REQUEST)),
        PostAnswer::BadRequest => Err(HandshakeError::BadRequest),
    }
}

async fn read(request: &HttpRequest, mut body: web::Payload, limit: usize) -> PostEnd {
    if request
        .content_type()
        .eq_ignore_ascii_case("application/octet-stream")
    {
        return PostEnd::Broken;
    }
    if announced(request).is_some_and(|length| length > limit) {
        return PostEnd::TooLarge;
    }
    let collect = async {
        let mut whole = BytesMut::new();
        while let Some(chunk) = body.next().await {
            let Ok(chunk) = chunk else {
                return PostEnd::Broken;
            };
            if whole.len() + chunk.len() > limit {
                return PostEnd::TooLarge;
            }
            whole.extend_from_slice(&chunk);
        }
        ByteString::try_from(whole).map_or(PostEnd::Broken, PostEnd::Body)
    };
    tokio::time::timeout(BODY_TIMEOUT, collect)
        .await
        .unwrap_or(PostEnd::Broken)
}

fn announced(request: &HttpRequest) -> Option<usize> {
    request
        .headers()
        .get(header::CONTENT_LENGTH)?
        .to_str()
        .ok()?
        .parse()
        .ok()
}
