//! What waits for one client: sockets and hubs (any thread) -> *queue* -> its session, which takes it as its
//! transport can. Bound: `queue_bytes`; what goes over it is refused and the session closes the transport.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Waker;

use futures_util::task::AtomicWaker;
use socketio_proto::engineio::WireFrame;
use socketio_proto::socketio::Frame;

use crate::hub::SocketKey;
use crate::socket::EmitError;

pub(crate) struct Queue {
    state: Mutex<State>,
    session: AtomicWaker,
    limit: usize,
}

#[derive(Default)]
struct State {
    frames: VecDeque<Frame>,
    bytes: usize,
    lanes: Vec<(SocketKey, Lane)>,
    departures: Vec<Departure>,
    failure: Option<Failure>,
    closed: bool,
}

/// One socket (one namespace) of the session.
enum Lane {
    /// The application has not let it in yet: what it is sent follows the CONNECT reply.
    Held {
        frames: Vec<Frame>,
        leaving: Option<(Frame, Departure)>,
    },
    Open,
}

/// The application disconnects a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Departure {
    pub(crate) key: SocketKey,
    /// The transport too.
    pub(crate) close: bool,
}

/// Why the session must be cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// More waits than the client may let wait.
    Overflow,
    /// A handler panicked.
    Panic,
}

/// What the session has to act on, apart from frames.
pub(crate) struct Notices {
    pub(crate) departures: Vec<Departure>,
    pub(crate) failure: Option<Failure>,
}

/// Frames for one write.
pub(crate) struct Batch {
    pub(crate) frames: Vec<WireFrame>,
    /// Nothing is left behind.
    pub(crate) drained: bool,
}

