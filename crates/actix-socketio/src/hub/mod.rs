//! The rooms of one thread: emitter (any thread) -> *hub* -> the queue of each of this thread's sockets.
//!
//! Joins and deliveries share its mailbox, so they take effect in the order in which they were asked for.
//! Bounds: [`MAILBOX`] messages; a delivery over it is refused to its sender, whatever is answered waits. What
//! [`TURN`] deliveries have put into queues leaves, whatever follows them.

mod members;
mod messages;
mod parcel;
mod seat;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task;

use actix::fut::ActorFuture;
use actix::{Actor, AsyncContext as _, Context, Handler};
use log::error;
use socketio_proto::socketio::Frame;

use self::members::Members;
pub(crate) use self::members::Outlet;
pub(crate) use self::messages::{
    Adopt, Audience, Change, ChangeMany, Deliver, Enter, FetchMany, Forget, Join, Leave, Place,
    Rooms,
};
pub(crate) use self::parcel::Parcel;
pub use self::seat::Seat;
use crate::handshake::Handshake;
use crate::queue::{Queue, WhenFull};

/// Messages that may wait for a hub.
const MAILBOX: usize = 1024;

/// Deliveries that leave together. More of them would only be late: senders on other threads can keep the mailbox from
/// ever being empty.
const TURN: usize = 64;

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

/// One frame and who gets it: of the sockets in the frame's namespace the union of `rooms` (none: everyone), less who
/// is in a room of `except`. A socket in several of the rooms gets it once.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// Who gets it.
    pub rooms: Vec<Room>,
    /// Who does not.
    pub except: Vec<Room>,
    /// What they get.
    pub frame: Frame,
    /// What becomes of it where it has no room.
    pub when_full: WhenFull,
}

/// A socket as [`crate::Broadcast::fetch`] found it.
#[derive(Clone, Debug)]
pub struct Found {
    /// Its id, which is the room to reach it by.
    pub id: Room,
    /// The rooms it is in, its own included, in no order.
    pub rooms: Vec<Room>,
    /// What its session's first request told.
    pub handshake: Arc<Handshake>,
}

/// The actor of one thread.
#[derive(Default)]
pub(crate) struct Hub {
    /// Only those with sockets.
    namespaces: HashMap<Arc<str>, Members>,
    /// Queues that this turn has put something into, each once.
    touched: Vec<Arc<Queue>>,
    /// Deliveries of this turn.
    delivered: usize,
    /// A [`Flush`] is on its way.
    flushing: bool,
}

impl Hub {
    /// A panic here would silence a whole thread: it is logged, and the message counts as not handled.
    fn guarded<T: Default>(&mut self, act: impl FnOnce(&mut Self) -> T) -> T {
        catch_unwind(AssertUnwindSafe(|| act(self))).unwrap_or_else(|_| {
            error!(actor = "hub"; "a message panicked and was dropped");
            T::default()
        })
    }

    /// Ends the turn: what it has put into queues leaves.
    fn flush(&mut self) {
        self.delivered = 0;
        for queue in std::mem::take(&mut self.touched) {
            self.guarded(|_| queue.flush());
        }
    }

    /// A namespace without sockets has nothing to act on.
    fn within<T: Default>(&mut self, namespace: &str, act: impl FnOnce(&mut Members) -> T) -> T {
        self.guarded(|hub| {
            hub.namespaces
                .get_mut(namespace)
                .map_or_else(T::default, act)
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

    fn handle(&mut self, enter: Enter, _: &mut Self::Context) {
        let Enter {
            place: Place { namespace, key },
            own,
            outlet,
            handshake,
        } = enter;
        self.guarded(|hub| {
            let members = hub.namespaces.entry(namespace).or_default();
            members.enter(key, own, outlet, handshake);
        });
    }
}

impl Handler<Adopt> for Hub {
    type Result = ();

    fn handle(&mut self, Adopt { place, own }: Adopt, _: &mut Self::Context) {
        self.within(&place.namespace, |members| members.adopt(place.key, own));
    }
}

impl Handler<Forget> for Hub {
    type Result = ();

    fn handle(&mut self, Forget(Place { namespace, key }): Forget, _: &mut Self::Context) {
        let deserted = self.within(&namespace, |members| {
            members.forget(key);
            members.is_empty()
        });
        if deserted {
            self.namespaces.remove(&namespace);
        }
    }
}

impl Handler<Join> for Hub {
    type Result = bool;

    fn handle(&mut self, Join { place, rooms }: Join, _: &mut Self::Context) -> bool {
        self.within(&place.namespace, |members| members.join(place.key, rooms))
    }
}

impl Handler<Leave> for Hub {
    type Result = bool;

    fn handle(&mut self, Leave { place, rooms }: Leave, _: &mut Self::Context) -> bool {
        self.within(&place.namespace, |members| members.leave(place.key, &rooms))
    }
}

impl Handler<Rooms> for Hub {
    type Result = Option<Vec<Room>>;

    fn handle(&mut self, Rooms { place }: Rooms, _: &mut Self::Context) -> Option<Vec<Room>> {
        self.within(&place.namespace, |members| members.rooms(place.key))
    }
}

impl Handler<Deliver> for Hub {
    type Result = ();

    fn handle(&mut self, Deliver { parcels }: Deliver, ctx: &mut Self::Context) {
        for parcel in &*parcels {
            self.guarded(|hub| {
                if let Some(members) = hub.namespaces.get(parcel.frame.namespace()) {
                    members.deliver(parcel, &mut hub.touched);
                }
            });
        }
        self.delivered += 1;
        if self.delivered >= TURN {
            self.flush();
        } else if !self.flushing && !self.touched.is_empty() {
            self.flushing = true;
            ctx.spawn(Flush);
        }
    }
}

/// Runs when the mailbox is empty: what several deliveries have put into a queue leaves together.
struct Flush;

impl ActorFuture<Hub> for Flush {
    type Output = ();

    fn poll(
        self: Pin<&mut Self>,
        hub: &mut Hub,
        _: &mut Context<Hub>,
        _: &mut task::Context<'_>,
    ) -> task::Poll<()> {
        hub.flushing = false;
        hub.flush();
        task::Poll::Ready(())
    }
}

impl Handler<ChangeMany> for Hub {
    type Result = ();

    fn handle(&mut self, ChangeMany { audience, change }: ChangeMany, _: &mut Self::Context) {
        let Audience {
            namespace,
            rooms,
            except,
        } = &*audience;
        self.within(namespace, |members| match &change {
            Change::Join(join) => members.join_many(rooms, except, join),
            Change::Leave(leave) => members.leave_many(rooms, except, leave),
            Change::Disconnect { close } => {
                members.disconnect_many(rooms, except, namespace, *close);
            }
        });
    }
}

impl Handler<FetchMany> for Hub {
    type Result = Vec<Found>;

    fn handle(&mut self, FetchMany(audience): FetchMany, _: &mut Self::Context) -> Vec<Found> {
        let Audience {
            namespace,
            rooms,
            except,
        } = &*audience;
        self.within(namespace, |members| members.fetch(rooms, except))
    }
}
