//! A session's way out, lent to its queue. session -> *lent* <- hub, at the end of its turn. Part of [`super`].
//!
//! While a session has a socket of its own and nothing to do with what is sent but to write it, the hub does that for
//! it: a message does not wake an actor for each client.
//! Bound: [`WRITE_BYTES`] for each write; a socket that does not take one is given back.

use socketio_proto::socketio::Encoding;

use super::{Queue, State};
use crate::transport::{Room, Wire};

/// Bytes handed to a WebSocket in one write: what the connection has taken over is out of the queue's count.
pub(crate) const WRITE_BYTES: usize = 64 * 1024;

/// Where what waits can be written at once, and how.
pub(crate) struct Lent {
    pub(crate) wire: Wire,
    pub(crate) encoding: Encoding,
}

/// Whether the session must see to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Left {
    All,
    NotAll,
}

impl Queue {
    /// The session lends its way out, or takes it back.
    pub(crate) fn lend(&self, lent: Option<Lent>) {
        self.lock().lent = lent;
    }

    /// Lets what waits leave: at once if the way out is lent, else by the session.
    pub(crate) fn flush(&self) {
        self.unlist();
        let mut state = self.lock();
        let is_frames_only = state.failure.is_none() && state.departures.is_empty();
        if !is_frames_only || state.write_lent() == Left::NotAll {
            self.wake();
        }
    }
}

impl State {
    fn write_lent(&mut self) -> Left {
        while let Some(Lent { wire, encoding }) = &self.lent {
            let (wire, encoding) = (wire.clone(), *encoding);
            let batch = self.take(WRITE_BYTES, encoding);
            if let Some(room) = wire.write(&batch.frames) {
                return self.give_back(room);
            }
            if batch.drained {
                return Left::All;
            }
        }
        Left::NotAll
    }

    fn give_back(&mut self, room: Room) -> Left {
        self.lent = None;
        self.blocked = Some(room);
        Left::NotAll
    }
}
