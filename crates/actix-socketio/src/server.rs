//! Building, mounting and stopping a server. application -> *server* -> transport, session, emitter.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use actix_web::{HttpRequest, Resource};
use log::warn;
use socketio_proto::engineio::CarrierId;
use socketio_proto::socketio::ROOT;

use crate::clock::Clock;
use crate::config::{Config, Cors, Transports};
use crate::emitter::{Emitter, Hubs};
use crate::handler::Handler;
use crate::hub::SocketKey;
use crate::registry::Registry;
use crate::session::{Namespace, Shutdown};
use crate::transport;

/// What all workers, sessions and requests of one server share.
pub(crate) struct Server {
    pub(crate) config: Config,
    pub(crate) clock: Clock,
    pub(crate) registry: Registry,
    pub(crate) hubs: Arc<Hubs>,
    pub(crate) names: Arc<[String]>,
    pub(crate) namespaces: Vec<Arc<dyn Namespace>>,
    /// Sockets let in and not yet disconnected.
    pub(crate) sockets: AtomicUsize,
    numbers: AtomicU64,
}

impl Server {
    pub(crate) fn namespace(&self, name: &str) -> Option<Arc<dyn Namespace>> {
        let index = self.names.iter().position(|known| known == name)?;
        self.namespaces.get(index).cloned()
    }

    pub(crate) fn next_socket(&self) -> SocketKey {
        SocketKey(self.numbers.fetch_add(1, Ordering::Relaxed))
    }

    pub(crate) fn next_carrier(&self) -> CarrierId {
        CarrierId(self.numbers.fetch_add(1, Ordering::Relaxed))
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
        Builder {
            config: Config::default(),
            handler: (),
        }
    }

    /// What answers at the path, for `App::service`. The `HttpServer` should have `h1_allow_half_closed(false)`:
    /// otherwise a client that abandons a poll is noticed only by its ping timeout.
    pub fn service(&self) -> Resource {
        transport::resource(Arc::clone(&self.server))
    }

    /// Sends to rooms.
    pub fn emitter(&self) -> Emitter {
        Emitter {
            hubs: Arc::clone(&self.server.hubs),
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
        let registry = &self.server.registry;
        for session in registry.close() {
            #[expect(
                clippy::disallowed_methods,
                reason = "one message per session and server life"
            )]
            session.do_send(Shutdown);
        }
        if tokio::time::timeout(limit, registry.emptied())
            .await
            .is_err()
        {
            warn!(sessions = registry.len(); "sessions left at the end of the shutdown limit");
        }
        registry.len()
    }
}

/// The settings of a server to be. It can be built once it has a handler.
pub struct Builder<H> {
    config: Config,
    handler: H,
}

impl<H> Builder<H> {
    fn with(mut self, set: impl FnOnce(&mut Config)) -> Self {
        set(&mut self.config);
        self
    }

    /// Where it answers, with the trailing slash. Default `/socket.io/`.
    #[must_use]
    pub fn path(self, path: impl Into<String>) -> Self {
        self.with(|config| config.path = path.into())
    }

    /// From a pong to the next ping. Default 25 s.
    #[must_use]
    pub fn ping_interval(self, interval: Duration) -> Self {
        self.with(|config| config.ping_interval = interval)
    }

    /// From a ping to the end without a pong. Default 20 s.
    #[must_use]
    pub fn ping_timeout(self, timeout: Duration) -> Self {
        self.with(|config| config.ping_timeout = timeout)
    }

    /// From a probing WebSocket's opening to the end of its upgrade. Default 10 s.
    #[must_use]
    pub fn upgrade_timeout(self, timeout: Duration) -> Self {
        self.with(|config| config.upgrade_timeout = timeout)
    }

    /// In which a client must have joined, and [`Handler::connect`] must have decided. Default 45 s.
    #[must_use]
    pub fn connect_timeout(self, timeout: Duration) -> Self {
        self.with(|config| config.connect_timeout = timeout)
    }

    /// Largest body or frame of a client, in bytes. Default 1,000,000.
    #[must_use]
    pub fn max_payload(self, bytes: usize) -> Self {
        self.with(|config| config.max_payload = bytes)
    }

    /// What may wait for one client, in bytes; over it its transport is closed. Default 1,000,000.
    #[must_use]
    pub fn queue_bytes(self, bytes: usize) -> Self {
        self.with(|config| config.queue_bytes = bytes)
    }

    /// Sessions at once; further handshakes get 503. Default 20,000.
    #[must_use]
    pub fn max_connections(self, sessions: usize) -> Self {
        self.with(|config| config.max_connections = sessions)
    }

    /// The transports offered. Default both.
    #[must_use]
    pub fn transports(self, transports: Transports) -> Self {
        self.with(|config| config.transports = transports)
    }

    /// Whether polling sessions are offered an upgrade. Default yes.
    #[must_use]
    pub fn allow_upgrades(self, allow: bool) -> Self {
        self.with(|config| config.allow_upgrades = allow)
    }

    /// Lets pages of other origins use long-polling. Default none.
    #[must_use]
    pub fn cors(self, cors: Cors) -> Self {
        self.with(|config| config.cors = Some(cors))
    }

    /// Decides about each new session by its first request; the text of an `Err` is told to the client.
    #[must_use]
    pub fn allow_request(
        self,
        allow: impl Fn(&HttpRequest) -> Result<(), String> + Send + Sync + 'static,
    ) -> Self {
        self.with(|config| config.allow_request = Some(Arc::new(allow)))
    }

    /// The application, for the root namespace.
    pub fn handler<N: Handler>(self, handler: N) -> Builder<N> {
        Builder {
            config: self.config,
            handler,
        }
    }
}

impl<H: Handler> Builder<H> {
    /// The server. Nothing runs until a request comes.
    pub fn build(self) -> SocketIo {
        let Self { config, handler } = self;
        let server = Server {
            registry: Registry::new(config.max_connections),
            config,
            clock: Clock::start(),
            hubs: Arc::default(),
            names: Arc::new([ROOT.to_owned()]),
            namespaces: vec![Arc::new(handler)],
            sockets: AtomicUsize::new(0),
            numbers: AtomicU64::new(0),
        };
        SocketIo {
            server: Arc::new(server),
        }
    }
}
