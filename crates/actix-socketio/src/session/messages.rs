//! What transports tell a session. Each is sent with `Addr::send`, which waits for its place in the mailbox.

use actix::{Addr, Message};
use bytestring::ByteString;
use socketio_proto::engineio::session::{PollAnswer, PostAnswer};
use socketio_proto::engineio::{CarrierId, WireFrame};
use tokio::sync::oneshot;

use crate::transport::{Parted, WebSocket};

/// A GET waits for packets.
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) struct Poll {
    pub(crate) id: CarrierId,
    pub(crate) answer: oneshot::Sender<PollAnswer>,
    pub(crate) parted: Parted,
}

/// A POST began.
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) struct PostBegun {
    pub(crate) id: CarrierId,
    pub(crate) answer: oneshot::Sender<PostAnswer>,
    pub(crate) parted: Parted,
}

/// How the reading of a POST's body ended.
pub(crate) enum PostEnd {
    /// It is complete.
    Body(ByteString),
    /// It was over `maxPayload` and is refused.
    TooLarge,
    /// It is no text, or of a wrong type.
    Broken,
}

/// A POST's body is read.
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) struct PostEnded {
    pub(crate) id: CarrierId,
    pub(crate) end: PostEnd,
}

/// A WebSocket is open: the session's own from the start, or one that probes.
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) struct SocketOpened {
    pub(crate) id: CarrierId,
    pub(crate) socket: Addr<WebSocket>,
    pub(crate) parted: Parted,
}

/// Frames came. Answered when the session can take more.
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) struct SocketFrames {
    pub(crate) id: CarrierId,
    pub(crate) frames: Vec<WireFrame>,
}

/// The peer broke the WebSocket protocol.
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) struct SocketFailed(pub(crate) CarrierId);

/// The server stops.
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) struct Shutdown;
