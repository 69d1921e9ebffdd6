//! Any sequence of inputs and times for the session machine and the client behind it. Promises: each request is
//! answered once, at the latest when the session ends; nothing is written to a WebSocket that is closed or gone; the
//! deadline is never past once it has been acted upon; after the end nothing happens but refusals.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use socketio_proto::engineio::session::{Input, Output, PollAnswer, PostAnswer, SocketEnd};
use socketio_proto::engineio::{CarrierId, CloseReason, Session, Timings, WireFrame};
use socketio_proto::socketio::{Action, Client, Frame};

const TIMINGS: Timings = Timings {
    ping_interval: Duration::from_millis(300),
    ping_timeout: Duration::from_millis(200),
    upgrade_timeout: Duration::from_millis(100),
};

/// What clients say, often enough right to get far.
const TEXTS: &[&str] = &[
    "2probe",
    "3probe",
    "5",
    "3",
    "2",
    "1",
    "6",
    "40",
    "41",
    "42[\"a\"]",
    "451-[\"a\",{\"_placeholder\":true,\"num\":0}]",
    "40/x,",
    "430[1]",
    "4",
    "0{}",
    "x",
    "",
];

/// Runs the sequence that the bytes spell.
pub fn session(data: &[u8]) {
    let mut bytes = data.iter().copied();
    let now = Duration::ZERO;
    let (engine, sockets) = match bytes.next() {
        Some(0) => (
            Session::websocket(TIMINGS, CarrierId(0), now),
            BTreeSet::from([0]),
        ),
        _ => (Session::polling(TIMINGS, now), BTreeSet::new()),
    };
    let known = |name: &str| name == "/";
    let mut world = World {
        engine,
        client: Client::new(Arc::new(known), None, Duration::from_secs(1)),
        now,
        carriers: 0,
        polls: BTreeSet::new(),
        posts: BTreeSet::new(),
        sockets,
        queue: Vec::new(),
        over: false,
    };
    while let Some(step) = bytes.next() {
        let argument = bytes.next().unwrap_or(0);
        world.step(step, argument, &mut bytes);
    }
    let end = world.engine.abort(CloseReason::TransportError);
    world.perform(end);
    assert!(world.polls.is_empty() && world.posts.is_empty(), "left");
}

struct World {
    engine: Session,
    client: Client,
    now: Duration,
    carriers: u64,
    polls: BTreeSet<u64>,
    posts: BTreeSet<u64>,
    sockets: BTreeSet<u64>,
    queue: Vec<Frame>,
    over: bool,
}

impl World {
    fn step(&mut self, step: u8, argument: u8, bytes: &mut impl Iterator<Item = u8>) {
        let id = u64::from(argument);
        match step % 12 {
            0 => {
                let id = self.begin();
                self.polls.insert(id);
                self.feed(Input::Poll(CarrierId(id)));
            }
            1 if self.polls.remove(&id) => self.feed(Input::PollGone(CarrierId(id))),
            2 => {
                let id = self.begin();
                self.posts.insert(id);
                self.feed(Input::PostBegun(CarrierId(id)));
            }
            3 if self.posts.contains(&id) => {
                let count = bytes.next().unwrap_or(0) % 5;
                let packets: Vec<&str> = bytes.take(usize::from(count)).map(text).collect();
                let body = packets.join("\u{1e}");
                self.feed(Input::PostBody(CarrierId(id), body.into()));
            }
            // The transport answers these itself.
            4 if self.posts.remove(&id) => self.feed(Input::PostRefused(CarrierId(id))),
            5 if self.posts.contains(&id) => self.feed(Input::PostBroken(CarrierId(id))),
            6 => {
                let id = self.begin();
                self.sockets.insert(id);
                self.feed(Input::SocketOpened(CarrierId(id)));
            }
            7 => {
                let said = text(bytes.next().unwrap_or(0));
                let frame = WireFrame::Text(said.into());
                self.feed(Input::SocketFrame(CarrierId(id), frame));
            }
            8 => {
                let frame = WireFrame::Binary(vec![argument].into());
                self.feed(Input::SocketFrame(CarrierId(id), frame));
            }
            9 => {
                self.sockets.remove(&id);
                let end = match bytes.next() {
                    Some(0) => SocketEnd::Failed,
                    _ => SocketEnd::Closed,
                };
                self.feed(Input::SocketGone(CarrierId(id), end));
            }
            10 => self.pass(argument),
            11 => self.queue.push(Frame::disconnect("/")),
            _ if argument == 0 => {
                let closing = self.engine.close(self.now);
                self.perform(closing);
                self.flush();
            }
            _ => {}
        }
    }

    fn begin(&mut self) -> u64 {
        self.carriers += 1;
        self.carriers
    }

    /// Time passes up to the deadline, or a little.
    fn pass(&mut self, argument: u8) {
        self.now = match self.engine.next_deadline() {
            Some(due) if argument.is_multiple_of(2) => due.max(self.now),
            _ => self.now + Duration::from_millis(u64::from(argument)),
        };
        self.feed(Input::Tick);
        if let Some(due) = self.engine.next_deadline() {
            assert!(due > self.now, "acted upon, and due again");
        }
    }

    fn feed(&mut self, input: Input) {
        let outputs = self.engine.handle(input, self.now);
        self.perform(outputs);
        self.flush();
    }

    fn flush(&mut self) {
        let frames = match self.engine.sink() {
            Some(_) => std::mem::take(&mut self.queue),
            None => Vec::new(),
        };
        let frames = frames.iter().flat_map(Frame::wire).collect();
        let outputs = self.engine.flush(frames, self.queue.is_empty());
        self.perform(outputs);
    }

    fn perform(&mut self, outputs: Vec<Output>) {
        let was_over = self.over;
        for output in outputs {
            match output {
                Output::Message(message) => {
                    assert!(!self.over, "a message after the end");
                    let action = self.client.handle(message);
                    self.act(action);
                }
                Output::AnswerPoll(CarrierId(id), answer) => {
                    assert!(self.polls.remove(&id), "a poll is answered once");
                    assert!(!was_over || answer == PollAnswer::BadRequest);
                }
                Output::AnswerPost(CarrierId(id), answer) => {
                    assert!(self.posts.remove(&id), "a post is answered once");
                    assert!(!was_over || answer == PostAnswer::BadRequest);
                }
                Output::Send(CarrierId(id), frames) => {
                    assert!(!frames.is_empty() && self.sockets.contains(&id), "{id}");
                }
                Output::CloseSocket(CarrierId(id)) => {
                    self.sockets.remove(&id);
                }
                Output::Closed(_) => {
                    assert!(!self.over, "closed twice");
                    self.over = true;
                }
            }
        }
        if self.over {
            assert!(self.polls.is_empty() && self.posts.is_empty(), "left");
            assert_eq!(self.engine.next_deadline(), None);
            assert_eq!(self.engine.sink(), None);
        }
    }

    fn act(&mut self, action: Option<Action>) {
        match action {
            Some(Action::Connect { namespace, .. }) => {
                self.queue.push(self.client.accept(&namespace, "s", None));
            }
            Some(Action::Reply(frame)) => self.queue.push(frame),
            Some(Action::Event { namespace, .. } | Action::Ack { namespace, .. }) => {
                assert!(self.client.is_joined(&namespace));
            }
            Some(Action::Disconnect { namespace }) => {
                assert!(!self.client.is_joined(&namespace));
            }
            Some(Action::Close(_)) | None => {}
        }
    }
}

fn text(byte: u8) -> &'static str {
    TEXTS[usize::from(byte) % TEXTS.len()]
}
