//! What waits for one client: sockets and hubs (any thread) -> *queue* -> its session, which takes it as its
//! transport can. Bound: `queue_bytes`, and [`state::BURST`] times that for what comes at once to a client that had
//! taken everything; over it newer frames take the place of older ones or are dropped, if they may be, and else the
//! session closes the transport.

mod lent;
mod line;
mod state;
#[cfg(test)]
mod tests;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Waker;

use futures_util::task::AtomicWaker;
use socketio_proto::engineio::WireFrame;
use socketio_proto::socketio::{Encoding, Frame};

pub(crate) use self::lent::{Lent, WRITE_BYTES};
use self::line::Entry;
pub use self::line::{Coalescing, WhenFull};
use self::state::{Lane, State, sizes};
use crate::ask::Waiter;
use crate::hub::SocketKey;
use crate::socket::EmitError;
use crate::transport::Room;

pub(crate) struct Queue {
    state: Mutex<State>,
    session: AtomicWaker,
    limit: usize,
    /// The transport would take a frame at once, if none waits here.
    writable: AtomicBool,
    /// A hub has it on its list.
    listed: AtomicBool,
}

/// How a frame is sent.
#[derive(Clone, Debug)]
pub(crate) enum Manner {
    /// In its turn, whenever that is.
    Queued(WhenFull),
    /// Only to a client that takes it at once.
    Volatile,
    /// Its id is to be answered.
    Asking(Waiter),
}

/// The application disconnects a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Departure {
    pub(crate) key: SocketKey,
    /// The transport too.
    pub(crate) close: bool,
}

impl Default for Manner {
    fn default() -> Self {
        Self::Queued(WhenFull::Disconnect)
    }
}

/// Why the session must be cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// More waits than the client may let wait.
    Overflow,
    /// A handler panicked.
    Panic,
    /// The application wants it so.
    Closed,
}

