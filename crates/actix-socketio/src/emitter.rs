//! Sends to rooms: application (any thread) -> *emitter* -> one message to each hub.
//! Bound: each hub's mailbox; the hubs where it was full are named to the caller, who decides.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};
use std::thread::{self, ThreadId};

use actix::dev::SendError;
use actix::{Actor, Addr};
use serde::Serialize;
use socketio_proto::socketio::{EncodeError, Frame};

use crate::hub::{Deliver, Delivery, Hub, HubId, Room};

/// The hubs of all threads that have had a session. One per thread, so as many as the server has workers.
#[derive(Default)]
pub(crate) struct Hubs {
    list: RwLock<Vec<Seat>>,
    next: AtomicU64,
}

struct Seat {
    id: HubId,
    thread: ThreadId,
    /// All deliveries go through this one address: each clone of an address has a place in the mailbox of its own,
    /// over the bound.
    hub: Addr<Hub>,
}

impl Hubs {
    /// The hub of the calling thread, which must be an actix one; started at the first call.
    pub(crate) fn here(&self) -> Addr<Hub> {
        let thread = thread::current().id();
        let mut list = self.list.write().unwrap_or_else(PoisonError::into_inner);
        list.retain(|seat| seat.hub.connected());
        if let Some(seat) = list.iter().find(|seat| seat.thread == thread) {
            return seat.hub.clone();
        }
        let hub = Hub::default().start();
        let id = HubId(self.next.fetch_add(1, Ordering::Relaxed));
        list.push(Seat {
            id,
            thread,
            hub: hub.clone(),
        });
        hub
    }

    fn seats(&self) -> RwLockReadGuard<'_, Vec<Seat>> {
        self.list.read().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What became of a delivery to one hub.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliverOutcome {
    /// It will be handled, after what was accepted before.
    Accepted,
    /// The hub's mailbox is full: nothing of it will be handled.
    Refused,
    /// The hub's thread is gone, and its sockets with it.
    Gone,
}

/// Sends to many sockets at once. A clone is one reference count.
#[derive(Clone)]
pub struct Emitter {
    pub(crate) hubs: Arc<Hubs>,
}

impl Emitter {
    /// To all that are in at least one of the rooms; without rooms to everyone.
    pub fn to<I: IntoIterator<Item: Into<Room>>>(&self, rooms: I) -> Broadcast<'_> {
        Broadcast {
            emitter: self,
            rooms: rooms.into_iter().map(Into::into).collect(),
            except: Vec::new(),
        }
    }

    /// Delivers frames in order, as one message per hub. Returns the hubs whose mailbox was full: nothing of it
    /// reaches their sockets, unless the caller repeats it with [`Emitter::deliver_to`].
    #[must_use = "the hubs named here got nothing"]
    pub fn deliver(&self, deliveries: Vec<Delivery>) -> Vec<HubId> {
        let deliveries: Arc<[Delivery]> = deliveries.into();
        self.hubs
            .seats()
            .iter()
            .filter(|seat| post(&seat.hub, &deliveries) == DeliverOutcome::Refused)
            .map(|seat| seat.id)
            .collect()
    }

    /// Delivers to the sockets of one hub only.
    #[must_use = "a refused delivery reaches nobody"]
    pub fn deliver_to(&self, hub: HubId, deliveries: Vec<Delivery>) -> DeliverOutcome {
        self.hubs
            .seats()
            .iter()
            .find(|seat| seat.id == hub)
            .map_or(DeliverOutcome::Gone, |seat| {
                post(&seat.hub, &deliveries.into())
            })
    }

    /// The hubs there are: one more when a thread gets its first session.
    pub fn hubs(&self) -> Vec<HubId> {
        self.hubs.seats().iter().map(|seat| seat.id).collect()
    }
}

fn post(hub: &Addr<Hub>, deliveries: &Arc<[Delivery]>) -> DeliverOutcome {
    match hub.try_send(Deliver(Arc::clone(deliveries))) {
        Ok(()) => DeliverOutcome::Accepted,
        Err(SendError::Full(_)) => DeliverOutcome::Refused,
        Err(SendError::Closed(_)) => DeliverOutcome::Gone,
    }
}

/// An event to rooms, being addressed.
#[must_use = "it is sent by `emit` or `send`"]
pub struct Broadcast<'a> {
    emitter: &'a Emitter,
    rooms: Vec<Room>,
    except: Vec<Room>,
}

impl Broadcast<'_> {
    /// Not to those in one of these rooms.
    pub fn except<I: IntoIterator<Item: Into<Room>>>(mut self, rooms: I) -> Self {
        self.except.extend(rooms.into_iter().map(Into::into));
        self
    }

    /// Sends an event with one argument, encoded once. Returns the hubs that refused, as [`Emitter::deliver`].
    ///
    /// # Errors
    /// When the argument cannot be encoded.
    pub fn emit(self, name: &str, arg: &impl Serialize) -> Result<Vec<HubId>, EncodeError> {
        Ok(self.send(Frame::event(name, arg)?))
    }

    /// Sends what has been encoded before. Returns the hubs that refused, as [`Emitter::deliver`].
    #[must_use = "the hubs named here got nothing"]
    pub fn send(self, frame: Frame) -> Vec<HubId> {
        let Self {
            emitter,
            rooms,
            except,
        } = self;
        emitter.deliver(vec![Delivery {
            rooms,
            except,
            frame,
        }])
    }
}
