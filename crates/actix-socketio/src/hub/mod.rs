//! The rooms of one thread: emitter (any thread) -> *hub* -> the queue of each of this thread's sockets.
//!
//! Joins and deliveries share its mailbox, so they take effect in the order in which they were asked for.
//! Bound: [`MAILBOX`] messages; a delivery over it is refused to its sender, a join waits.

mod members;

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use actix::{Actor, Context, Handler, Message};
use log::error;
use socketio_proto::socketio::Frame;

use self::members::Members;
use crate::queue::Queue;

/// Messages that may wait for a hub.
const MAILBOX: usize = 1024;

/// The name of a room.
pub type Room = Arc<str>;

/// A hub, and with it the thread that it serves. Never used again for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct HubId(pub(crate) u64);

impl fmt::Display for HubId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A socket within this server. Never used again for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct SocketKey(pub(crate) u64);

/// One frame and who gets it: the union of `rooms` (none: everyone), less who is in a room of `except`. A socket in
/// several of the rooms gets it once.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// Who gets it.
    pub rooms: Vec<Room>,
    /// Who does not.
    pub except: Vec<Room>,
    /// What they get.
    pub frame: Frame,
}

/// A socket begins. It may join rooms and be sent to before its client is let in.
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) struct Enter {
    pub(crate) key: SocketKey,
    /// The room of its own.
    pub(crate) own: Room,
    pub(crate) queue: Arc<Queue>,
}

/// A socket is over.
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) struct Forget(pub(crate) SocketKey);

/// False: the socket is gone.
#[derive(Message)]
#[rtype(result = "bool")]
pub(crate) struct Join {
    pub(crate) key: SocketKey,
    pub(crate) rooms: Vec<Room>,
}

/// False: the socket is gone.
#[derive(Message)]
#[rtype(result = "bool")]
pub(crate) struct Leave {
    pub(crate) key: SocketKey,
    pub(crate) rooms: Vec<Room>,
}

/// None: the socket is gone.
#[derive(Message)]
#[rtype(result = "Option<Vec<Room>>")]
pub(crate) struct Rooms {
    pub(crate) key: SocketKey,
}

/// Frames in order. One message for a hub, whatever their number.
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) struct Deliver(pub(crate) Arc<[Delivery]>);

/// The actor of one thread.
#[derive(Default)]
pub(crate) struct Hub {
    members: Members,
}

impl Hub {
    /// A panic here would silence a whole thread: it is logged, and the message counts as not handled.
    fn guarded<T: Default>(&mut self, act: impl FnOnce(&mut Members) -> T) -> T {
        catch_unwind(AssertUnwindSafe(|| act(&mut self.members))).unwrap_or_else(|_| {
            error!(actor = "hub"; "a message panicked and was dropped");
            T::default()
        })
    }
}

impl Actor for Hub {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.set_mailbox_capacity(MAILBOX);
    }
}

impl Handler<Enter> for Hub {
    type Result = ();

    fn handle(&mut self, Enter { key, own, queue }: Enter, _: &mut Self::Context) {
        self.guarded(|members| members.enter(key, own, queue));
    }
}

impl Handler<Forget> for Hub {
    type Result = ();

    fn handle(&mut self, Forget(key): Forget, _: &mut Self::Context) {
        self.guarded(|members| members.forget(key));
    }
}

impl Handler<Join> for Hub {
    type Result = bool;

    fn handle(&mut self, Join { key, rooms }: Join, _: &mut Self::Context) -> bool {
        self.guarded(|members| members.join(key, rooms))
    }
}

impl Handler<Leave> for Hub {
    type Result = bool;

    fn handle(&mut self, Leave { key, rooms }: Leave, _: &mut Self::Context) -> bool {
        self.guarded(|members| members.leave(key, &rooms))
    }
}

impl Handler<Rooms> for Hub {
    type Result = Option<Vec<Room>>;

    fn handle(&mut self, Rooms { key }: Rooms, _: &mut Self::Context) -> Option<Vec<Room>> {
        self.guarded(|members| members.rooms(key))
    }
}

impl Handler<Deliver> for Hub {
    type Result = ();

    fn handle(&mut self, Deliver(deliveries): Deliver, _: &mut Self::Context) {
        self.guarded(|members| {
            deliveries
                .iter()
                .for_each(|delivery| members.deliver(delivery));
        });
    }
}
