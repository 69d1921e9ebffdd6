//! Mounting and stopping a server. builder -> *server* -> transport, session, emitter.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use actix_http::ws::CloseCode;
use actix_web::Resource;
use log::warn;
use socketio_proto::engineio::CarrierId;
use socketio_proto::socketio::{Known, ROOT};

use crate::builder::Builder;
use crate::clock::Clock;
use crate::config::Config;
use crate::emitter::{Emitter, Hubs};
use crate::engine::MessageHandler;
use crate::hub::SocketKey;
use crate::namespaces::{Namespaces, Served};
use crate::registry::Registry;
use crate::session::Shutdown;
use crate::transport::{self, Tally};

/// Who is behind the sessions.
pub(crate) enum Application {
    /// Socket.IO.
    Packets {
        namespaces: Arc<Namespaces>,
        known: Known,
    },
    /// Engine.IO alone.
    Messages(Arc<dyn MessageHandler>),
}

impl Application {
    pub(crate) fn served(&self, namespace: &str) -> Option<&Served> {
        match self {
            Self::Packets { namespaces, .. } => namespaces.find(namespace),
            Self::Messages(_) => None,
        }
    }
}

/// What all workers, sessions and requests of one server share.
pub(crate) struct Server {
    pub(crate) config: Config,
    pub(crate) clock: Clock,
    pub(crate) registry: Registry,
    pub(crate) hubs: Arc<Hubs>,
    pub(crate) application: Application,
    /// Sockets let in and not yet disconnected.
    pub(crate) sockets: AtomicUsize,
    /// Connections that no HTTP server knows any more.
    pub(crate) taken_over: Tally,
    numbers: AtomicU64,
}

impl Server {
    pub(crate) fn new(config: Config, application: Application) -> Self {
        Self {
            registry: Registry::new(config.max_connections),
            config,
            clock: Clock::start(),
            hubs: Arc::default(),
            application,
            sockets: AtomicUsize::new(0),
            taken_over: Tally::default(),
            numbers: AtomicU64::new(0),
        }
    }

    pub(crate) fn next_socket(&self) -> SocketKey {
        SocketKey(self.numbers.fetch_add(1, Ordering::Relaxed))
    }

    pub(crate) fn next_carrier(&self) -> CarrierId {
        CarrierId(self.numbers.fetch_add(1, Ordering::Relaxed))
    }

    /// What a WebSocket is told that the server ends (RFC 6455, section 7.4.1).
    pub(crate) fn end_code(&self) -> CloseCode {
        match self.registry.is_closing() {
            true => CloseCode::Away,
            false => CloseCode::Normal,
        }
    }

    async fn shutdown(&self, limit: Duration) -> usize {
        for session in self.registry.close() {
            #[expect(
                clippy::disallowed_methods,
                reason = "one message per session and server life"
            )]
            session.do_send(Shutdown);
        }
        let emptied = async {
            self.registry.emptied().await;
            self.taken_over.emptied().await;
        };
        if tokio::time::timeout(limit, emptied).await.is_err() {
            warn!(sessions = self.registry.len(); "sessions left at the end of the shutdown limit");
        }
        self.registry.len()
    }
}

/// A Socket.IO server. Clone it into each worker's `App`: all clones are one server.
///
/// ```no_run
/// # use actix_socketio::{DisconnectReason, Event, Handler, Refusal, Socket, SocketIo};
/// # struct Chat;
/// # impl Handler for Chat {
/// #     type Data = ();
/// #     async fn connect(&self, _: &Socket, _: serde_json::Value) -> Result<(), Refusal> { Ok(()) }
/// #     async fn event(&self, _: &Socket, _: Event) {}
/// #     fn disconnect(&self, _: &Socket, _: DisconnectReason) {}
/// # }
/// # #[actix_web::main]
/// # async fn main() -> std::io::Result<()> {
/// let socketio = SocketIo::builder().handler(Chat).build();
/// let mounted = socketio.clone();
/// actix_web::HttpServer::new(move || actix_web::App::new().service(mounted.service()))
///     .h1_allow_half_closed(false)
///     .bind(("127.0.0.1", 3000))?
///     .run()
///     .await
/// # }
/// ```
#[derive(Clone)]
pub struct SocketIo {
    server: Arc<Server>,
}

impl SocketIo {
    /// Starts with the defaults of Socket.IO: 25 s between pings, 20 s for the pong, 1 MB payloads, no CORS.
    pub fn builder() -> Builder<()> {
        Builder::new()
    }

    pub(crate) fn of(server: Server) -> Self {
        Self {
            server: Arc::new(server),
        }
    }

    /// What answers at the path, for `App::service`. The `HttpServer` should have `h1_allow_half_closed(false)`:
    /// otherwise a client that abandons a poll is noticed only by its ping timeout.
    pub fn service(&self) -> Resource {
        transport::resource(Arc::clone(&self.server))
    }

    /// Sends to rooms of the root namespace.
    pub fn emitter(&self) -> Emitter {
        self.emitter_of(ROOT)
    }

    /// Sends to rooms of another namespace, such as `/admin`.
    pub fn emitter_of(&self, namespace: &str) -> Emitter {
        let served = self.server.application.served(namespace);
        let ids = served.map_or_else(Arc::default, |served| Arc::clone(&served.ids));
        Emitter {
            hubs: Arc::clone(&self.server.hubs),
            namespace: namespace.into(),
            ids,
        }
    }

    /// Sockets that are let in and not disconnected.
    pub fn socket_count(&self) -> usize {
        self.server.sockets.load(Ordering::Relaxed)
    }

    /// Sessions, also those that have joined nothing yet.
    pub fn session_count(&self) -> usize {
        self.server.registry.len()
    }

    /// Refuses new sessions, disconnects every socket (`server shutting down`) and closes the transports after what
    /// was queued, without telling clients to stay away: they come back to whoever takes over. Returns how many
    /// sessions were still there at the `limit`.
    pub async fn shutdown(&self, limit: Duration) -> usize {
        self.server.shutdown(limit).await
    }
}

/// An Engine.IO server without Socket.IO. Clone it into each worker's `App`: all clones are one server.
#[derive(Clone)]
pub struct EngineIo {
    server: Arc<Server>,
}

impl EngineIo {
    pub(crate) fn of(server: Server) -> Self {
        Self {
            server: Arc::new(server),
        }
    }

    /// What answers at the path: see [`SocketIo::service`].
    pub fn service(&self) -> Resource {
        transport::resource(Arc::clone(&self.server))
    }

    /// Sessions there are.
    pub fn session_count(&self) -> usize {
        self.server.registry.len()
    }

    /// Refuses new sessions and closes those there are, after what was queued. Returns how many were still there at
    /// the `limit`.
    pub async fn shutdown(&self, limit: Duration) -> usize {
        self.server.shutdown(limit).await
    }
}
