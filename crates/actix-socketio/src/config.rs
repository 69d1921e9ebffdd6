//! What a server is told when it is built. Neighbours: [`crate::server`] collects it, transports and sessions read it.

mod bundles;
mod cors;

use std::sync::Arc;
use std::time::Duration;

use actix_web::HttpRequest;
use socketio_proto::engineio::Timings;
pub use socketio_proto::engineio::handshake::Transports;

pub use self::bundles::ClientBundles;
pub use self::cors::Cors;

/// Decides about a new session before it exists; the text of an error is told to the client (code 4).
pub(crate) type AllowRequest = Arc<dyn Fn(&HttpRequest) -> Result<(), String> + Send + Sync>;

pub(crate) struct Config {
    pub(crate) path: String,
    pub(crate) ping_interval: Duration,
    pub(crate) ping_timeout: Duration,
    pub(crate) upgrade_timeout: Duration,
    pub(crate) connect_timeout: Duration,
    /// Largest body or frame from a client, in bytes.
    pub(crate) max_payload: usize,
    /// What may wait for one client, in bytes.
    pub(crate) queue_bytes: usize,
    /// Sessions at once; further handshakes get 503.
    pub(crate) max_connections: usize,
    pub(crate) transports: Transports,
    pub(crate) allow_upgrades: bool,
    pub(crate) cors: Option<Cors>,
    pub(crate) allow_request: Option<AllowRequest>,
    /// The name of the cookie with the session's id.
    pub(crate) cookie: Option<String>,
    pub(crate) http_compression: bool,
    pub(crate) bundles: Option<ClientBundles>,
    pub(crate) msgpack_path: Option<String>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            path: "/socket.io/".into(),
            ping_interval: Duration::from_secs(25),
            ping_timeout: Duration::from_secs(20),
            upgrade_timeout: Duration::from_secs(10),
            connect_timeout: Duration::from_secs(45),
            max_payload: 1_000_000,
            queue_bytes: 1_000_000,
            max_connections: 20_000,
            transports: Transports::ALL,
            allow_upgrades: true,
            cors: None,
            allow_request: None,
            cookie: None,
            http_compression: true,
            bundles: None,
            msgpack_path: None,
        }
    }
}

impl Config {
    pub(crate) const fn timings(&self) -> Timings {
        Timings {
            ping_interval: self.ping_interval,
            ping_timeout: self.ping_timeout,
            upgrade_timeout: self.upgrade_timeout,
        }
    }

    /// What the open packet of a polling session offers.
    pub(crate) const fn upgrades(&self) -> &'static [&'static str] {
        if self.allow_upgrades && self.transports.websocket {
            &["websocket"]
        } else {
            &[]
        }
    }
}
