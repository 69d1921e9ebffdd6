//! What an HTTP request to the Engine.IO path asks for, and the open packet that answers a new session.
//! Neighbours: the transport (parses nothing itself), [`super::Session`]. Bounds: the query is at most a request line.

use std::time::Duration;

use serde::Serialize;
use thiserror::Error;

/// How frames travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransportKind {
    /// HTTP long-polling.
    Polling,
    /// WebSocket.
    WebSocket,
}

impl TransportKind {
    /// The name in the query and in `upgrades`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Polling => "polling",
            Self::WebSocket => "websocket",
        }
    }
}

/// Which transports a server offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transports {
    /// HTTP long-polling is offered.
    pub polling: bool,
    /// WebSocket is offered.
    pub websocket: bool,
}

impl Transports {
    /// Both, the default.
    pub const ALL: Self = Self {
        polling: true,
        websocket: true,
    };
    /// HTTP long-polling alone.
    pub const POLLING: Self = Self {
        polling: true,
        websocket: false,
    };
    /// WebSocket alone.
    pub const WEBSOCKET: Self = Self {
        polling: false,
        websocket: true,
    };

    fn find(self, name: &str) -> Option<TransportKind> {
        match name {
            "polling" if self.polling => Some(TransportKind::Polling),
            "websocket" if self.websocket => Some(TransportKind::WebSocket),
            _ => None,
        }
    }
}

/// The method, as far as it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// `GET`
    Get,
    /// `POST`
    Post,
    /// Anything else.
    Other,
}

/// The parts of a request that decide.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The request's method.
    pub method: Method,
    /// The query without `?`: `EIO=4&transport=polling&sid=..`.
    pub query: &'a str,
    /// The request asks for `Upgrade: websocket`.
    pub upgrade: bool,
}

/// What the request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission<'a> {
    /// A new session.
    Open(TransportKind),
    /// Wait for packets of a session.
    Poll(&'a str),
    /// Bring packets to a session.
    Post(&'a str),
    /// Probe a WebSocket for a session.
    Upgrade(&'a str),
}

/// Why a request is refused; the body is `{"code":0,"message":"Transport unknown"}`.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum HandshakeError {
    /// Code 0.
    #[error("Transport unknown")]
    TransportUnknown,
    /// Code 1.
    #[error("Session ID unknown")]
    SessionUnknown,
    /// Code 2: a new session needs GET.
    #[error("Bad handshake method")]
    BadMethod,
    /// Code 3.
    #[error("Bad request")]
    BadRequest,
    /// Code 4, with the application's reason.
    #[error("{0}")]
    Forbidden(String),
    /// Code 5: `EIO` is not 4.
    #[error("Unsupported protocol version")]
    UnsupportedVersion,
}

impl HandshakeError {
    /// The code in the body.
    pub const fn code(&self) -> u8 {
        match self {
            Self::TransportUnknown => 0,
            Self::SessionUnknown => 1,
            Self::BadMethod => 2,
            Self::BadRequest => 3,
            Self::Forbidden(_) => 4,
            Self::UnsupportedVersion => 5,
        }
    }

    /// The HTTP status over polling. A refused upgrade is always 400.
    pub const fn status(&self) -> u16 {
        match self {
            Self::Forbidden(_) => 403,
            Self::TransportUnknown
            | Self::SessionUnknown
            | Self::BadMethod
            | Self::BadRequest
            | Self::UnsupportedVersion => 400,
        }
    }

    /// The JSON body: `{"code":1,"message":"Session ID unknown"}`.
    pub fn body(&self) -> String {
        serde_json::json!({ "code": self.code(), "message": self.to_string() }).to_string()
    }
}

/// Decides what a request asks for. Whether a named session lives, and over what, is the registry's to say.
///
/// # Errors
/// The first rule that the request breaks, in the order of the reference: transport, session, method, version.
pub fn admit<'a>(
    request: Request<'a>,
    offered: Transports,
) -> Result<Admission<'a>, HandshakeError> {
    let transport = parameter(request.query, "transport").and_then(|name| offered.find(name));
    let transport = transport.ok_or(HandshakeError::TransportUnknown)?;
    if (transport == TransportKind::WebSocket) != request.upgrade {
        return Err(HandshakeError::BadRequest);
    }
    match (parameter(request.query, "sid"), transport, request.method) {
        (Some(sid), TransportKind::Polling, Method::Get) => Ok(Admission::Poll(sid)),
        (Some(sid), TransportKind::Polling, Method::Post) => Ok(Admission::Post(sid)),
        (Some(sid), TransportKind::WebSocket, Method::Get) => Ok(Admission::Upgrade(sid)),
        (Some(_), _, _) => Err(HandshakeError::BadRequest),
        (None, transport, Method::Get) => match parameter(request.query, "EIO") {
            Some("4") => Ok(Admission::Open(transport)),
            _ => Err(HandshakeError::UnsupportedVersion),
        },
        (None, _, Method::Post | Method::Other) => Err(HandshakeError::BadMethod),
    }
}

/// The first value of a query parameter. None of ours needs percent decoding: an encoded one is an unknown one.
fn parameter<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .find_map(|(key, value)| (key == name && !value.is_empty()).then_some(value))
}

