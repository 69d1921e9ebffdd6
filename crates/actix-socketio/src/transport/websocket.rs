//! WebSocket: an actor that forwards frames between one connection and its session. Part of [`super`].
//! Bounds: a frame, also one in fragments, by `max_payload`; frames that wait for the session by `max_payload` bytes
//! or [`INBOUND`]: then the connection is not read. The session has one write on its way at a time.

use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use actix::fut::ActorFuture;
use actix::{
    Actor, ActorContext as _, ActorFutureExt as _, Addr, AsyncContext as _, Handler, Message,
    StreamHandler, WrapFuture as _,
};
use actix_web::{HttpRequest, HttpResponse, web};
use actix_web_actors::ws::{
    self, CloseCode, CloseReason, ProtocolError, WebsocketContext, WsResponseBuilder,
};
use bytestring::ByteString;
use socketio_proto::engineio::handshake::{HandshakeError, TransportKind};
use socketio_proto::engineio::{CarrierId, Session as Engine, WireFrame};
use tokio::sync::oneshot;

use super::fragments::{Fragments, Outcome};
use super::{Carrier, Tether, answer, find, greeting, start, takeover, tether};
use crate::registry::{Entry, Slot};
use crate::server::Server;
use crate::session::{Session, SocketFailed, SocketFrames, SocketOpened, bring};
use crate::sid;

/// Frames that may wait for the session.
const INBOUND: usize = 256;

/// In which the stream of a connection that is gone must end.
const LAST_FRAMES: Duration = Duration::from_millis(100);

type Context = WebsocketContext<WebSocket>;

/// Frames for the peer, then perhaps the end. Answered when the connection has room for the next.
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) struct Write {
    pub(crate) frames: Vec<WireFrame>,
    pub(crate) close: bool,
}

/// The actor of one connection.
pub(crate) struct WebSocket {
    id: CarrierId,
    session: Addr<Session>,
    server: Arc<Server>,
    _slot: Arc<Slot>,
    max_payload: usize,
    greeting: Option<ByteString>,
    tether: Option<Tether>,
    inbound: Vec<WireFrame>,
    inbound_bytes: usize,
    /// What the session has not taken yet; frames wait in `inbound` meanwhile.
    taken: Option<oneshot::Receiver<()>>,
    fragments: Fragments,
}

/// A new session.
pub(super) fn open(
    server: &Arc<Server>,
    request: &HttpRequest,
    body: web::Payload,
) -> Result<HttpResponse, HandshakeError> {
    ws::handshake(request).map_err(|_| HandshakeError::BadRequest)?;
    let (id, sid) = (server.next_carrier(), sid::random());
    let greeting = greeting(server, &sid, TransportKind::WebSocket)?;
    let engine = Engine::websocket(server.config.timings(), id, server.clock.now());
    let Ok(entry) = start(server, request, &sid, engine) else {
        return Ok(answer::full(server, request));
    };
    let (response, opened) = carry(server, request, body, id, &entry, Some(greeting.into()))?;
    // A session that has just started has room for its first message.
    entry
        .session
        .try_send(opened)
        .map_err(|_| HandshakeError::BadRequest)?;
    Ok(response)
}

/// A WebSocket for a session that is on polling, or a second one, which the engine closes.
pub(super) async fn probe(
    server: &Arc<Server>,
    request: &HttpRequest,
    body: web::Payload,
    sid: &str,
) -> Result<HttpResponse, HandshakeError> {
    let entry = find(server, sid)?;
    let (response, opened) = carry(server, request, body, server.next_carrier(), &entry, None)?;
    entry
        .session
        .send(opened)
        .await
        .map_err(|_| HandshakeError::SessionUnknown)?;
    Ok(response)
}

/// By the socket itself if the HTTP server gives it away, else by the body of the answer.
fn carry(
    server: &Arc<Server>,
    request: &HttpRequest,
    body: web::Payload,
    id: CarrierId,
    entry: &Entry,
    greeting: Option<ByteString>,
) -> Result<(HttpResponse, SocketOpened), HandshakeError> {
    match takeover::is_offered(request) {
        true => takeover::accept(server, request, id, entry, greeting),
        false => accept(server, request, body, id, entry, greeting),
    }
}

fn accept(
    server: &Arc<Server>,
    request: &HttpRequest,
    body: web::Payload,
    id: CarrierId,
    Entry { session, slot }: &Entry,
    greeting: Option<ByteString>,
) -> Result<(HttpResponse, SocketOpened), HandshakeError> {
    let (tether, parted) = tether();
    let max_payload = server.config.max_payload;
    let actor = WebSocket {
        id,
        session: session.clone(),
        server: Arc::clone(server),
        _slot: Arc::clone(slot),
        max_payload,
        greeting,
        tether: Some(tether),
        inbound: Vec::new(),
        inbound_bytes: 0,
        taken: None,
        fragments: Fragments::new(max_payload),
    };
    let (socket, response) = WsResponseBuilder::new(actor, request, body)
        .frame_size(max_payload)
        .start_with_addr()
        .map_err(|_| HandshakeError::BadRequest)?;
    let socket = Carrier::Body(socket);
    Ok((response, SocketOpened { id, socket, parted }))
}

