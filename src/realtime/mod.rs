//! Our Socket.IO layer: who is let in, what clients may ask, when they must go.
//!
//! `app` starts it; a client's event goes [`handler`] -> [`commands`] -> `operations` -> `storage`. What happens
//! comes to clients from `actors`, by rooms that are joined here. Bounds: [`limiter`] and [`rooms`] per
//! socket, `config.socket` per node.

mod asyncapi;
mod bundles;
mod commands;
mod drain;
mod ending;
mod error;
mod handler;
mod limiter;
mod payload;
mod recovery;
mod reply;
mod rooms;
mod schedule;
mod session;
mod sessions;
mod stage;
mod subscriptions;

use std::sync::Arc;

use actix::Recipient;
use actix_socketio::{Cors, SocketIo};

use crate::{
    actors::{Admit, EmitterHubs, OnHeard, Watch},
    clock::Clock,
    config::{AllowedOrigins, Config},
    operations::Operations,
    storage::Database,
};

use self::{
    handler::Doorkeeper,
    sessions::Sessions,
    stage::{Doors, Stage},
};

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
    sessions: Arc<Sessions>,
}

impl Realtime {
    /// Builds the server. `registry` is given the way to its sockets and who acts on what servers are told, and
    /// starts what sends to them, which is returned beside the server.
    /// To be called on an actix thread, which then also looks after the sessions, until the last clone is gone.
    #[must_use]
    pub fn start<R: Clone + Into<Recipient<Watch>> + Into<Recipient<Admit>>>(
        config: &Config,
        services: Services,
        registry: impl FnOnce(Arc<EmitterHubs>, OnHeard) -> R,
    ) -> (Self, R) {
        let sessions = Sessions::start(services.clock.clone(), services.operations.clone());
        let stage = Stage::default();
        let doorkeeper = Doorkeeper::start(services, stage.clone(), Arc::clone(&sessions));
        let socketio = server(config, doorkeeper);
        let heard = {
            let sessions = Arc::clone(&sessions);
            Arc::new(move |organization, heard| sessions.hear(organization, heard))
        };
        let hubs = Arc::new(EmitterHubs::new(socketio.emitter()));
        let registry = registry(Arc::clone(&hubs), heard);
        stage.open(|| Doors {
            watch: registry.clone().into(),
            admit: registry.clone().into(),
            hubs,
        });
        (Self { socketio, sessions }, registry)
    }

    /// To be mounted, counted and shut down.
    #[must_use]
    pub const fn socketio(&self) -> &SocketIo {
        &self.socketio
    }

    /// Tells every client that the server stops soon and when to come back: `server:draining`.
    pub fn announce_drain(&self) {
        drain::announce(&self.sessions.sockets());
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
