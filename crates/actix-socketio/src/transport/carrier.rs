//! A WebSocket as its session writes to it, whatever carries it. Part of [`super`].

use std::sync::Arc;

use actix::Addr;
use futures_util::FutureExt as _;
use futures_util::future::Either;

use super::takeover::Wire;
use super::{WebSocket, Write};
use crate::server::Server;

/// Either of the two ways.
#[derive(Clone)]
pub(crate) enum Carrier {
    /// The body of an answer of the HTTP server.
    Body(Addr<WebSocket>),
    /// A socket that was taken over.
    Taken { wire: Wire, server: Arc<Server> },
}

impl Carrier {
    /// Writes. Some: it has not left yet, and this resolves when the connection has room for the next.
    pub(crate) fn send(&self, write: Write) -> Option<impl Future<Output = ()> + use<>> {
        match self {
            Self::Body(socket) => Some(Either::Left(socket.send(write).map(drop))),
            Self::Taken { wire, .. } => {
                let room = wire.write(&write.frames)?;
                Some(Either::Right(room.map(drop)))
            }
        }
    }

    /// Writes the last.
    pub(crate) fn close(&self, write: Write) {
        match self {
            Self::Body(socket) => {
                // Not `send`: a message whose sender no longer waits is not handled, and this session may be over.
                let _gone = socket.try_send(write);
            }
            Self::Taken { wire, server } => wire.end(&write.frames, server.end_code()),
        }
    }

    /// What others may write into while the session has nothing on its way.
    pub(crate) fn wire(&self) -> Option<&Wire> {
        match self {
            Self::Body(_) => None,
            Self::Taken { wire, .. } => Some(wire),
        }
    }
}