/// What a new session tells its client, after the `0`.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Open<'a> {
    /// The secret name of the session.
    pub sid: &'a str,
    /// `["websocket"]` on polling that may upgrade, else empty.
    pub upgrades: &'a [&'a str],
    /// Milliseconds between a pong and the next ping.
    #[serde(serialize_with = "millis")]
    pub ping_interval: Duration,
    /// Milliseconds in which a pong must come.
    #[serde(serialize_with = "millis")]
    pub ping_timeout: Duration,
    /// Largest body or frame that the server takes, in bytes.
    pub max_payload: usize,
}

impl Open<'_> {
    /// `0{"sid":"..","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}`
    ///
    /// # Errors
    /// Never for these fields; the signature is the encoder's.
    pub fn encode(&self) -> Result<String, serde_json::Error> {
        Ok(format!("0{}", serde_json::to_string(self)?))
    }
}

fn millis<S: serde::Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLLING: &str = "EIO=4&transport=polling";
    const WEBSOCKET: &str = "EIO=4&transport=websocket";
    const POLLING_SID: &str = "EIO=4&transport=polling&sid=a";
    const WEBSOCKET_SID: &str = "EIO=4&transport=websocket&sid=a";

    fn ask(method: Method, query: &str, upgrade: bool) -> Result<Admission<'_>, HandshakeError> {
        let request = Request {
            method,
            query,
            upgrade,
        };
        admit(request, Transports::ALL)
    }

    #[test]
    fn requests_are_admitted_by_what_they_ask_for() {
        use Admission::{Open, Poll, Post, Upgrade};
        let open_polling = Open(TransportKind::Polling);
        for (method, query, upgrade, admission) in [
            (Method::Get, POLLING, false, open_polling),
            (
                Method::Get,
                "t=x1&transport=polling&EIO=4",
                false,
                open_polling,
            ),
            (
                Method::Get,
                "EIO=4&transport=polling&sid=",
                false,
                open_polling,
            ),
            (Method::Get, WEBSOCKET, true, Open(TransportKind::WebSocket)),
            (Method::Get, POLLING_SID, false, Poll("a")),
            (Method::Post, POLLING_SID, false, Post("a")),
            (Method::Get, WEBSOCKET_SID, true, Upgrade("a")),
        ] {
            assert_eq!(ask(method, query, upgrade), Ok(admission), "{query}");
        }
    }

    #[test]
    fn requests_are_refused_by_the_first_rule_they_break() {
        use HandshakeError::{BadMethod, BadRequest, TransportUnknown, UnsupportedVersion};
        for (method, query, upgrade, error) in [
            (Method::Get, "", false, TransportUnknown),
            (Method::Get, "EIO=4", false, TransportUnknown),
            (
                Method::Post,
                "EIO=3&transport=flash",
                true,
                TransportUnknown,
            ),
            (Method::Get, WEBSOCKET, false, BadRequest),
            (Method::Get, WEBSOCKET_SID, false, BadRequest),
            (Method::Get, POLLING, true, BadRequest),
            (Method::Other, POLLING_SID, false, BadRequest),
            (Method::Post, POLLING, false, BadMethod),
            (Method::Other, POLLING, false, BadMethod),
            (
                Method::Get,
                "EIO=3&transport=polling",
                false,
                UnsupportedVersion,
            ),
            (Method::Get, "transport=polling", false, UnsupportedVersion),
            (
                Method::Get,
                "EIO=a&transport=websocket",
                true,
                UnsupportedVersion,
            ),
        ] {
            assert_eq!(ask(method, query, upgrade), Err(error), "{query}");
        }
    }

    #[test]
    fn a_transport_that_is_not_offered_is_unknown() {
        let polling = Request {
            method: Method::Get,
            query: "EIO=4&transport=polling",
            upgrade: false,
        };
        let websocket = Request {
            method: Method::Get,
            query: "EIO=4&transport=websocket",
            upgrade: true,
        };
        assert_eq!(
            admit(polling, Transports::WEBSOCKET),
            Err(HandshakeError::TransportUnknown)
        );
        assert_eq!(
            admit(websocket, Transports::POLLING),
            Err(HandshakeError::TransportUnknown)
        );
    }

    #[test]
    fn errors_have_the_numbers_of_the_protocol() {
        for (error, status, body) in [
            (
                HandshakeError::TransportUnknown,
                400,
                r#"{"code":0,"message":"Transport unknown"}"#,
            ),
            (
                HandshakeError::SessionUnknown,
                400,
                r#"{"code":1,"message":"Session ID unknown"}"#,
            ),
            (
                HandshakeError::BadMethod,
                400,
                r#"{"code":2,"message":"Bad handshake method"}"#,
            ),
            (
                HandshakeError::BadRequest,
                400,
                r#"{"code":3,"message":"Bad request"}"#,
            ),
            (
                HandshakeError::Forbidden("no".into()),
                403,
                r#"{"code":4,"message":"no"}"#,
            ),
            (
                HandshakeError::UnsupportedVersion,
                400,
                r#"{"code":5,"message":"Unsupported protocol version"}"#,
            ),
        ] {
            assert_eq!((error.status(), error.body().as_str()), (status, body));
        }
    }

    #[test]
    fn the_open_packet_has_exactly_its_five_fields() {
        let open = Open {
            sid: "s",
            upgrades: &["websocket"],
            ping_interval: Duration::from_millis(300),
            ping_timeout: Duration::from_millis(200),
            max_payload: 1000,
        };
        assert_eq!(
            open.encode().expect("plain fields"),
            r#"0{"sid":"s","upgrades":["websocket"],"pingInterval":300,"pingTimeout":200,"maxPayload":1000}"#
        );
    }
}
