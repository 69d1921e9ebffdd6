//! Where the hubs are. sessions and emitters (any thread) -> *hubs* -> [`Hub`].
//! Bound: one per thread that has had a session.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock, RwLockReadGuard};
use std::thread::{self, ThreadId};

use actix::{Actor, Addr};

use crate::hub::{Hub, HubId};

/// The hubs of all threads that have had a session. One per thread, so as many as the server has workers.
#[derive(Default)]
pub(crate) struct Hubs {
    list: RwLock<Vec<Seat>>,
    next: AtomicU64,
}

pub(super) struct Seat {
    pub(super) id: HubId,
    thread: ThreadId,
    /// All deliveries go through this one address: each clone of an address has a place in the mailbox of its own,
    /// over the bound.
    pub(super) hub: Addr<Hub>,
}

impl Hubs {
    /// The hub of the calling thread, which must be an actix one; started at the first call.
    pub(crate) fn here(&self) -> (HubId, Addr<Hub>) {
        let thread = thread::current().id();
        let mut list = self.list.write().unwrap_or_else(PoisonError::into_inner);
        list.retain(|seat| seat.hub.connected());
        if let Some(seat) = list.iter().find(|seat| seat.thread == thread) {
            return (seat.id, seat.hub.clone());
        }
        let hub = Hub::default().start();
        let id = HubId(self.next.fetch_add(1, Ordering::Relaxed));
        list.push(Seat {
            id,
            thread,
            hub: hub.clone(),
        });
        (id, hub)
    }

    /// Returns when every delivery that began before has been posted to all hubs: they hold the list meanwhile.
    pub(crate) fn settle(&self) {
        drop(self.list.write().unwrap_or_else(PoisonError::into_inner));
    }

    pub(super) fn seats(&self) -> RwLockReadGuard<'_, Vec<Seat>> {
        self.list.read().unwrap_or_else(PoisonError::into_inner)
    }
}
