//! What a session's first request tells, kept for its sockets. transport -> *handshake* -> [`crate::Socket`].
//! Bound: the server's limit on request heads.

use std::net::SocketAddr;

use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderName};

/// What the first request of a session told.
#[derive(Clone, Debug)]
pub struct Handshake {
    /// The other end of the connection: a proxy's, if there is one.
    pub peer: Option<SocketAddr>,
    /// The `Origin` header.
    pub origin: Option<String>,
    /// The `User-Agent` header.
    pub user_agent: Option<String>,
    /// The query without `?`.
    pub query: String,
}

impl Handshake {
    pub(crate) fn of(request: &HttpRequest) -> Self {
        let text = |name: HeaderName| {
            let value = request.headers().get(name)?;
            value.to_str().ok().map(str::to_owned)
        };
        Self {
            peer: request.peer_addr(),
            origin: text(header::ORIGIN),
            user_agent: text(header::USER_AGENT),
            query: request.query_string().to_owned(),
        }
    }
}
