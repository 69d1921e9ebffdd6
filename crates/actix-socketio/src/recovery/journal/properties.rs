//! Whatever is told, read and cut: a client gets everything once and in order, or begins afresh for a reason.

use proptest::prelude::*;
use socketio_proto::engineio::WireFrame;
use socketio_proto::socketio::Encoding;

use super::*;

const KEY: SocketKey = SocketKey(1);

const LIMITS: Limits = Limits {
    events: 6,
    bytes: 100_000,
    age: Duration::from_secs(3600),
};

#[derive(Clone, Debug)]
enum Step {
    /// An event is sent.
    Tell,
    /// The client reads one, if one waits.
    Read,
    /// The client loses its connection, and comes back.
    Return {
        /// So many of what was told since the last time reach its new hub late.
        late: usize,
        /// So many are told while the claim is looked into.
        meanwhile: usize,
    },
}

/// A client and its server.
struct World {
    shared: Arc<Shared>,
    journal: Journal,
    queue: Queue,
    /// What was told since the session began.
    told: Vec<Numbered>,
    /// How much of it when the client came back last.
    before: usize,
    /// How much of it the client has, and the last offset that it knows, of whatever session.
    read: usize,
    offset: Option<String>,
}

fn joining() -> Queue {
    let queue = Queue::new(1_000_000);
    queue.hold(KEY);
    queue
}

impl World {
    fn new() -> Self {
        let shared = Arc::new(Shared::new());
        let queue = joining();
        queue.open(KEY, Vec::new(), None);
        Self {
            journal: Journal::new(&shared, LIMITS),
            shared,
            queue,
            told: Vec::new(),
            before: 0,
            read: 0,
            offset: None,
        }
    }

    fn event(&self) -> Numbered {
        let frame = Frame::event("e", &0).expect("a number has JSON");
        self.journal.number(&frame).expect("an event")
    }

    fn tell(&mut self) {
        let event = self.event();
        self.send(&event);
        self.told.push(event);
    }

    fn send(&self, event: &Numbered) {
        let sent = self
            .journal
            .send(&self.queue, KEY, event, &WhenFull::Disconnect);
        assert!(sent.is_ok());
    }

    /// One frame, which must be the next that was told.
    fn read(&mut self) -> bool {
        let batch = self.queue.take(1, Encoding::Json);
        let [WireFrame::Text(text)] = batch.frames.as_slice() else {
            return false;
        };
        let next = &self.told[self.read];
        assert_eq!(
            Some(&WireFrame::Text(text.clone())),
            next.frame.wire().next().as_ref()
        );
        self.offset = Some(next.number.to_string());
        self.read += 1;
        true
    }

    fn come_back(&mut self, late: usize, meanwhile: usize) {
        let mut next = Self {
            shared: Arc::clone(&self.shared),
            journal: Journal::new(&self.shared, LIMITS),
            queue: joining(),
            before: self.told.len(),
            told: std::mem::take(&mut self.told),
            read: self.read,
            offset: self.offset.take(),
        };
        let late = next.told.len().saturating_sub(late).max(self.before);
        next.told[late..].iter().for_each(|event| next.send(event));
        for _ in 0..meanwhile {
            let event = self.event();
            next.send(&event);
            self.send(&event);
            next.told.push(event);
        }
        let missed = self.journal.after(next.offset.as_deref());
        match missed {
            Some(missed) => {
                next.journal.succeed(&missed, &next.queue, KEY);
                next.queue.open(KEY, missed.frames(), None);
                *self = next;
            }
            None => {
                assert!(
                    next.told.len() - next.read > LIMITS.events,
                    "it could be told"
                );
                let offset = next.offset;
                *self = Self {
                    shared: next.shared,
                    offset,
                    ..Self::new()
                };
                self.journal = Journal::new(&self.shared, LIMITS);
            }
        }
    }
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => Just(Step::Tell),
        4 => Just(Step::Read),
        1 => (0..3_usize, 0..3_usize).prop_map(|(late, meanwhile)| Step::Return { late, meanwhile }),
    ]
}

proptest! {
    #[test]
    fn everything_once_and_in_order(steps in prop::collection::vec(step(), 0..80)) {
        let mut world = World::new();
        for step in steps {
            match step {
                Step::Tell => world.tell(),
                Step::Read => drop(world.read()),
                Step::Return { late, meanwhile } => world.come_back(late, meanwhile),
            }
        }
        while world.read() {}
        prop_assert_eq!(world.read, world.told.len());
    }
}
