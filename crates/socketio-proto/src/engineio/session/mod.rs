//! The machine of one Engine.IO session: transport (any runtime) -> [session] -> `socketio::Client`.
//!
//! It outlives its transports. It keeps no messages: the caller's queue is asked through [`Session::sink`] where
//! frames may go now, and hands them to [`Session::flush`], so there is one FIFO across an upgrade.
//! Bounds: at most one waiting poll, one running POST, one WebSocket and one probe.

mod heartbeat;
#[cfg(test)]
mod tests;

use std::time::Duration;

use bytestring::ByteString;

use self::heartbeat::Heartbeat;
use super::handshake::TransportKind;
use super::packet::{BadPacket, Message, Packet, WireFrame};
use super::payload;

/// How long a session that the server closes waits for a poll to take the close packet, or a WebSocket to drain.
pub const CLOSE_TIMEOUT: Duration = Duration::from_secs(30);

/// The times of a session.
#[derive(Clone, Copy, Debug)]
pub struct Timings {
    /// From a pong (or the opening) to the next ping.
    pub ping_interval: Duration,
    /// From a ping to the end without a pong.
    pub ping_timeout: Duration,
    /// From a WebSocket's opening to its `5`.
    pub upgrade_timeout: Duration,
}

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

#[derive(Clone, Copy, Debug)]
enum Carrier {
    Polling { waiting: Option<CarrierId> },
    Socket(CarrierId),
}

#[derive(Clone, Copy, Debug)]
enum Status {
    Open,
    Closing {
        until: Duration,
        reason: CloseReason,
    },
    Closed,
}

#[derive(Clone, Copy, Debug)]
struct Probe {
    socket: CarrierId,
    answered: bool,
    deadline: Duration,
}

/// One session by value.
#[derive(Debug)]
pub struct Session {
    timings: Timings,
    status: Status,
    carrier: Carrier,
    heartbeat: Heartbeat,
    /// A ping waits for a poll to carry it.
    ping_queued: bool,
    post: Option<CarrierId>,
    probe: Option<Probe>,
}

impl Session {
    /// A session opened by a polling handshake; the caller answers it with the open packet.
    pub fn polling(timings: Timings, now: Duration) -> Self {
        Self::open(timings, Carrier::Polling { waiting: None }, now)
    }

    /// A session opened over a WebSocket; the caller sends the open packet as its first frame.
    pub fn websocket(timings: Timings, socket: CarrierId, now: Duration) -> Self {
        Self::open(timings, Carrier::Socket(socket), now)
    }

    fn open(timings: Timings, carrier: Carrier, now: Duration) -> Self {
        Self {
            timings,
            status: Status::Open,
            carrier,
            heartbeat: Heartbeat::Resting {
                ping_at: now + timings.ping_interval,
            },
            ping_queued: false,
            post: None,
            probe: None,
        }
    }

    /// The transport in use.
    pub const fn transport(&self) -> TransportKind {
        match self.carrier {
            Carrier::Polling { .. } => TransportKind::Polling,
            Carrier::Socket(_) => TransportKind::WebSocket,
        }
    }

    /// Neither closing nor closed.
    pub const fn is_open(&self) -> bool {
        matches!(self.status, Status::Open)
    }

    /// When [`Input::Tick`] is due; none once closed.
    pub fn next_deadline(&self) -> Option<Duration> {
        let own = match self.status {
            Status::Open => self.heartbeat.deadline(),
            Status::Closing { until, .. } => until,
            Status::Closed => return None,
        };
        Some(self.probe.map_or(own, |probe| probe.deadline.min(own)))
    }

