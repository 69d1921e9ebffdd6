//! The frames that wait for one client, in order, and what is given up when they are too many. Part of [`super`], by
//! value. Bound: the queue's; a notice is at most one for each socket.

#[cfg(test)]
mod tests;

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

use socketio_proto::socketio::Frame;

use crate::hub::SocketKey;

/// What becomes of a frame for which a client's queue has no room.
#[derive(Clone, Debug, Default)]
pub enum WhenFull {
    /// The client's transport is closed, so that it comes back.
    #[default]
    Disconnect,
    /// It is dropped. The client gets the notice in its place.
    Drop {
        /// An event without an offset, such as `stream:gap`.
        notice: Frame,
    },
    /// It takes the place of what waits with its key, but at the end, so that offsets stay in order. As Disconnect if
    /// that does not free an eighth of the queue.
    Coalesce(Arc<Coalescing>),
}

/// How frames make room for each other.
#[derive(Clone, Debug)]
pub struct Coalescing {
    /// Of the frames with this key that wait for a socket, only the newest is still worth it.
    pub key: String,
    /// An event without an offset, such as `stream:gap`: what the client gets before all that followed the first frame
    /// that was given up. One that still waits is not followed by another.
    pub notice: Frame,
}

/// One frame that waits.
#[derive(Debug)]
pub(super) struct Entry {
    frame: Frame,
    stake: Stake,
}

#[derive(Debug)]
enum Stake {
    Firm,
    Coalescing(SocketKey, Arc<Coalescing>),
    Notice(SocketKey),
}

#[derive(Debug, Default)]
pub(super) struct Line {
    entries: VecDeque<Entry>,
    bytes: usize,
    /// Sockets for which a notice waits.
    noticed: Vec<SocketKey>,
    /// Something may have been superseded since the last look.
    unsure: bool,
}

impl WhenFull {
    /// Of the frames with this key only the newest is kept. `notice` is told before the rest.
    pub fn coalesce(key: impl Into<String>, notice: Frame) -> Self {
        Self::Coalesce(Arc::new(Coalescing {
            key: key.into(),
            notice,
        }))
    }
}

impl Entry {
    pub(super) fn new(socket: SocketKey, frame: Frame, when_full: &WhenFull) -> Self {
        let stake = match when_full {
            WhenFull::Disconnect | WhenFull::Drop { .. } => Stake::Firm,
            WhenFull::Coalesce(coalescing) => Stake::Coalescing(socket, Arc::clone(coalescing)),
        };
        Self { frame, stake }
    }

    /// One that is never given up.
    pub(super) const fn firm(frame: Frame) -> Self {
        Self {
            frame,
            stake: Stake::Firm,
        }
    }

    pub(super) const fn frame(&self) -> &Frame {
        &self.frame
    }

    /// What makes it replaceable.
    fn replaceable(&self) -> Option<(SocketKey, &str)> {
        match &self.stake {
            Stake::Coalescing(socket, coalescing) => Some((*socket, coalescing.key.as_str())),
            Stake::Firm | Stake::Notice(_) => None,
        }
    }
}

impl Line {
    pub(super) const fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub(super) fn push(&mut self, entry: Entry) {
        self.bytes += entry.frame.size();
        self.unsure |= entry.replaceable().is_some();
        self.entries.push_back(entry);
    }

    /// The first, if it is not larger.
    pub(super) fn pop_within(&mut self, bytes: usize) -> Option<Frame> {
        let entry = self
            .entries
            .pop_front_if(|entry| entry.frame.size() <= bytes)?;
        self.bytes -= entry.frame.size();
        if let Stake::Notice(told) = entry.stake {
            self.noticed.retain(|socket| *socket != told);
        }
        Some(entry.frame)
    }

    /// Something for the socket has been dropped here.
    pub(super) fn notice(&mut self, socket: SocketKey, notice: &Frame) {
        if !self.noticed.contains(&socket) {
            self.noticed.push(socket);
            self.push(Entry {
                frame: notice.clone(),
                stake: Stake::Notice(socket),
            });
        }
    }

    /// Of each key only the newest is left. A socket that loses something gets its notice where the first was: what
    /// comes later may say by its offset that the client has it.
    pub(super) fn coalesce(&mut self) {
        if !self.unsure {
            return;
        }
        let superseded = self.superseded();
        let before = std::mem::take(self);
        for (entry, superseded) in before.entries.into_iter().zip(superseded) {
            match entry.stake {
                Stake::Coalescing(socket, coalescing) if superseded => {
                    self.notice(socket, &coalescing.notice);
                }
                Stake::Notice(socket) => self.notice(socket, &entry.frame),
                Stake::Firm | Stake::Coalescing(..) => self.push(entry),
            }
        }
        self.unsure = false;
    }

    /// Whether a newer one with its key follows, for each entry.
    fn superseded(&self) -> Vec<bool> {
        let mut newer = HashSet::new();
        let mut superseded: Vec<bool> = self
            .entries
            .iter()
            .rev()
            .map(|entry| entry.replaceable().is_some_and(|key| !newer.insert(key)))
            .collect();
        superseded.reverse();
        superseded
    }
}
