//! What transports tell a session. What asks is sent with `Addr::send`, and void when its sender is gone; what brings
//! something from the client is sent with [`bring`], and reaches the session also when its sender is gone.

use actix::dev::SendError;
use actix::{Addr, Handler, Message};
use bytestring::ByteString;
use socketio_proto::engineio::session::{Input, PollAnswer, PostAnswer};
use socketio_proto::engineio::{CarrierId, WireFrame};
use tokio::sync::oneshot;

use super::Session;
use crate::transport::{Carrier, Parted};

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
    pub(crate) socket: Carrier,
    pub(crate) parted: Parted,
}

/// Frames came.
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) struct SocketFrames {
    pub(crate) id: CarrierId,
    pub(crate) frames: Vec<WireFrame>,
    /// Told when the session can take more.
    pub(crate) taken: oneshot::Sender<()>,
}

/// The peer broke the WebSocket protocol.
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) struct SocketFailed(pub(crate) CarrierId);

/// A request or WebSocket is gone. The session tells itself, so that it comes after what the carrier had brought.
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) struct CarrierGone {
    pub(crate) id: CarrierId,
    pub(crate) input: Input,
}

/// The session, or the thread it lived on, is gone.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SessionGone;

/// Puts a message into the session's mailbox, or waits for room in it beside the caller. A caller has one such
/// message on its way at a time.
pub(crate) fn bring<M>(session: &Addr<Session>, message: M) -> Result<(), SessionGone>
where
    M: Message<Result = ()> + Send + 'static,
    Session: Handler<M>,
{
    match session.try_send(message) {
        Ok(()) => Ok(()),
        Err(SendError::Closed(_)) => Err(SessionGone),
        Err(SendError::Full(message)) => {
            let waiting = session.send(message);
            actix::spawn(async move {
                let _gone = waiting.await;
            });
            Ok(())
        }
    }
}

/// The server stops.
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) struct Shutdown;