    /// Takes one input. After it the caller flushes, for a poll may have to be released.
    pub fn handle(&mut self, input: Input, now: Duration) -> Vec<Output> {
        let mut out = Vec::new();
        match input {
            Input::Poll(id) => self.poll(id, &mut out),
            Input::PollGone(id) => self.poll_gone(id, &mut out),
            Input::PostBegun(id) => self.post_begun(id, &mut out),
            Input::PostBody(id, body) => self.post_body(id, &body, now, &mut out),
            Input::PostRefused(id) => self.post = self.post.filter(|running| *running != id),
            Input::PostBroken(id) => self.post_broken(id, &mut out),
            Input::SocketOpened(id) => self.socket_opened(id, now, &mut out),
            Input::SocketFrame(id, frame) => self.socket_frame(id, &frame, now, &mut out),
            Input::SocketGone(id, end) => self.socket_gone(id, end, &mut out),
            Input::Tick => self.tick(now, &mut out),
        }
        out
    }

    /// Where frames may go now. None: they wait in the caller's queue.
    pub const fn sink(&self) -> Option<Sink> {
        match (self.status, self.carrier) {
            (Status::Closed, _) | (_, Carrier::Polling { waiting: None }) => None,
            (
                _,
                Carrier::Polling {
                    waiting: Some(poll),
                },
            ) => Some(Sink::Poll(poll)),
            (_, Carrier::Socket(socket)) => Some(Sink::Socket(socket)),
        }
    }

    /// Takes frames from the caller's queue to the [`Session::sink`]; `drained` says that none are left behind them.
    /// To be called after each input also without frames: a ping, a close or an upgrade may have to leave.
    pub fn flush(&mut self, frames: Vec<WireFrame>, drained: bool) -> Vec<Output> {
        let mut out = Vec::new();
        match self.sink() {
            Some(Sink::Poll(poll)) => self.flush_poll(poll, frames, drained, &mut out),
            Some(Sink::Socket(socket)) => self.flush_socket(socket, frames, drained, &mut out),
            None => {}
        }
        out
    }

    /// The server closes: what is queued leaves first, then the close packet, within [`CLOSE_TIMEOUT`].
    pub fn close(&mut self, now: Duration) -> Vec<Output> {
        let mut out = Vec::new();
        if self.is_open() {
            self.status = Status::Closing {
                until: now + CLOSE_TIMEOUT,
                reason: CloseReason::ForcedClose,
            };
            self.drop_probe(&mut out);
        }
        out
    }

    /// The server closes at once; what is queued is lost.
    pub fn abort(&mut self, reason: CloseReason) -> Vec<Output> {
        let mut out = Vec::new();
        self.end(reason, &mut out);
        out
    }

    fn flush_poll(
        &mut self,
        poll: CarrierId,
        frames: Vec<WireFrame>,
        drained: bool,
        out: &mut Vec<Output>,
    ) {
        let mut payload = frames;
        if std::mem::take(&mut self.ping_queued) {
            payload.insert(0, Packet::Ping(ByteString::new()).to_frame());
        }
        // Clients act on a close before they have acted on what came with it: it takes a poll of its own.
        let closing = match self.status {
            Status::Closing { reason, .. } if drained && payload.is_empty() => Some(reason),
            Status::Open | Status::Closing { .. } | Status::Closed => None,
        };
        if closing.is_some() {
            payload.push(Packet::Close.to_frame());
        }
        if payload.is_empty() && self.probe.is_some_and(|probe| probe.answered) {
            payload.push(Packet::Noop.to_frame());
        }
        if payload.is_empty() {
            return;
        }
        self.answer_waiting_poll(payload, out);
        debug_assert!(
            matches!(out.last(), Some(Output::AnswerPoll(answered, _)) if *answered == poll)
        );
        if let Some(reason) = closing {
            self.end(reason, out);
        }
    }

    fn flush_socket(
        &mut self,
        socket: CarrierId,
        frames: Vec<WireFrame>,
        drained: bool,
        out: &mut Vec<Output>,
    ) {
        if std::mem::take(&mut self.ping_queued) {
            out.push(Output::Send(
                socket,
                vec![Packet::Ping(ByteString::new()).to_frame()],
            ));
        }
        if !frames.is_empty() {
            out.push(Output::Send(socket, frames));
        }
        if let (Status::Closing { reason, .. }, true) = (self.status, drained) {
            self.end(reason, out);
        }
    }

