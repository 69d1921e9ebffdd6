//! A session's way out, lent to its queue. session -> *lent* <- hub, at the end of its turn. Part of [`super`].
//!
//! While a session has a socket of its own and nothing to do with what is sent but to write it, the hub does that for
//! it: a message does not wake an actor for each client.
//! Bound: [`WRITE_BYTES`] for each write; a socket that does not take one is given back.

use socketio_proto::socketio::Encoding;

use super::Queue;
use super::state::State;
use crate::transport::Wire;

/// Bytes handed to a WebSocket in one write: what the connection has taken over is out of the queue's count.
pub(crate) const WRITE_BYTES: usize = 64 * 1024;

/// Where what waits can be written at once, and how.
pub(crate) struct Lent {
    pub(crate) wire: Wire,
    pub(crate) encoding: Encoding,
}

/// What is left for the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Left {
    /// Nothing.
    Nothing,
    /// To wait until its socket takes more.
    Full,
    /// To write, or more than that.
    Others,
}

impl Queue {
    /// The session lends its way out, or takes it back.
    pub(crate) fn lend(&self, lent: Option<Lent>) {
        self.lock().lent = lent;
    }

    /// Lets what waits leave: at once if the way out is lent, else by the session.
    pub(crate) fn flush(&self) {
        self.unlist();
        let left = self.lock().write_lent();
        match left {
            Left::Nothing => {}
            Left::Full => {
                self.set_writable(false);
                self.wake();
            }
            Left::Others => self.wake(),
        }
    }
}

impl State {
    fn write_lent(&mut self) -> Left {
        if self.failure.is_some() || !self.departures.is_empty() {
            return Left::Others;
        }
        while let Some(Lent { wire, encoding }) = &self.lent {
            let (wire, encoding) = (wire.clone(), *encoding);
            let batch = self.take(WRITE_BYTES, encoding);
            if let Some(room) = wire.write(&batch.frames) {
                self.lent = None;
                self.blocked = Some(room);
                return Left::Full;
            }
            if batch.drained {
                return Left::Nothing;
            }
        }
        Left::Others
    }
}
