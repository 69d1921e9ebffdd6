//! A queue's inside, under its lock: what waits, and for whom. Part of [`super`], by value.
//! Bounds: `queue_bytes` over everything that waits, and [`BURST`] times that for a burst; [`WAITING`] answers.

use socketio_proto::socketio::{Encoding, Frame};

use super::lent::Lent;
use super::line::{Entry, Line, WhenFull};
use super::{Batch, Departure, Failure};
use crate::ask::{WAITING, Waiter};
use crate::hub::SocketKey;
use crate::socket::EmitError;
use crate::transport::Room;

/// How many times its limit a queue takes at once from senders that did not let the session run between: a client that
/// reads could not have taken any of it.
pub(super) const BURST: usize = 3;
/// Giving up must free this part of the limit, an eighth: it looks at everything that waits, which a client that does
/// not read would have it do for every frame.
const SLACK: usize = 8;

#[derive(Default)]
pub(super) struct State {
    pub(super) line: Line,
    /// Bytes that are held back in the lanes.
    pub(super) held: usize,
    /// The transport has had no chance to take anything since it had taken everything.
    pub(super) bursting: bool,
    /// Bytes of the last burst that still wait, beside the limit.
    pub(super) burst: usize,
    pub(super) lanes: Vec<(SocketKey, Lane)>,
    /// Who waits for acks of which socket.
    pub(super) asked: Vec<(SocketKey, Waiter)>,
    pub(super) departures: Vec<Departure>,
    pub(super) failure: Option<Failure>,
    pub(super) lent: Option<Lent>,
    /// What was lent did not take everything.
    pub(super) blocked: Option<Room>,
    pub(super) closed: bool,
}

/// One socket (one namespace) of the session.
pub(super) enum Lane {
    /// The application has not let it in yet: what it is sent follows the CONNECT reply.
    Held {
        entries: Vec<Entry>,
        leaving: Option<(Option<Frame>, Departure)>,
    },
    Open,
}

impl State {
    pub(super) fn lane(&mut self, key: SocketKey) -> Option<&mut Lane> {
        self.lanes
            .iter_mut()
            .find(|(known, _)| *known == key)
            .map(|(_, lane)| lane)
    }

    /// What nobody waits for any more makes room.
    pub(super) fn expect(&mut self, key: SocketKey, waiter: &Waiter) -> Result<(), EmitError> {
        self.asked.retain(|(_, waiter)| !waiter.is_over());
        if self.asked.len() >= WAITING {
            return Err(EmitError::Unanswered);
        }
        waiter.count();
        self.asked.push((key, waiter.clone()));
        Ok(())
    }

    /// At most `limit` bytes for one write, but at least one frame.
    pub(super) fn take(&mut self, limit: usize, encoding: Encoding) -> Batch {
        let mut frames = Vec::new();
        let mut taken = 0;
        // A frame over the limit leaves alone.
        while let Some(frame) = match taken {
            0 => self.line.pop_within(usize::MAX),
            taken => self.line.pop_within(limit.saturating_sub(taken)),
        } {
            taken += frame.size();
            frames.extend(frame.wire_in(encoding));
        }
        self.end_burst();
        Batch {
            frames,
            drained: self.line.is_empty(),
        }
    }

    /// Everything that waits.
    pub(super) const fn bytes(&self) -> usize {
        self.held + self.line.bytes()
    }

    /// Queues a frame of a socket that is there, and makes room for it.
    pub(super) fn admit(
        &mut self,
        key: SocketKey,
        frame: &Frame,
        when_full: &WhenFull,
        limit: usize,
    ) -> Result<(), EmitError> {
        let size = frame.size();
        if self.bursting && self.burst + size <= BURST * limit {
            self.burst += size;
        }
        let limit = limit + self.burst;
        if let WhenFull::Drop { notice } = when_full
            && self.bytes() > 0
            && self.bytes() + size > limit
        {
            self.line.coalesce();
            if self.bytes() + size > limit {
                self.line.notice(key, notice);
                return Ok(());
            }
        }
        let entry = Entry::new(key, frame.clone(), when_full);
        match self.lane(key) {
            Some(Lane::Held { entries, .. }) => {
                entries.push(entry);
                self.held += size;
            }
            Some(Lane::Open) | None => self.line.push(entry),
        }
        // One frame may always wait, or an event over the limit would cut every client off.
        if self.bytes() <= limit || self.bytes() == size {
            return Ok(());
        }
        self.line.coalesce();
        if self.bytes() <= limit - limit / SLACK {
            return Ok(());
        }
        self.failure = Some(Failure::Overflow);
        Err(EmitError::Overflow)
    }

    /// The transport has taken what it could.
    fn end_burst(&mut self) {
        self.bursting = false;
        self.burst = self.burst.min(self.line.bytes());
    }

    pub(super) fn depart(&mut self, farewell: Option<Frame>, departure: Departure) {
        if let Some(farewell) = farewell {
            self.line.push(Entry::firm(farewell));
        }
        self.lanes.retain(|(key, _)| *key != departure.key);
        self.departures.push(departure);
    }
}

pub(super) fn sizes(entries: &[Entry]) -> usize {
    entries.iter().map(|entry| entry.frame().size()).sum()
}
