//! How a socket gets into rooms so that nothing falls between what it has and what it will get:
//! `realtime` -> registry -> **organization**, which alone knows what it has handed to each hub.

use actix::Message;
use actix_socketio::{Frame, Room as RoomName};

use super::hubs::{HubKey, Outcome};
use crate::{
    domain::OrganizationId,
    events::{JoinedRoom, Offset, Room},
};

/// A socket that is to join rooms.
pub trait Entrant: Send + 'static {
    /// The hub that holds its rooms.
    fn hub(&self) -> HubKey;

    /// Joins rooms, in order with what is delivered to its hub, or not at all.
    fn join(&self, rooms: Vec<RoomName>) -> Outcome;
}

/// What a socket has got of the rooms that it is to join.
#[derive(Debug, Clone)]
pub enum Entry {
    /// Nothing, and it is not to get what was.
    Fresh(Vec<Room>),
    /// It comes back.
    Return {
        /// Its rooms, and since when it is in each.
        rooms: Vec<JoinedRoom>,
        /// What it has got.
        from: Offset,
        /// Bytes that what it missed may take.
        limit: usize,
    },
}

impl Entry {
    pub(super) fn room_names(&self) -> Vec<RoomName> {
        let name = |room: &Room| RoomName::from(room.to_string());
        match self {
            Self::Fresh(rooms) => rooms.iter().map(name).collect(),
            Self::Return { rooms, .. } => rooms.iter().map(|joined| name(&joined.room)).collect(),
        }
    }
}

/// Joins a socket to rooms of an organization that is watched. Answered at once, or after the flush that passes
/// what it has got.
#[derive(Message)]
#[rtype(result = "Result<Admitted, NotAdmitted>")]
pub struct Admit {
    /// Whose rooms.
    pub organization: OrganizationId,
    /// Who.
    pub entrant: Box<dyn Entrant>,
    /// What it has.
    pub entry: Entry,
}

/// A socket is in its rooms.
#[derive(Debug, Clone)]
pub struct Admitted {
    /// Everything up to here is not for it, or is in `missed`; everything after it will be delivered.
    pub at: Offset,
    /// What it missed, in order.
    pub missed: Vec<Frame>,
}

/// Why a socket is in none of the rooms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAdmitted {
    /// What it missed cannot be told any more, or is too much: it has to begin afresh.
    #[error("what was missed cannot be replayed")]
    Lost,
    /// Worth another try later.
    #[error("the organization's rooms cannot be joined now")]
    NotNow,
}