impl WebSocket {
    fn receive(&mut self, frame: WireFrame, ctx: &mut Context) {
        self.inbound_bytes += frame.size();
        self.inbound.push(frame);
        if self.taken.is_none() {
            self.forward(ctx);
        } else if self.inbound_bytes > self.max_payload || self.inbound.len() >= INBOUND {
            // Nothing is read from the connection until the session has taken what is on its way.
            let taken = self.taken.take();
            let wait = async move { taken?.await.ok() }.into_actor(self);
            ctx.wait(wait.map(|taken, act, ctx| act.forwarded(taken.is_none(), ctx)));
        }
    }

    fn forward(&mut self, ctx: &mut Context) {
        let (taken, all_taken) = oneshot::channel();
        let frames = std::mem::take(&mut self.inbound);
        self.inbound_bytes = 0;
        self.taken = Some(all_taken);
        let brought = bring(
            &self.session,
            SocketFrames {
                id: self.id,
                frames,
                taken,
            },
        );
        if brought.is_err() {
            end(CloseCode::Normal, ctx);
        }
    }

    fn forwarded(&mut self, gone: bool, ctx: &mut Context) {
        self.taken = None;
        if gone {
            end(CloseCode::Normal, ctx);
        } else if !self.inbound.is_empty() {
            self.forward(ctx);
        }
    }

    fn fail(&self, code: CloseCode, ctx: &mut Context) {
        // Best effort: a session that does not hear it sees the connection go, and only names it otherwise.
        let _full = self.session.try_send(SocketFailed(self.id));
        end(code, ctx);
    }
}

fn end(code: CloseCode, ctx: &mut Context) {
    ctx.close(Some(CloseReason::from(code)));
    ctx.stop();
}

/// Looks whether the session has taken what was brought.
struct Forwarding;

impl ActorFuture<WebSocket> for Forwarding {
    type Output = ();

    fn poll(
        self: Pin<&mut Self>,
        act: &mut WebSocket,
        ctx: &mut Context,
        task: &mut std::task::Context<'_>,
    ) -> Poll<()> {
        while let Some(taken) = &mut act.taken {
            let taken = std::task::ready!(Pin::new(taken).poll(task));
            act.forwarded(taken.is_err(), ctx);
        }
        Poll::Pending
    }
}

impl Actor for WebSocket {
    type Context = Context;

    fn started(&mut self, ctx: &mut Context) {
        ctx.spawn(Forwarding);
        if let Some(greeting) = self.greeting.take() {
            ctx.text(greeting);
        }
        if let Some(tether) = self.tether.take() {
            ctx.spawn(
                tether
                    .wait()
                    .into_actor(self)
                    .map(|(), _, ctx| end(CloseCode::Normal, ctx)),
            );
        }
    }
}

impl Handler<Write> for WebSocket {
    type Result = ();

    fn handle(&mut self, Write { frames, close }: Write, ctx: &mut Context) {
        for frame in frames {
            match frame {
                WireFrame::Text(text) => ctx.text(text),
                WireFrame::Binary(bytes) => ctx.binary(bytes),
            }
        }
        if close {
            end(self.server.end_code(), ctx);
        }
    }
}

impl StreamHandler<Result<ws::Message, ProtocolError>> for WebSocket {
    fn handle(&mut self, item: Result<ws::Message, ProtocolError>, ctx: &mut Context) {
        match item {
            Ok(ws::Message::Text(text)) => self.receive(WireFrame::Text(text), ctx),
            Ok(ws::Message::Binary(bytes)) => self.receive(WireFrame::Binary(bytes), ctx),
            Ok(ws::Message::Continuation(item)) => match self.fragments.add(item) {
                Outcome::Partial => {}
                Outcome::Whole(frame) => self.receive(frame, ctx),
                Outcome::TooLarge => self.fail(CloseCode::Size, ctx),
                Outcome::Invalid => self.fail(CloseCode::Protocol, ctx),
            },
            Ok(ws::Message::Ping(bytes)) => ctx.pong(&bytes),
            Ok(ws::Message::Pong(_) | ws::Message::Nop) => {}
            Ok(ws::Message::Close(reason)) => {
                ctx.close(reason);
                ctx.stop();
            }
            Err(ProtocolError::Overflow) => self.fail(CloseCode::Size, ctx),
            // Either the connection is gone, and the stream ends after the frames that had come, or text was none.
            Err(ProtocolError::Io(_)) => {
                ctx.run_later(LAST_FRAMES, |act, ctx| act.fail(CloseCode::Invalid, ctx));
            }
            Err(_) => self.fail(CloseCode::Protocol, ctx),
        }
    }
}