impl Queue {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            state: Mutex::default(),
            session: AtomicWaker::new(),
            limit,
        }
    }

    /// Queues a frame of a socket.
    pub(crate) fn push(&self, key: SocketKey, frame: &Frame) -> Result<(), EmitError> {
        let mut state = self.lock();
        if state.closed || state.failure.is_some() {
            return Err(EmitError::Closed);
        }
        let size = frame.size();
        // One frame may always wait, or an event over the limit would cut every client off.
        let over = state.bytes > 0 && state.bytes + size > self.limit;
        match state.lane(key) {
            None
            | Some(Lane::Held {
                leaving: Some(_), ..
            }) => return Err(EmitError::Closed),
            Some(_) if over => {
                state.failure = Some(Failure::Overflow);
                self.session.wake();
                return Err(EmitError::Overflow);
            }
            Some(Lane::Held { frames, .. }) => frames.push(frame.clone()),
            Some(Lane::Open) => state.frames.push_back(frame.clone()),
        }
        state.bytes += size;
        self.session.wake();
        Ok(())
    }

    /// Queues what the session itself has to say; a client that asks without reading is cut like any slow one.
    pub(crate) fn push_reply(&self, frame: Frame) {
        let mut state = self.lock();
        if state.bytes > self.limit {
            state.failure.get_or_insert(Failure::Overflow);
        } else {
            state.append(frame);
        }
    }

    /// A socket begins, held back until it is let in.
    pub(crate) fn hold(&self, key: SocketKey) {
        self.lock().lanes.push((
            key,
            Lane::Held {
                frames: Vec::new(),
                leaving: None,
            },
        ));
    }

    /// A socket is let in: the reply, then what was held back.
    pub(crate) fn open(&self, key: SocketKey, reply: Frame) {
        let mut state = self.lock();
        let Some(lane) = state.lane(key) else { return };
        let held = std::mem::replace(lane, Lane::Open);
        state.append(reply);
        if let Lane::Held { frames, leaving } = held {
            state.frames.extend(frames);
            if let Some((farewell, departure)) = leaving {
                state.depart(farewell, departure);
            }
        }
    }

    /// A socket is disconnected by the application, after what it was sent before.
    pub(crate) fn depart(&self, farewell: Frame, departure: Departure) {
        let mut state = self.lock();
        match state.lane(departure.key) {
            None => return,
            Some(Lane::Held { leaving, .. }) => *leaving = Some((farewell, departure)),
            Some(Lane::Open) => state.depart(farewell, departure),
        }
        self.session.wake();
    }

    /// A socket is over; what was held back for it is dropped.
    pub(crate) fn forget(&self, key: SocketKey) {
        let mut state = self.lock();
        let Some(index) = state.lanes.iter().position(|(known, _)| *known == key) else {
            return;
        };
        if let (_, Lane::Held { frames, .. }) = state.lanes.swap_remove(index) {
            state.bytes -= frames.iter().map(Frame::size).sum::<usize>();
        }
    }

    /// The socket can still be sent to.
    pub(crate) fn is_open(&self, key: SocketKey) -> bool {
        let mut state = self.lock();
        !state.closed && state.failure.is_none() && state.lane(key).is_some()
    }

    /// The session must be cut.
    pub(crate) fn fail(&self, failure: Failure) {
        self.lock().failure.get_or_insert(failure);
        self.session.wake();
    }

    /// The session is over: nothing is taken any more.
    pub(crate) fn close(&self) {
        *self.lock() = State {
            closed: true,
            ..State::default()
        };
    }

    /// At most `limit` bytes, but at least one frame.
    pub(crate) fn take(&self, limit: usize) -> Batch {
        let mut state = self.lock();
        let mut frames = Vec::new();
        let mut taken = 0;
        while let Some(frame) = state
            .frames
            .pop_front_if(|frame| taken == 0 || taken + frame.size() <= limit)
        {
            taken += frame.size();
            frames.extend(frame.wire());
        }
        state.bytes -= taken;
        Batch {
            frames,
            drained: state.frames.is_empty(),
        }
    }

    pub(crate) fn notices(&self) -> Notices {
        let mut state = self.lock();
        Notices {
            departures: std::mem::take(&mut state.departures),
            failure: state.failure,
        }
    }

    /// Whom to wake when something is queued.
    pub(crate) fn register(&self, waker: &Waker) {
        self.session.register(waker);
    }

    /// Lets the session look again.
    pub(crate) fn wake(&self) {
        self.session.wake();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn lane(&mut self, key: SocketKey) -> Option<&mut Lane> {
        self.lanes
            .iter_mut()
            .find(|(known, _)| *known == key)
            .map(|(_, lane)| lane)
    }

    fn append(&mut self, frame: Frame) {
        self.bytes += frame.size();
        self.frames.push_back(frame);
    }

    fn depart(&mut self, farewell: Frame, departure: Departure) {
        self.append(farewell);
        self.lanes.retain(|(key, _)| *key != departure.key);
        self.departures.push(departure);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: SocketKey = SocketKey(1);
    const B: SocketKey = SocketKey(2);

    fn frame(text: &str) -> Frame {
        Frame::event(text, &0).expect("a number has JSON")
    }

    fn names(batch: Batch) -> Vec<String> {
        batch
            .frames
            .into_iter()
            .map(|part| match part {
                WireFrame::Text(text) => text.split('"').nth(1).unwrap_or_default().to_owned(),
                WireFrame::Binary(_) => "binary".to_owned(),
            })
            .collect()
    }

    fn opened(limit: usize) -> Queue {
        let queue = Queue::new(limit);
        queue.hold(A);
        queue.open(A, frame("connect"));
        queue
    }

    #[test]
    fn what_is_sent_while_connecting_follows_the_reply() {
        let queue = Queue::new(1000);
        queue.hold(A);
        assert!(queue.push(A, &frame("early")).is_ok());
        queue.push_reply(frame("other"));
        assert_eq!(names(queue.take(1000)), ["other"]);
        queue.open(A, frame("connect"));
        assert!(queue.push(A, &frame("late")).is_ok());
        assert_eq!(names(queue.take(1000)), ["connect", "early", "late"]);
    }

    #[test]
    fn a_refused_socket_leaves_nothing_behind() {
        let queue = Queue::new(1000);
        queue.hold(A);
        assert!(queue.push(A, &frame("early")).is_ok());
        queue.forget(A);
        assert!(matches!(
            queue.push(A, &frame("late")),
            Err(EmitError::Closed)
        ));
        assert_eq!(queue.lock().bytes, 0);
        assert!(queue.take(1000).drained);
    }

    #[test]
    fn over_the_limit_the_session_is_told_once() {
        let size = frame("x").size();
        let queue = opened(2 * size);
        queue.take(1000);
        assert!(queue.push(A, &frame("x")).is_ok());
        assert!(queue.push(A, &frame("y")).is_ok());
        assert!(matches!(
            queue.push(A, &frame("z")),
            Err(EmitError::Overflow)
        ));
        assert!(matches!(queue.push(A, &frame("z")), Err(EmitError::Closed)));
        assert_eq!(queue.notices().failure, Some(Failure::Overflow));
    }

    #[test]
    fn one_frame_may_wait_whatever_its_size() {
        let queue = opened(1);
        queue.take(1000);
        assert!(queue.push(A, &frame("x")).is_ok());
        assert!(matches!(
            queue.push(A, &frame("y")),
            Err(EmitError::Overflow)
        ));
    }

    #[test]
    fn a_batch_is_cut_by_bytes_and_says_whether_more_waits() {
        let queue = opened(1000);
        queue.take(1000);
        for name in ["x", "y", "z"] {
            assert!(queue.push(A, &frame(name)).is_ok());
        }
        let batch = queue.take(2 * frame("x").size());
        assert!(!batch.drained);
        assert_eq!(names(batch), ["x", "y"]);
        assert_eq!(names(queue.take(1)), ["z"]);
    }

    #[test]
    fn a_departure_follows_what_was_sent_and_ends_its_socket_only() {
        let queue = opened(1000);
        queue.hold(B);
        queue.open(B, frame("connect"));
        assert!(queue.push(A, &frame("last")).is_ok());
        let departure = Departure {
            key: A,
            close: false,
        };
        queue.depart(frame("farewell"), departure);
        queue.depart(frame("farewell"), departure);
        assert!(!queue.is_open(A));
        assert!(queue.push(B, &frame("other")).is_ok());
        assert_eq!(
            names(queue.take(1000)),
            ["connect", "connect", "last", "farewell", "other"]
        );
        assert_eq!(queue.notices().departures, [departure]);
    }

    #[test]
    fn a_departure_while_connecting_waits_for_the_reply() {
        let queue = Queue::new(1000);
        queue.hold(A);
        queue.depart(
            frame("farewell"),
            Departure {
                key: A,
                close: true,
            },
        );
        assert_eq!(queue.notices().departures, []);
        queue.open(A, frame("connect"));
        assert_eq!(names(queue.take(1000)), ["connect", "farewell"]);
        assert_eq!(
            queue.notices().departures,
            [Departure {
                key: A,
                close: true
            }]
        );
    }
}