    fn poll(&mut self, id: CarrierId, out: &mut Vec<Output>) {
        match (self.status, &mut self.carrier) {
            (Status::Closed, _) | (_, Carrier::Socket(_)) => {
                out.push(Output::AnswerPoll(id, PollAnswer::BadRequest));
            }
            (_, Carrier::Polling { waiting: Some(_) }) => {
                self.answer_waiting_poll(vec![Packet::Close.to_frame()], out);
                out.push(Output::AnswerPoll(id, PollAnswer::Overlap));
                self.end(CloseReason::TransportError, out);
            }
            (_, Carrier::Polling { waiting }) => *waiting = Some(id),
        }
    }

    fn poll_gone(&mut self, id: CarrierId, out: &mut Vec<Output>) {
        if let Carrier::Polling { waiting } = &mut self.carrier
            && *waiting == Some(id)
        {
            *waiting = None;
            self.end(CloseReason::TransportError, out);
        }
    }

    fn post_begun(&mut self, id: CarrierId, out: &mut Vec<Output>) {
        match (self.status, self.carrier, self.post) {
            (Status::Closed, ..) | (_, Carrier::Socket(_), _) => {
                out.push(Output::AnswerPost(id, PostAnswer::BadRequest));
            }
            (_, Carrier::Polling { .. }, Some(_)) => {
                out.push(Output::AnswerPost(id, PostAnswer::Overlap));
                self.end(CloseReason::TransportError, out);
            }
            (_, Carrier::Polling { .. }, None) => self.post = Some(id),
        }
    }

    fn post_body(
        &mut self,
        id: CarrierId,
        body: &ByteString,
        now: Duration,
        out: &mut Vec<Output>,
    ) {
        if self.post != Some(id) {
            return;
        }
        self.post = None;
        for packet in payload::decode(body) {
            if !self.is_open() {
                break;
            }
            self.packet(packet, now, out);
        }
        // The end of the session comes last, so that what was sent before it is taken first.
        let end = matches!(out.last(), Some(Output::Closed(_)))
            .then(|| out.pop())
            .flatten();
        out.push(Output::AnswerPost(id, PostAnswer::Accepted));
        out.extend(end);
    }

    fn post_broken(&mut self, id: CarrierId, out: &mut Vec<Output>) {
        if self.post == Some(id) {
            self.end(CloseReason::TransportError, out);
        }
    }

    fn socket_opened(&mut self, id: CarrierId, now: Duration, out: &mut Vec<Output>) {
        let on_polling = matches!(self.carrier, Carrier::Polling { .. });
        if self.is_open() && on_polling && self.probe.is_none() {
            let deadline = now + self.timings.upgrade_timeout;
            self.probe = Some(Probe {
                socket: id,
                answered: false,
                deadline,
            });
        } else {
            out.push(Output::CloseSocket(id));
        }
    }

    fn socket_frame(
        &mut self,
        id: CarrierId,
        frame: &WireFrame,
        now: Duration,
        out: &mut Vec<Output>,
    ) {
        if !self.is_open() {
            return;
        }
        let packet = Packet::from_frame(frame);
        match (self.carrier, self.probe) {
            (Carrier::Socket(socket), _) if socket == id => self.packet(packet, now, out),
            (_, Some(probe)) if probe.socket == id => self.probe_packet(probe, packet, out),
            _ => {}
        }
    }

