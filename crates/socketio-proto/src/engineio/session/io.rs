//! What goes into a session and what comes out of it. Neighbours: the caller, [`super::Session`].

use bytestring::ByteString;

use crate::engineio::packet::{Message, WireFrame};

/// One HTTP request or one WebSocket, numbered by the caller and never used twice in a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CarrierId(pub u64);

/// What happened to a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A GET waits for packets.
    Poll(CarrierId),
    /// The client of a GET went away before the answer.
    PollGone(CarrierId),
    /// A POST began; its body is still coming.
    PostBegun(CarrierId),
    /// The body of a POST is complete.
    PostBody(CarrierId, ByteString),
    /// A POST was over `maxPayload` and has been refused: the session survives.
    PostRefused(CarrierId),
    /// A POST cannot be read: cut off, not text, or sent as an octet-stream.
    PostBroken(CarrierId),
    /// A WebSocket with this session's sid is open.
    SocketOpened(CarrierId),
    /// A WebSocket frame came.
    SocketFrame(CarrierId, WireFrame),
    /// A WebSocket is closed.
    SocketGone(CarrierId, SocketEnd),
    /// Time has passed.
    Tick,
}

/// How a WebSocket ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SocketEnd {
    /// Closed by the peer, or its connection is gone.
    Closed,
    /// The peer broke the WebSocket protocol, or a frame was too large.
    Failed,
}

/// What the caller has to do, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// The client sent this.
    Message(Message),
    /// Answer a GET.
    AnswerPoll(CarrierId, PollAnswer),
    /// Answer a POST, when the messages before have been taken.
    AnswerPost(CarrierId, PostAnswer),
    /// Write frames to a WebSocket.
    Send(CarrierId, Vec<WireFrame>),
    /// Close a WebSocket, after what was written to it.
    CloseSocket(CarrierId),
    /// The session has ended. Nothing follows.
    Closed(CloseReason),
}

/// The answer to a GET.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PollAnswer {
    /// 200 with these packets.
    Payload(Vec<WireFrame>),
    /// 400 without a body: another GET was waiting, and the session is closed for it.
    Overlap,
    /// 400 with code 3: the session is not on polling any more.
    BadRequest,
}

/// The answer to a POST.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PostAnswer {
    /// 200 `ok`
    Accepted,
    /// 400 without a body: another POST was running, and the session is closed for it.
    Overlap,
    /// 400 with code 3.
    BadRequest,
}

/// Why a session ended; the texts are those that applications know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloseReason {
    /// A broken request or frame, or an abandoned poll.
    TransportError,
    /// The client closed.
    TransportClose,
    /// The server closed.
    ForcedClose,
    /// No pong in time.
    PingTimeout,
    /// A packet that is none.
    ParseError,
}

/// Where queued frames may go now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sink {
    /// A waiting poll: one flush answers it.
    Poll(CarrierId),
    /// The WebSocket in use.
    Socket(CarrierId),
}
