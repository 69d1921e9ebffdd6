//! Where frames go: one hub per worker thread. A trait, so that a test can stand in for sockets.

use std::sync::{Mutex, PoisonError};

use actix_socketio::{DeliverOutcome, Delivery, Emitter, HubId};

/// One hub, for as long as the server runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct HubKey(pub usize);

/// What became of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It will reach the hub's sockets, after what was accepted before.
    Accepted,
    /// The hub is busy; nothing of it will reach anyone.
    Refused,
    /// There is no such hub any more, nor a socket of it.
    Gone,
}

/// The hubs of this node. Never waits.
pub trait Hubs: Send + Sync + 'static {
    /// Those that there are now.
    fn list(&self) -> Vec<HubKey>;

    /// Delivers to every hub, in order and all or nothing. Those that refused are returned.
    fn deliver(&self, deliveries: Vec<Delivery>) -> Vec<HubKey>;

    /// Delivers to one hub, in order and all or nothing.
    fn deliver_to(&self, hub: HubKey, deliveries: Vec<Delivery>) -> Outcome;
}

/// The hubs of the Socket.IO server.
pub struct EmitterHubs {
    emitter: Emitter,
    /// A hub's place is its key. Bound: the number of threads that ever had a session.
    known: Mutex<Vec<HubId>>,
}

impl EmitterHubs {
    /// The hubs behind this emitter.
    #[must_use]
    pub const fn new(emitter: Emitter) -> Self {
        Self {
            emitter,
            known: Mutex::new(Vec::new()),
        }
    }

    /// The key of a hub.
    #[must_use]
    pub fn key(&self, hub: HubId) -> HubKey {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let place = known.iter().position(|other| *other == hub);
        HubKey(place.unwrap_or_else(|| {
            known.push(hub);
            known.len() - 1
        }))
    }

    fn keys(&self, hubs: impl IntoIterator<Item = HubId>) -> Vec<HubKey> {
        hubs.into_iter().map(|hub| self.key(hub)).collect()
    }
}

impl From<DeliverOutcome> for Outcome {
    fn from(outcome: DeliverOutcome) -> Self {
        match outcome {
            DeliverOutcome::Accepted => Self::Accepted,
            DeliverOutcome::Refused => Self::Refused,
            DeliverOutcome::Gone => Self::Gone,
        }
    }
}

impl Hubs for EmitterHubs {
    fn list(&self) -> Vec<HubKey> {
        self.keys(self.emitter.hubs())
    }

    fn deliver(&self, deliveries: Vec<Delivery>) -> Vec<HubKey> {
        self.keys(self.emitter.deliver(deliveries))
    }

    fn deliver_to(&self, hub: HubKey, deliveries: Vec<Delivery>) -> Outcome {
        let known = self
            .known
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(hub.0)
            .copied();
        known.map_or(Outcome::Gone, |id| {
            self.emitter.deliver_to(id, deliveries).into()
        })
    }
}