/// What the session has to act on, apart from frames.
pub(crate) struct Notices {
    pub(crate) departures: Vec<Departure>,
    pub(crate) failure: Option<Failure>,
    /// Frames have been written, and there is no room for more until this resolves.
    pub(crate) blocked: Option<Room>,
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
            writable: AtomicBool::new(false),
            listed: AtomicBool::new(false),
        }
    }

    /// Queues a frame of a socket, and lets it leave. A volatile one that its client would not take at once is dropped.
    pub(crate) fn push(
        &self,
        key: SocketKey,
        frame: &Frame,
        manner: &Manner,
    ) -> Result<(), EmitError> {
        let put = self.put(key, frame, manner);
        self.session.wake();
        put
    }

    /// As [`Queue::push`], but it does not leave before [`Queue::flush`] or [`Queue::wake`]: for who puts more into it.
    pub(crate) fn put(
        &self,
        key: SocketKey,
        frame: &Frame,
        manner: &Manner,
    ) -> Result<(), EmitError> {
        let mut state = self.lock();
        if state.closed || state.failure.is_some() {
            return Err(EmitError::Closed);
        }
        let ready = state.line.is_empty() && self.writable.load(Ordering::Relaxed);
        match (state.lane(key), manner) {
            (
                None
                | Some(Lane::Held {
                    leaving: Some(_), ..
                }),
                _,
            ) => return Err(EmitError::Closed),
            (Some(Lane::Held { .. }), Manner::Volatile) => return Ok(()),
            (Some(Lane::Open), Manner::Volatile) if !ready => return Ok(()),
            (Some(_), Manner::Asking(waiter)) => state.expect(key, waiter)?,
            (Some(_), Manner::Queued(_) | Manner::Volatile) => {}
        }
        state.bursting |= ready;
        let when_full = match manner {
            Manner::Queued(when_full) => when_full,
            Manner::Volatile | Manner::Asking(_) => &WhenFull::Disconnect,
        };
        state.admit(key, frame, when_full, self.limit)
    }

    /// Whoever waits for this answer of a socket.
    pub(crate) fn answered(&self, key: SocketKey, id: u64) -> Option<Waiter> {
        let mut state = self.lock();
        let index = state
            .asked
            .iter()
            .position(|(asked, waiter)| *asked == key && waiter.id == id)?;
        Some(state.asked.swap_remove(index).1)
    }

    /// Whether the transport takes a frame at once.
    pub(crate) fn set_writable(&self, writable: bool) {
        self.writable.store(writable, Ordering::Relaxed);
    }

    /// Queues what the session itself has to say; a client that asks without reading is cut like any slow one.
    pub(crate) fn push_reply(&self, frame: Frame) {
        let mut state = self.lock();
        if state.bytes() > self.limit {
            state.failure.get_or_insert(Failure::Overflow);
        } else {
            state.line.push(Entry::firm(frame));
        }
    }

    /// A socket begins, held back until it is let in.
    pub(crate) fn hold(&self, key: SocketKey) {
        self.lock().lanes.push((
            key,
            Lane::Held {
                entries: Vec::new(),
                leaving: None,
            },
        ));
    }

    /// Takes back what was held for a socket and has been sent already.
    pub(crate) fn retract(&self, key: SocketKey, sent: &[Frame]) {
        let mut state = self.lock();
        let Some(Lane::Held { entries, .. }) = state.lane(key) else {
            return;
        };
        let is_sent = |entry: &mut Entry| sent.iter().any(|other| other.is(entry.frame()));
        let retracted: Vec<Entry> = entries.extract_if(.., is_sent).collect();
        state.held -= sizes(&retracted);
    }

    /// A socket is let in: what an earlier one missed, the reply, then what was held back.
    pub(crate) fn open(&self, key: SocketKey, missed: Vec<Frame>, reply: Option<Frame>) {
        let mut state = self.lock();
        let Some(lane) = state.lane(key) else { return };
        let held = std::mem::replace(lane, Lane::Open);
        if let Lane::Held { entries, leaving } = held {
            state.held -= sizes(&entries);
            let first = missed.into_iter().chain(reply);
            let first = first.map(Entry::firm);
            first
                .chain(entries)
                .for_each(|entry| state.line.push(entry));
            if let Some((farewell, departure)) = leaving {
                state.depart(farewell, departure);
            }
        }
    }

    /// A socket is disconnected by the application, after what it was sent before.
    pub(crate) fn depart(&self, farewell: Option<Frame>, departure: Departure) {
        let mut state = self.lock();
        match state.lane(departure.key) {
            None => return,
            Some(Lane::Held { leaving, .. }) => *leaving = Some((farewell, departure)),
            Some(Lane::Open) => state.depart(farewell, departure),
        }
        self.session.wake();
    }

    /// A socket is over; what was held back for it is dropped, and nobody waits for its answers.
    pub(crate) fn forget(&self, key: SocketKey) {
        let mut state = self.lock();
        state.asked.retain(|(asked, _)| *asked != key);
        let Some(index) = state.lanes.iter().position(|(known, _)| *known == key) else {
            return;
        };
        if let (_, Lane::Held { entries, .. }) = state.lanes.swap_remove(index) {
            state.held -= sizes(&entries);
        }
    }

    /// The socket can still be sent to.
    pub(crate) fn is_open(&self, key: SocketKey) -> bool {
        let mut state = self.lock();
        !state.closed && state.failure.is_none() && state.lane(key).is_some()
    }

    /// The socket is let in, and can still be sent to.
    pub(crate) fn is_joined(&self, key: SocketKey) -> bool {
        let mut state = self.lock();
        !state.closed && state.failure.is_none() && matches!(state.lane(key), Some(Lane::Open))
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
    pub(crate) fn take(&self, limit: usize, encoding: Encoding) -> Batch {
        self.lock().take(limit, encoding)
    }

    /// True: it was on no list.
    pub(crate) fn enlist(&self) -> bool {
        !self.listed.swap(true, Ordering::Relaxed)
    }

    fn unlist(&self) {
        self.listed.store(false, Ordering::Relaxed);
    }

    pub(crate) fn notices(&self) -> Notices {
        let mut state = self.lock();
        Notices {
            departures: std::mem::take(&mut state.departures),
            failure: state.failure,
            blocked: state.blocked.take(),
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
