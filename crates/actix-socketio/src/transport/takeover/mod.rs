//! A WebSocket without HTTP behind it: at the upgrade its socket is taken from the HTTP server. Part of [`super`].
//!
//! ```text
//! request -> upgrade -> the App -> accept (the session begins) -> upgrade takes the socket -> connection, wire
//! ```
//!
//! The request runs through the `App` like any other, its middleware included; what it is to become rides in the
//! answer's extensions. Then the HTTP server's buffers go, and a client costs its session and two small objects.

mod assembly;
mod connection;
mod frame;
mod inbound;

mod tally;
mod upgrade;
mod wire;

use std::sync::Arc;

use actix::Addr;
use actix_web::{HttpMessage as _, HttpRequest, HttpResponse};
use actix_web_actors::ws;
use bytes::{Bytes, BytesMut};
use bytestring::ByteString;
use socketio_proto::engineio::handshake::HandshakeError;
use socketio_proto::engineio::{CarrierId, WireFrame};
use tokio::io::AsyncRead;

use self::connection::Connection;
pub(crate) use self::tally::Tally;
pub(crate) use self::upgrade::factory;
use self::wire::Sink;
pub(crate) use self::wire::{Room, Wire};
use super::carrier::Carrier;
use super::{Tether, tether};
use crate::registry::{Entry, Slot};
use crate::server::Server;
use crate::session::{Session, SocketOpened};

/// In a request's extensions: its socket is to be had.
pub(super) struct Offered;

/// In an answer's extensions: its socket is taken, for this session.
pub(super) struct Taking {
    id: CarrierId,
    session: Addr<Session>,
    slot: Arc<Slot>,
    wire: Wire,
    tether: Tether,
    greeting: Option<WireFrame>,
    max_payload: usize,
}

/// Whether the request's socket can be taken over.
pub(super) fn is_offered(request: &HttpRequest) -> bool {
    request.extensions().contains::<Offered>()
}

/// The answer of an upgrade whose socket is taken as soon as the answer has passed the `App`.
pub(super) fn accept(
    server: &Arc<Server>,
    request: &HttpRequest,
    id: CarrierId,
    Entry { session, slot }: &Entry,
    greeting: Option<ByteString>,
) -> Result<(HttpResponse, SocketOpened), HandshakeError> {
    let mut response = ws::handshake(request).map_err(|_| HandshakeError::BadRequest)?;
    let (tether, parted) = tether();
    let wire = Wire::new(server.taken_over.count());
    let socket = Carrier::Taken {
        wire: wire.clone(),
        server: Arc::clone(server),
    };
    let mut response = response.finish();
    response.extensions_mut().insert(Taking {
        id,
        session: session.clone(),
        slot: Arc::clone(slot),
        wire,
        tether,
        greeting: greeting.map(WireFrame::Text),
        max_payload: server.config.max_payload,
    });
    Ok((response, SocketOpened { id, socket, parted }))
}

impl Taking {
    /// Goes on with the socket alone. `head` of the answer leaves with the greeting in one write.
    fn begin<R: AsyncRead + Unpin + 'static>(
        self,
        (reader, sink): (R, Sink),
        head: Bytes,
        early: BytesMut,
    ) {
        self.wire.attach(sink, head, self.greeting.as_ref());
        let ends = (self.wire, self.tether);
        let owner = (self.id, self.session, self.slot);
        let connection = Connection::new(reader, owner, ends, self.max_payload, early);
        actix_web::rt::spawn(connection);
    }
}
