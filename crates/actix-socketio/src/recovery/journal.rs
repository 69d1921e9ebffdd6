//! What one socket was sent, numbered: hub and [`crate::Socket`] -> *journal* -> queue. Part of [`super`].
//!
//! A number names an event, and the journal has the order in which this socket got them: broadcasts are numbered once
//! for all sockets, and need not come in the order of their numbers. Bounds: [`Limits`], the oldest is dropped.

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

use std::collections::{HashSet, VecDeque};
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use socketio_proto::socketio::Frame;

use crate::clock::Clock;
use crate::hub::SocketKey;
use crate::queue::{Manner, Queue, WhenFull};
use crate::socket::EmitError;

/// What a journal holds at most.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) events: usize,
    pub(super) bytes: usize,
    pub(super) age: Duration,
}

/// What all journals of one store share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) clock: Clock,
    next: AtomicU64,
}

/// An event and its number, which is also its last argument.
#[derive(Clone, Debug)]
pub(crate) struct Numbered {
    number: u64,
    frame: Frame,
}

/// The events of one socket, numbered and kept. A clone is the same journal.
#[derive(Clone)]
pub struct Journal {
    shared: Arc<Shared>,
    limits: Limits,
    log: Arc<Mutex<Log>>,
}

/// What a client had before the events that it missed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Floor {
    /// Nothing of this session.
    Start,
    /// This event was the last.
    After(u64),
}

/// What a client missed.
#[derive(Debug)]
pub(crate) struct Missed {
    floor: Floor,
    born: u64,
    events: Vec<Numbered>,
    /// Everything that was sent, as far as it is known: the missed, and what its client has.
    sent: HashSet<u64>,
}

#[derive(Debug)]
struct Log {
    /// The oldest event was preceded by this.
    floor: Floor,
    /// Lower numbers are of earlier sessions, unless they are in here.
    born: u64,
    events: VecDeque<(Duration, Numbered)>,
    bytes: usize,
}

impl Shared {
    pub(super) fn new() -> Self {
        Self {
            clock: Clock::start(),
            next: AtomicU64::new(1),
        }
    }
}

impl Journal {
    pub(super) fn new(shared: &Arc<Shared>, limits: Limits) -> Self {
        let log = Log::new(shared.next.load(Ordering::Relaxed));
        Self {
            shared: Arc::clone(shared),
            limits,
            log: Arc::new(Mutex::new(log)),
        }
    }

    /// None: it is no event, or one that is to be answered, which is not sent again.
    pub(crate) fn number(&self, frame: &Frame) -> Option<Numbered> {
        // A number that is not used is no harm.
        let number = self.shared.next.fetch_add(1, Ordering::Relaxed);
        let frame = frame.with_offset(&number.to_string())?;
        Some(Numbered { number, frame })
    }

    /// Queues an event by [`Queue::put`] and keeps it, whether the socket takes it or has ended: then it is for its
    /// return.
    pub(crate) fn send(
        &self,
        queue: &Queue,
        key: SocketKey,
        event: &Numbered,
        when_full: &WhenFull,
    ) -> Result<(), EmitError> {
        let mut log = self.lock();
        let sent = queue.put(key, &event.frame, &Manner::Queued(when_full.clone()));
        log.record(self.shared.clock.now(), event.clone(), self.limits);
        sent
    }

    /// What follows the offset. None: that cannot be told.
    pub(super) fn after(&self, offset: Option<&str>) -> Option<Missed> {
        self.lock().after(offset)
    }

    /// Goes on where another has ended: with what that had and its client has not, then with what is in here. What
    /// both have is taken back from the queue, where it is held.
    pub(crate) fn succeed(&self, missed: &Missed, queue: &Queue, key: SocketKey) {
        let now = self.shared.clock.now();
        let mut log = self.lock();
        let own = std::mem::take(&mut log.events);
        let (twice, own): (Vec<_>, Vec<_>) = own
            .into_iter()
            .partition(|(_, event)| missed.sent.contains(&event.number));
        let twice: Vec<Frame> = twice.into_iter().map(|(_, event)| event.frame).collect();
        queue.retract(key, &twice);
        *log = Log::new(missed.born);
        log.floor = missed.floor;
        let inherited = missed.events.iter().map(|event| (now, event.clone()));
        for (at, event) in inherited.chain(own) {
            log.record(at, event, self.limits);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Journal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Journal").finish_non_exhaustive()
    }
}

impl Missed {
    pub(super) fn size(&self) -> usize {
        self.events.iter().map(|event| event.frame.size()).sum()
    }

    pub(super) fn frames(&self) -> Vec<Frame> {
        self.events
            .iter()
            .map(|event| event.frame.clone())
            .collect()
    }
}

impl Log {
    const fn new(born: u64) -> Self {
        Self {
            floor: Floor::Start,
            born,
            events: VecDeque::new(),
            bytes: 0,
        }
    }

    fn record(&mut self, now: Duration, event: Numbered, limits: Limits) {
        self.bytes += event.frame.size();
        self.events.push_back((now, event));
        while let Some((at, oldest)) = self.events.front() {
            let old = now.saturating_sub(*at) > limits.age;
            if !old && self.events.len() <= limits.events && self.bytes <= limits.bytes {
                break;
            }
            self.bytes -= oldest.frame.size();
            self.floor = Floor::After(oldest.number);
            self.events.pop_front();
        }
    }

    fn after(&self, offset: Option<&str>) -> Option<Missed> {
        let floor = match offset {
            None => Floor::Start,
            Some(text) => self.place(text)?,
        };
        let known = match floor {
            floor if floor == self.floor => 0,
            Floor::Start => return None,
            Floor::After(number) => 1 + self.position(number)?,
        };
        let events = self.events.iter().skip(known);
        Some(Missed {
            floor,
            born: self.born,
            events: events.map(|(_, event)| event.clone()).collect(),
            sent: self.events.iter().map(|(_, event)| event.number).collect(),
        })
    }

    /// What a client with this offset has of this session. None: it is not one that was given.
    fn place(&self, text: &str) -> Option<Floor> {
        let number: u64 = text.parse().ok()?;
        let own = number >= self.born
            || self.floor == Floor::After(number)
            || self.position(number).is_some();
        if number.to_string() != text {
            None
        } else if own {
            Some(Floor::After(number))
        } else {
            Some(Floor::Start)
        }
    }

    fn position(&self, number: u64) -> Option<usize> {
        self.events
            .iter()
            .rposition(|(_, event)| event.number == number)
    }
}
