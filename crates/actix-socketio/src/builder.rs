//! The settings of a server, collected. application -> *builder* -> [`SocketIo`] or [`EngineIo`].

use std::sync::Arc;
use std::time::Duration;

use actix_web::HttpRequest;

use crate::config::{ClientBundles, Config, Cors, Transports};
use crate::engine::MessageHandler;
use crate::handler::Handler;
use crate::namespaces::Namespaces;
use crate::server::{Application, EngineIo, Server, SocketIo};

/// The settings of a server to be. It can be built once it has a [`Builder::handler`], or one for
/// [`Builder::messages`].
pub struct Builder<A> {
    config: Config,
    namespaces: Namespaces,
    application: A,
}

/// A builder that knows what answers the root namespace.
#[derive(Debug)]
pub struct Root(());

/// A builder whose server speaks Engine.IO alone.
pub struct Messages(Arc<dyn MessageHandler>);

impl Builder<()> {
    pub(crate) fn new() -> Self {
        Self {
            config: Config::default(),
            namespaces: Namespaces::default(),
            application: (),
        }
    }

    /// The application, for the root namespace.
    pub fn handler(mut self, handler: impl Handler) -> Builder<Root> {
        self.namespaces.add_root(handler);
        self.with_application(Root(()))
    }

    /// An application of Engine.IO alone. Namespaces have no meaning for it.
    pub fn messages(self, handler: impl MessageHandler) -> Builder<Messages> {
        self.with_application(Messages(Arc::new(handler)))
    }
}

impl<A> Builder<A> {
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

    /// The application of a further namespace, such as `/admin`.
    #[must_use]
    pub fn namespace(mut self, name: impl Into<String>, handler: impl Handler) -> Self {
        self.namespaces.add(name.into(), handler);
        self
    }

    /// The application of all namespaces whose name fits, each with rooms of its own. Asked after the named ones, in
    /// the order in which they were added; [`crate::Socket::namespace`] says which it is.
    ///
    /// ```
    /// # use actix_socketio::{Handler, SocketIo};
    /// # fn example(tenants: impl Handler) {
    /// let builder = SocketIo::builder().dynamic_namespace(|name| name.starts_with("/tenant-"), tenants);
    /// # }
    /// ```
    #[must_use]
    pub fn dynamic_namespace(
        mut self,
        exists: impl Fn(&str) -> bool + Send + Sync + 'static,
        handler: impl Handler,
    ) -> Self {
        self.namespaces.add_dynamic(Box::new(exists), handler);
        self
    }

    /// The name of a cookie with the session's id on the first answer over polling, for load balancers. Default none.
    #[must_use]
    pub fn cookie(self, name: impl Into<String>) -> Self {
        self.with(|config| config.cookie = Some(name.into()))
    }

    /// Whether polling bodies over 1024 bytes are compressed for clients that accept it. Default yes.
    #[must_use]
    pub fn http_compression(self, compress: bool) -> Self {
        self.with(|config| config.http_compression = compress)
    }

    /// Client bundles to be served below the path. Default none.
    #[must_use]
    pub fn client_bundles(self, bundles: ClientBundles) -> Self {
        self.with(|config| config.bundles = Some(bundles))
    }

    /// A second path, on which clients use the msgpack parser whatever they send first. On the other one the first
    /// message of a client says which parser it uses. Default none.
    #[must_use]
    pub fn msgpack_path(self, path: impl Into<String>) -> Self {
        self.with(|config| config.msgpack_path = Some(path.into()))
    }

    fn with_application<N>(self, application: N) -> Builder<N> {
        Builder {
            config: self.config,
            namespaces: self.namespaces,
            application,
        }
    }
}

impl Builder<Root> {
    /// The server. Nothing runs until a request comes.
    pub fn build(self) -> SocketIo {
        let namespaces = Arc::new(self.namespaces);
        let known = namespaces.known();
        let application = Application::Packets { namespaces, known };
        SocketIo::of(Server::new(self.config, application))
    }
}

impl Builder<Messages> {
    /// The server. Nothing runs until a request comes.
    pub fn build(self) -> EngineIo {
        let Messages(handler) = self.application;
        EngineIo::of(Server::new(self.config, Application::Messages(handler)))
    }
}
