//! What a hub is asked. Senders: sessions, [`crate::Socket`], [`crate::Emitter`]; the bound is the hub's mailbox.

use std::sync::Arc;

use actix::Message;

use super::{Found, Outlet, Parcel, Room, SocketKey};
use crate::handshake::Handshake;

/// Where a hub finds a socket.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) namespace: Arc<str>,
    pub(crate) key: SocketKey,
}

/// A socket begins. It may join rooms and be sent to before its client is let in.
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) struct Enter {
    pub(crate) place: Place,
    /// The room of its own.
    pub(crate) own: Room,
    pub(crate) outlet: Outlet,
    pub(crate) handshake: Arc<Handshake>,
}

/// A socket has another room of its own, in place of the first.
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) struct Adopt {
    pub(crate) place: Place,
    pub(crate) own: Room,
}

/// A socket is over.
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) struct Forget(pub(crate) Place);

/// False: the socket is gone.
#[derive(Message)]
#[rtype(result = "bool")]
pub(crate) struct Join {
    pub(crate) place: Place,
    pub(crate) rooms: Vec<Room>,
}

/// False: the socket is gone.
#[derive(Message)]
#[rtype(result = "bool")]
pub(crate) struct Leave {
    pub(crate) place: Place,
    pub(crate) rooms: Vec<Room>,
}

/// None: the socket is gone.
#[derive(Message)]
#[rtype(result = "Option<Vec<Room>>")]
pub(crate) struct Rooms {
    pub(crate) place: Place,
}

/// Frames in order. One message for a hub, whatever their number.
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) struct Deliver {
    pub(crate) parcels: Arc<[Parcel]>,
}

/// The sockets of a namespace that are in one of the rooms (none: all), less who is in a room of `except`.
#[derive(Debug)]
pub(crate) struct Audience {
    pub(crate) namespace: Arc<str>,
    pub(crate) rooms: Vec<Room>,
    pub(crate) except: Vec<Room>,
}

/// What is done with many sockets.
#[derive(Clone, Debug)]
pub(crate) enum Change {
    Join(Vec<Room>),
    Leave(Vec<Room>),
    Disconnect { close: bool },
}

/// Changes all of an audience.
#[derive(Clone, Message)]
#[rtype(result = "()")]
pub(crate) struct ChangeMany {
    pub(crate) audience: Arc<Audience>,
    pub(crate) change: Change,
}

/// Looks up an audience.
#[derive(Clone, Message)]
#[rtype(result = "Vec<Found>")]
pub(crate) struct FetchMany(pub(crate) Arc<Audience>);