    fn probe_packet(
        &mut self,
        probe: Probe,
        packet: Result<Packet, BadPacket>,
        out: &mut Vec<Output>,
    ) {
        match (packet, probe.answered) {
            (Ok(Packet::Ping(text)), false) if &*text == "probe" => {
                out.push(Output::Send(
                    probe.socket,
                    vec![Packet::Pong(text).to_frame()],
                ));
                self.probe = Some(Probe {
                    answered: true,
                    ..probe
                });
            }
            (Ok(Packet::Upgrade), true) => {
                self.answer_waiting_poll(vec![Packet::Noop.to_frame()], out);
                self.probe = None;
                self.carrier = Carrier::Socket(probe.socket);
            }
            _ => self.drop_probe(out),
        }
    }

    fn socket_gone(&mut self, id: CarrierId, end: SocketEnd, out: &mut Vec<Output>) {
        if self.probe.is_some_and(|probe| probe.socket == id) {
            self.probe = None;
        }
        if let Carrier::Socket(socket) = self.carrier
            && socket == id
        {
            self.end(
                match end {
                    SocketEnd::Closed => CloseReason::TransportClose,
                    SocketEnd::Failed => CloseReason::TransportError,
                },
                out,
            );
        }
    }

    fn packet(&mut self, packet: Result<Packet, BadPacket>, now: Duration, out: &mut Vec<Output>) {
        match packet {
            Ok(Packet::Message(message)) => {
                self.heartbeat.sign_of_life(now, self.timings.ping_timeout);
                out.push(Output::Message(message));
            }
            // A pong to a ping that no poll has taken is made up: it must not keep a session that never polls.
            Ok(Packet::Pong(_)) if self.ping_queued => {}
            Ok(Packet::Pong(_)) => self.heartbeat.pong(now, self.timings.ping_interval),
            Ok(Packet::Open(_) | Packet::Upgrade | Packet::Noop) => {
                self.heartbeat.sign_of_life(now, self.timings.ping_timeout);
            }
            Ok(Packet::Close) => {
                self.answer_waiting_poll(vec![Packet::Noop.to_frame()], out);
                self.end(CloseReason::TransportClose, out);
            }
            Ok(Packet::Ping(_)) => self.end(CloseReason::TransportError, out),
            Err(BadPacket) => self.end(CloseReason::ParseError, out),
        }
    }

    fn tick(&mut self, now: Duration, out: &mut Vec<Output>) {
        if self.probe.is_some_and(|probe| now >= probe.deadline) {
            self.drop_probe(out);
        }
        match (self.status, self.heartbeat) {
            (Status::Closing { until, reason }, _) if now >= until => self.end(reason, out),
            (Status::Open, Heartbeat::Resting { ping_at }) if now >= ping_at => {
                let dead_at = now + self.timings.ping_timeout;
                self.heartbeat = Heartbeat::Awaiting {
                    dead_at,
                    extended: false,
                };
                self.ping_queued = true;
            }
            (Status::Open, Heartbeat::Awaiting { dead_at, .. }) if now >= dead_at => {
                self.end(CloseReason::PingTimeout, out);
            }
            _ => {}
        }
    }

    fn answer_waiting_poll(&mut self, payload: Vec<WireFrame>, out: &mut Vec<Output>) {
        if let Carrier::Polling { waiting } = &mut self.carrier
            && let Some(poll) = waiting.take()
        {
            out.push(Output::AnswerPoll(poll, PollAnswer::Payload(payload)));
        }
    }

    fn drop_probe(&mut self, out: &mut Vec<Output>) {
        if let Some(probe) = self.probe.take() {
            out.push(Output::CloseSocket(probe.socket));
        }
    }

    fn end(&mut self, reason: CloseReason, out: &mut Vec<Output>) {
        if matches!(self.status, Status::Closed) {
            return;
        }
        self.status = Status::Closed;
        self.answer_waiting_poll(vec![Packet::Close.to_frame()], out);
        self.drop_probe(out);
        if let Some(post) = self.post.take() {
            out.push(Output::AnswerPost(post, PostAnswer::BadRequest));
        }
        if let Carrier::Socket(socket) = self.carrier {
            out.push(Output::CloseSocket(socket));
        }
        out.push(Output::Closed(reason));
    }
}
