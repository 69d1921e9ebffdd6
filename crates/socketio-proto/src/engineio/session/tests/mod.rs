//! The session's rules as tables: what comes in when, and everything that leaves.

mod heartbeat;
mod polling;
mod upgrade;
mod closing;
mod properties;

use super::*;
use crate::engineio::packet::Message;

const TIMINGS: Timings = Timings {
    ping_interval: Duration::from_millis(300),
    ping_timeout: Duration::from_millis(200),
    upgrade_timeout: Duration::from_secs(10),
};
const A: CarrierId = CarrierId(1);
const B: CarrierId = CarrierId(2);
const WS: CarrierId = CarrierId(3);
const WS2: CarrierId = CarrierId(4);

/// A session with a queue, as a caller drives it.
struct Play {
    session: Session,
    now: Duration,
    queue: Vec<WireFrame>,
}

impl Play {
    fn polling() -> Self {
        Self {
            session: Session::polling(TIMINGS, Duration::ZERO),
            now: Duration::ZERO,
            queue: Vec::new(),
        }
    }

    fn websocket() -> Self {
        Self {
            session: Session::websocket(TIMINGS, WS, Duration::ZERO),
            ..Self::polling()
        }
    }

    fn input(&mut self, input: Input) -> Vec<Output> {
        let mut out = self.session.handle(input, self.now);
        out.extend(self.flush());
        out
    }

    fn flush(&mut self) -> Vec<Output> {
        match self.session.sink() {
            Some(_) => self.session.flush(std::mem::take(&mut self.queue), true),
            None => Vec::new(),
        }
    }

    fn at(&mut self, millis: u64) -> Vec<Output> {
        self.now = Duration::from_millis(millis);
        self.input(Input::Tick)
    }

    fn emit(&mut self, text: &str) -> Vec<Output> {
        self.queue.push(frame(text));
        self.flush()
    }

    fn post(&mut self, id: CarrierId, body: &str) -> Vec<Output> {
        assert_eq!(self.input(Input::PostBegun(id)), vec![]);
        self.input(Input::PostBody(id, body.into()))
    }

    fn close(&mut self) -> Vec<Output> {
        let mut out = self.session.close(self.now);
        out.extend(self.flush());
        out
    }

    fn deadline(&self) -> Option<u128> {
        self.session
            .next_deadline()
            .map(|deadline| deadline.as_millis())
    }
}

fn frame(text: &str) -> WireFrame {
    WireFrame::Text(text.into())
}

fn answer(id: CarrierId, packets: &[&str]) -> Output {
    Output::AnswerPoll(
        id,
        PollAnswer::Payload(packets.iter().map(|text| frame(text)).collect()),
    )
}

fn send(id: CarrierId, packets: &[&str]) -> Output {
    Output::Send(id, packets.iter().map(|text| frame(text)).collect())
}

fn message(text: &str) -> Output {
    Output::Message(Message::Text(text.into()))
}

fn socket_text(id: CarrierId, text: &str) -> Input {
    Input::SocketFrame(id, frame(text))
}

const ACCEPTED: PostAnswer = PostAnswer::Accepted;
