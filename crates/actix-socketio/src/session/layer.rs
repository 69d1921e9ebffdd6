//! What a session speaks over Engine.IO: Socket.IO, or nothing. Part of [`super::Session`].

use std::sync::Arc;
use std::time::Duration;

use socketio_proto::engineio::Message;
use socketio_proto::socketio::{Action, Client, Encoding};

use crate::engine::{Connection, Direct};
use crate::handler::DisconnectReason;
use crate::handshake::Handshake;
use crate::queue::Queue;
use crate::server::{Application, Server};

pub(super) enum Layer {
    Packets(Client),
    Messages(Direct),
}

/// What came and is to be heard in its turn.
pub(super) enum Arrival {
    Action(Action),
    Message(Message),
}

impl Layer {
    pub(super) fn new(
        server: &Server,
        queue: &Arc<Queue>,
        handshake: &Arc<Handshake>,
        encoding: Option<Encoding>,
    ) -> Self {
        match &server.application {
            Application::Packets { known, .. } => {
                let connect_by = server.clock.now() + server.config.connect_timeout;
                Self::Packets(Client::new(Arc::clone(known), encoding, connect_by))
            }
            Application::Messages(handler) => {
                let key = server.next_socket();
                queue.hold(key);
                queue.open(key, Vec::new(), None);
                let connection = Connection {
                    key,
                    queue: Arc::clone(queue),
                    handshake: Arc::clone(handshake),
                };
                Self::Messages(Direct::new(Arc::clone(handler), connection))
            }
        }
    }

    pub(super) fn begin(&mut self) {
        match self {
            Self::Packets(_) => {}
            Self::Messages(direct) => direct.begin(),
        }
    }

    /// None: more is to come before it can be heard.
    pub(super) fn handle(&mut self, message: Message) -> Option<Arrival> {
        match self {
            Self::Packets(client) => client.handle(message).map(Arrival::Action),
            Self::Messages(_) => Some(Arrival::Message(message)),
        }
    }

    pub(super) fn hear(&self, message: Message) {
        match self {
            Self::Packets(_) => {}
            Self::Messages(direct) => direct.message(message),
        }
    }

    pub(super) fn leave(&mut self, namespace: &str) {
        match self {
            Self::Packets(client) => client.leave(namespace),
            Self::Messages(_) => {}
        }
    }

    /// The sockets are finished by the session, which keeps them.
    pub(super) fn finish(&mut self, reason: DisconnectReason) {
        match self {
            Self::Packets(_) => {}
            Self::Messages(direct) => direct.finish(reason),
        }
    }

    pub(super) fn encoding(&self) -> Encoding {
        match self {
            Self::Packets(client) => client.encoding(),
            Self::Messages(_) => Encoding::Json,
        }
    }

    /// When a client that has joined nothing is to be closed.
    pub(super) const fn next_deadline(&self) -> Option<Duration> {
        match self {
            Self::Packets(client) => client.next_deadline(),
            Self::Messages(_) => None,
        }
    }
}
