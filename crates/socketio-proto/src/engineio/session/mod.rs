//! The machine of one Engine.IO session: transport (any runtime) -> *session* -> `socketio::Client`.
//!
//! It outlives its transports. It keeps no messages: the caller's queue is asked through [`Session::sink`] where
//! frames may go now, and hands them to [`Session::flush`], so there is one FIFO across an upgrade.
//! Bounds: at most one waiting poll, one running POST, one WebSocket and one probe.

mod io;
mod steps;
mod heartbeat;
#[cfg(test)]
mod tests;

use std::time::Duration;

use self::heartbeat::Heartbeat;
pub use self::io::{
    CarrierId, CloseReason, Input, Output, PollAnswer, PostAnswer, Sink, SocketEnd,
};
use super::handshake::TransportKind;
use super::packet::WireFrame;

/// How long a session that the server closes waits for a poll to take the close packet, or a WebSocket to drain. Less
/// where the heartbeat would have given the client up before.
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

impl Timings {
    /// After which a silent client is taken for gone.
    fn patience(&self) -> Duration {
        self.ping_interval + self.ping_timeout
    }
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
                until: now + self.timings.patience().min(CLOSE_TIMEOUT),
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
}
