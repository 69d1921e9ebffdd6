//! What an application implements. session -> *handler* -> application; its answers go through [`crate::Socket`].
//!
//! Callbacks run on the thread of the session. A panic in one is caught and logged, and costs that session only.

use std::future::Future;

use serde_json::Value;
use socketio_proto::engineio::CloseReason;

use crate::event::Event;
use crate::guard::{Guard, Guarded};
use crate::recovery::{Nobody, Recovery};
use crate::socket::Socket;

/// The application's side of a namespace.
///
/// ```
/// use actix_socketio::{DisconnectReason, Event, Handler, Refusal, Socket};
///
/// struct Chat;
///
/// impl Handler for Chat {
///     type Data = String;
///
///     async fn connect(&self, socket: &Socket, auth: serde_json::Value) -> Result<String, Refusal> {
///         let name = auth["name"].as_str().ok_or_else(|| Refusal::message("who are you?"))?;
///         socket.join(["lobby"]).await.map_err(|_| Refusal::CloseTransport)?;
///         Ok(name.to_owned())
///     }
///
///     async fn event(&self, socket: &Socket<String>, event: Event) {
///         if let Some(ack) = event.ack {
///             let _gone = ack.send(&socket.data());
///         }
///     }
///
///     fn disconnect(&self, _: &Socket<String>, _: DisconnectReason) {}
/// }
/// ```
pub trait Handler: Send + Sync + 'static {
    /// What the application keeps with a connected socket. What changes needs a lock or an atomic inside.
    type Data: Send + Sync + 'static;

    /// A client wants in; `auth` is an object, empty when the client sent none. What is joined and emitted here
    /// counts from the reply on, and is undone on a refusal. Dropped after the connect timeout: the transport closes.
    fn connect(
        &self,
        socket: &Socket,
        auth: Value,
    ) -> impl Future<Output = Result<Self::Data, Refusal>>;

    /// An event. Calls of one socket start in the order of arrival, each up to its first wait before the next; at most
    /// 64 wait at once, then the client is not read until one ends. A future goes on after a disconnect; it should
    /// bound itself.
    fn event(&self, socket: &Socket<Self::Data>, event: Event) -> impl Future<Output = ()>;

    /// Called once for each `connect` that gave `Ok`, however the session ended. It must not block.
    fn disconnect(&self, socket: &Socket<Self::Data>, reason: DisconnectReason);

    /// Who brings sockets back that lost their transport. Default nobody: a client begins afresh.
    fn recovery(&self) -> Option<&impl Recovery<Self::Data>> {
        None::<&Nobody>
    }

    /// This handler behind a guard, which sees each event first.
    fn guarded<G: Guard<Self::Data>>(self, guard: G) -> Guarded<Self, G>
    where
        Self: Sized,
    {
        Guarded {
            handler: self,
            guard,
        }
    }
}

/// Why a client is not let in.
#[derive(Clone, Debug, PartialEq)]
pub enum Refusal {
    /// Told to the client, whose transport stays open: `44{"message":"..","data":..}`.
    Message {
        /// The `message` of the client's `connect_error`.
        message: String,
        /// Its `data`.
        data: Option<Value>,
    },
    /// The transport is closed without an answer, so that the client tries again later.
    CloseTransport,
}

impl Refusal {
    /// A refusal with this message.
    pub fn message(message: impl Into<String>) -> Self {
        Self::Message {
            message: message.into(),
            data: None,
        }
    }

    /// Adds `data` to a message.
    #[must_use]
    pub fn with_data(self, data: Value) -> Self {
        match self {
            Self::Message { message, .. } => Self::Message {
                message,
                data: Some(data),
            },
            Self::CloseTransport => Self::CloseTransport,
        }
    }
}

/// Why a socket was disconnected, in the words of Socket.IO.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DisconnectReason {
    /// The client broke the transport's rules or abandoned a poll, or the server cut a client that does not read.
    TransportError,
    /// The client's connection is gone, or it closed the transport.
    TransportClose,
    /// The client sent what is no Socket.IO packet, or the application closed it: [`Socket::close`],
    /// [`crate::Connection`].
    ForcedClose,
    /// No pong in time.
    PingTimeout,
    /// The client sent what is no Engine.IO packet.
    ParseError,
    /// [`crate::SocketIo::shutdown`].
    ServerShuttingDown,
    /// The client sent a good packet at the wrong time.
    ForcedServerClose,
    /// The client disconnected.
    ClientNamespaceDisconnect,
    /// [`Socket::disconnect`].
    ServerNamespaceDisconnect,
}

impl DisconnectReason {
    /// One side has ended it for good: the socket does not come back.
    pub const fn is_final(self) -> bool {
        matches!(
            self,
            Self::ParseError | Self::ClientNamespaceDisconnect | Self::ServerNamespaceDisconnect
        )
    }

    /// The reason as Socket.IO servers name it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TransportError => "transport error",
            Self::TransportClose => "transport close",
            Self::ForcedClose => "forced close",
            Self::PingTimeout => "ping timeout",
            Self::ParseError => "parse error",
            Self::ServerShuttingDown => "server shutting down",
            Self::ForcedServerClose => "forced server close",
            Self::ClientNamespaceDisconnect => "client namespace disconnect",
            Self::ServerNamespaceDisconnect => "server namespace disconnect",
        }
    }
}

impl std::fmt::Display for DisconnectReason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl From<CloseReason> for DisconnectReason {
    fn from(reason: CloseReason) -> Self {
        match reason {
            CloseReason::TransportError => Self::TransportError,
            CloseReason::TransportClose => Self::TransportClose,
            CloseReason::ForcedClose => Self::ForcedClose,
            CloseReason::PingTimeout => Self::PingTimeout,
            CloseReason::ParseError => Self::ParseError,
        }
    }
}
