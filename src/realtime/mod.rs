//! Our Socket.IO layer: who is let in, what clients may ask, when they must go.
//!
//! `app` starts it; a client's event goes [`handler`] -> [`commands`] -> `operations` -> `storage`. What happens
//! comes to clients from `actors`, by rooms that are joined here. Bounds: [`limiter`] and [`subscriptions`] per
//! socket, `config.socket` per node.

mod asyncapi;
mod bundles;
mod commands;
mod drain;
mod error;
mod expiry;
mod handler;
mod limiter;
mod payload;
mod reply;
mod schedule;
mod session;
mod subscriptions;

use std::sync::{Arc, OnceLock};

use actix::Recipient;
use actix_socketio::{Cors, Emitter, SocketIo};

use crate::{
    actors::Watch,
    clock::Clock,
    config::{AllowedOrigins, Config},
    operations::Operations,
    storage::Database,
};

use self::{expiry::Expiries, handler::Doorkeeper};

pub use self::{asyncapi::document as asyncapi, commands::Command, error::AnswerCode};

/// What clients' events are answered with.
#[derive(Clone)]
pub struct Services {
    /// What people do.
    pub operations: Operations,
    /// What subscribers get first.
    pub database: Database,
    /// When tokens end.
    pub clock: Clock,
}

/// The Socket.IO server of this node. A clone is the same server.
#[derive(Clone)]
pub struct Realtime {
    socketio: SocketIo,
    expiries: Arc<Expiries>,
}

impl Realtime {
    /// Builds the server. `registry` is given the way to its sockets and starts what sends to them, which is
    /// returned beside the server.
    /// To be called on an actix thread, which then also looks after the tokens' expiry, until the last clone is gone.
    #[must_use]
    pub fn start<R: Clone + Into<Recipient<Watch>>>(
        config: &Config,
        services: Services,
        registry: impl FnOnce(Emitter) -> R,
    ) -> (Self, R) {
        let expiries = Expiries::start(services.clock.clone());
        let watch = Arc::new(OnceLock::new());
        let doorkeeper = Doorkeeper::new(services, Arc::clone(&watch), Arc::clone(&expiries));
        let socketio = server(config, doorkeeper);
        let registry = registry(socketio.emitter());
        watch.get_or_init(|| registry.clone().into());
        (Self { socketio, expiries }, registry)
    }

    /// To be mounted, counted and shut down.
    #[must_use]
    pub const fn socketio(&self) -> &SocketIo {
        &self.socketio
    }

    /// Tells every client that the server stops soon and when to come back: `server:draining`.
    pub fn announce_drain(&self) {
        drain::announce(&self.expiries.sockets());
    }
}

fn server(config: &Config, doorkeeper: Doorkeeper) -> SocketIo {
    let mut builder = SocketIo::builder()
        .ping_interval(config.socket.ping_interval)
        .ping_timeout(config.socket.ping_timeout)
        .connect_timeout(config.socket.connect_timeout)
        .max_payload(config.socket.max_payload)
        .max_connections(config.socket.max_connections)
        .queue_bytes(config.socket.queue_bytes);
    if let Some(cors) = cors(&config.server.allowed_origins) {
        builder = builder.cors(cors);
    }
    if let Some(bundles) = bundles::installed() {
        builder = builder.client_bundles(bundles);
    }
    builder.handler(doorkeeper).build()
}

/// None: pages of other origins are not let in, so nothing needs to be told to browsers.
fn cors(allowed: &AllowedOrigins) -> Option<Cors> {
    match allowed {
        AllowedOrigins::Any => Some(Cors::any()),
        AllowedOrigins::Listed(origins) if origins.is_empty() => None,
        AllowedOrigins::Listed(origins) => Some(Cors::origins(origins.clone())),
    }
}
