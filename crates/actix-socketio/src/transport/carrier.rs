//! A WebSocket as its session writes to it, whatever carries it. Part of [`super`].

use std::sync::Arc;

use actix::Addr;
use futures_util::FutureExt as _;
use futures_util::future::Either;

use super::takeover::Line;
use super::{WebSocket, Write};
use crate::server::Server;

/// Either of the two ways.
#[derive(Clone)]
pub(crate) enum Carrier {
    /// The body of an answer of the HTTP server.
    Body(Addr<WebSocket>),
    /// A socket that was taken over.
    Taken { line: Line, server: Arc<Server> },
}

impl Carrier {
    /// Writes; resolves when the connection has room for the next.
    pub(crate) fn send(&self, write: Write) -> impl Future<Output = ()> + use<> {
        match self {
            Self::Body(socket) => Either::Left(socket.send(write).map(drop)),
            Self::Taken { line, server } => Either::Right(line.write(write, server.end_code())),
        }
    }

    /// Writes the last.
    pub(crate) fn close(&self, write: Write) {
        match self {
            Self::Body(socket) => {
                // Not `send`: a message whose sender no longer waits is not handled, and this session may be over.
                let _gone = socket.try_send(write);
            }
            Self::Taken { line, server } => drop(line.write(write, server.end_code())),
        }
    }
}
