//! What each input does to a session. Called by [`super::Session`] only; every step appends to `out` in order.

use std::time::Duration;

use bytestring::ByteString;

use super::heartbeat::Heartbeat;
use super::{
    Carrier, CarrierId, CloseReason, Output, PollAnswer, PostAnswer, Probe, Session, SocketEnd,
    Status,
};
use crate::engineio::packet::{BadPacket, Packet, WireFrame};
use crate::engineio::payload;

impl Session {
    pub(super) fn flush_poll(
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

    pub(super) fn flush_socket(
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

    pub(super) fn poll(&mut self, id: CarrierId, out: &mut Vec<Output>) {
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

    pub(super) fn poll_gone(&mut self, id: CarrierId, out: &mut Vec<Output>) {
        if let Carrier::Polling { waiting } = &mut self.carrier
            && *waiting == Some(id)
        {
            *waiting = None;
            self.end(CloseReason::TransportError, out);
        }
    }

    pub(super) fn post_begun(&mut self, id: CarrierId, out: &mut Vec<Output>) {
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

    pub(super) fn post_body(
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

    pub(super) fn post_broken(&mut self, id: CarrierId, out: &mut Vec<Output>) {
        if self.post == Some(id) {
            self.end(CloseReason::TransportError, out);
        }
    }

    pub(super) fn socket_opened(&mut self, id: CarrierId, now: Duration, out: &mut Vec<Output>) {
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

    pub(super) fn socket_frame(
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

    pub(super) fn socket_gone(&mut self, id: CarrierId, end: SocketEnd, out: &mut Vec<Output>) {
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

    pub(super) fn tick(&mut self, now: Duration, out: &mut Vec<Output>) {
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

    pub(super) fn drop_probe(&mut self, out: &mut Vec<Output>) {
        if let Some(probe) = self.probe.take() {
            out.push(Output::CloseSocket(probe.socket));
        }
    }

    pub(super) fn end(&mut self, reason: CloseReason, out: &mut Vec<Output>) {
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
