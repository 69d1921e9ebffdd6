//! What a server is told when it is built. Neighbours: [`crate::server`] collects it, transports and sessions read it.

use std::sync::Arc;
use std::time::Duration;

use actix_web::HttpRequest;
use socketio_proto::engineio::Timings;
pub use socketio_proto::engineio::handshake::Transports;

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

/// Which web pages of other origins may use long-polling. Without it only pages of the same origin can.
#[derive(Clone, Debug)]
pub struct Cors {
    origins: Option<Vec<String>>,
    credentials: bool,
}

impl Cors {
    /// Any origin.
    pub const fn any() -> Self {
        Self {
            origins: None,
            credentials: false,
        }
    }

    /// These origins, each like `https://app.example.com`.
    pub fn origins<I: IntoIterator<Item: Into<String>>>(origins: I) -> Self {
        Self {
            origins: Some(origins.into_iter().map(Into::into).collect()),
            credentials: false,
        }
    }

    /// Lets pages send cookies along.
    #[must_use]
    pub const fn credentials(mut self) -> Self {
        self.credentials = true;
        self
    }

    pub(crate) const fn allows_credentials(&self) -> bool {
        self.credentials
    }

    /// The value of `Access-Control-Allow-Origin` for a request of this origin, if it may be told one.
    pub(crate) fn allowed<'a>(&self, origin: Option<&'a str>) -> Option<&'a str> {
        match (&self.origins, origin) {
            (None, _) if !self.credentials => Some("*"),
            (None, origin) => origin,
            (Some(origins), Some(origin)) => origins
                .iter()
                .any(|known| known == origin)
                .then_some(origin),
            (Some(_), None) => None,
        }
    }

    /// The answer depends on who asks, so that caches must keep them apart.
    pub(crate) const fn varies(&self) -> bool {
        self.origins.is_some() || self.credentials
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_told_what_they_may() {
        let list = || Cors::origins(["http://ok.test"]);
        for (cors, origin, allowed) in [
            (Cors::any(), Some("http://a.test"), Some("*")),
            (Cors::any(), None, Some("*")),
            (
                Cors::any().credentials(),
                Some("http://a.test"),
                Some("http://a.test"),
            ),
            (Cors::any().credentials(), None, None),
            (list(), Some("http://ok.test"), Some("http://ok.test")),
            (list(), Some("http://ok.test.evil"), None),
            (list().credentials(), None, None),
        ] {
            assert_eq!(cors.allowed(origin), allowed, "{cors:?} {origin:?}");
        }
    }
}
