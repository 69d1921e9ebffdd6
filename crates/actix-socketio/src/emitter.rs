//! Sends to rooms: application (any thread) -> *emitter* -> one message to each hub.
//! Bound: each hub's mailbox; the hubs where it was full are named to the caller, who decides.

mod broadcast;
mod hubs;

use std::sync::Arc;

use actix::Addr;
use actix::dev::SendError;

pub use self::broadcast::Broadcast;
pub(crate) use self::hubs::Hubs;
use crate::ask::AskIds;
use crate::hub::{Deliver, Delivery, Hub, HubId, Parcel, Room};

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
    pub(crate) namespace: Arc<str>,
    pub(crate) ids: Arc<AskIds>,
}

impl Emitter {
    /// To all that are in at least one of the rooms; without rooms to everyone.
    pub fn to<I: IntoIterator<Item: Into<Room>>>(&self, rooms: I) -> Broadcast<'_> {
        Broadcast::new(self, rooms.into_iter().map(Into::into).collect())
    }

    /// To everyone in the namespace.
    pub fn everyone(&self) -> Broadcast<'_> {
        Broadcast::new(self, Vec::new())
    }

    /// Delivers frames in order, as one message per hub, each in its frame's own namespace. Returns the hubs whose mailbox was full: nothing of it
    /// reaches their sockets, unless the caller repeats it with [`Emitter::deliver_to`].
    #[must_use = "the hubs named here got nothing"]
    pub fn deliver(&self, deliveries: Vec<Delivery>) -> Vec<HubId> {
        self.post_all(&deliveries.into_iter().map(Parcel::from).collect())
    }

    /// Delivers to the sockets of one hub only.
    #[must_use = "a refused delivery reaches nobody"]
    pub fn deliver_to(&self, hub: HubId, deliveries: Vec<Delivery>) -> DeliverOutcome {
        self.hubs
            .seats()
            .iter()
            .find(|seat| seat.id == hub)
            .map_or(DeliverOutcome::Gone, |seat| {
                post(
                    &seat.hub,
                    deliveries.into_iter().map(Parcel::from).collect(),
                )
            })
    }

    fn post_all(&self, parcels: &Arc<[Parcel]>) -> Vec<HubId> {
        self.hubs
            .seats()
            .iter()
            .filter(|seat| post(&seat.hub, Arc::clone(parcels)) == DeliverOutcome::Refused)
            .map(|seat| seat.id)
            .collect()
    }

    /// The hubs there are: one more when a thread gets its first session.
    pub fn hubs(&self) -> Vec<HubId> {
        self.hubs.seats().iter().map(|seat| seat.id).collect()
    }
}

fn post(hub: &Addr<Hub>, parcels: Arc<[Parcel]>) -> DeliverOutcome {
    hub.try_send(Deliver { parcels }).into()
}

impl<M> From<Result<(), SendError<M>>> for DeliverOutcome {
    fn from(sent: Result<(), SendError<M>>) -> Self {
        match sent {
            Ok(()) => Self::Accepted,
            Err(SendError::Full(_)) => Self::Refused,
            Err(SendError::Closed(_)) => Self::Gone,
        }
    }
}
