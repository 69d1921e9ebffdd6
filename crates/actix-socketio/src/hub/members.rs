//! Who is in which room of one namespace, by value: no actor, no mailbox. Driven by [`super::Hub`] only.
//! Bound: one entry per socket of the thread and room it joined; the application bounds what it joins.

#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use socketio_proto::socketio::Frame;

use super::{Found, Parcel, Room, SocketKey};
use crate::handshake::Handshake;
use crate::queue::{Departure, Manner, Queue};
use crate::recovery::Journal;
use crate::socket::EmitError;

#[derive(Default)]
pub(super) struct Members {
    sockets: HashMap<SocketKey, Member>,
    rooms: HashMap<Room, HashSet<SocketKey>>,
}

/// Where what a socket is sent goes.
#[derive(Clone)]
pub(crate) struct Outlet {
    pub(crate) queue: Arc<Queue>,
    /// What numbers and keeps its events, if they are.
    pub(crate) journal: Option<Journal>,
}

struct Member {
    outlet: Outlet,
    own: Room,
    rooms: HashSet<Room>,
    handshake: Arc<Handshake>,
}

impl Members {
    pub(super) fn enter(
        &mut self,
        key: SocketKey,
        own: Room,
        outlet: Outlet,
        handshake: Arc<Handshake>,
    ) {
        self.rooms.entry(Arc::clone(&own)).or_default().insert(key);
        let member = Member {
            outlet,
            rooms: HashSet::from([Arc::clone(&own)]),
            own,
            handshake,
        };
        self.sockets.insert(key, member);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.sockets.is_empty()
    }

    pub(super) fn forget(&mut self, key: SocketKey) {
        if let Some(member) = self.sockets.remove(&key) {
            member.rooms.iter().for_each(|room| self.vacate(room, key));
        }
    }

    pub(super) fn join(&mut self, key: SocketKey, rooms: Vec<Room>) -> bool {
        let Some(member) = self.sockets.get_mut(&key) else {
            return false;
        };
        for room in rooms {
            self.rooms.entry(Arc::clone(&room)).or_default().insert(key);
            member.rooms.insert(room);
        }
        true
    }

    /// The room of its own is another one from now on, also if it was in it before.
    pub(super) fn adopt(&mut self, key: SocketKey, own: Room) {
        self.join(key, vec![Arc::clone(&own)]);
        let Some(member) = self.sockets.get_mut(&key) else {
            return;
        };
        let former = std::mem::replace(&mut member.own, own);
        self.leave(key, &[former]);
    }

    pub(super) fn leave(&mut self, key: SocketKey, rooms: &[Room]) -> bool {
        let Some(member) = self.sockets.get_mut(&key) else {
            return false;
        };
        let left: Vec<&Room> = rooms
            .iter()
            .filter(|room| **room != member.own && member.rooms.remove(*room))
            .collect();
        left.into_iter().for_each(|room| self.vacate(room, key));
        true
    }

    pub(super) fn rooms(&self, key: SocketKey) -> Option<Vec<Room>> {
        self.sockets
            .get(&key)
            .map(|member| member.rooms.iter().cloned().collect())
    }

    /// What a queue refuses is its session's matter: it is over, or about to be cut.
    /// The queues that are on no list yet come on this one, to be flushed.
    pub(super) fn deliver(&self, parcel: &Parcel, touched: &mut Vec<Arc<Queue>>) {
        self.select(&parcel.rooms, &parcel.except, |key, member| {
            let _over = member.outlet.put(key, parcel);
            if member.outlet.queue.enlist() {
                touched.push(Arc::clone(&member.outlet.queue));
            }
        });
    }

    pub(super) fn join_many(&mut self, rooms: &[Room], except: &[Room], join: &[Room]) {
        for key in self.keys(rooms, except) {
            self.join(key, join.to_vec());
        }
    }

    pub(super) fn leave_many(&mut self, rooms: &[Room], except: &[Room], leave: &[Room]) {
        for key in self.keys(rooms, except) {
            self.leave(key, leave);
        }
    }

    pub(super) fn disconnect_many(
        &self,
        rooms: &[Room],
        except: &[Room],
        namespace: &str,
        close: bool,
    ) {
        let farewell = Frame::disconnect(namespace);
        self.select(rooms, except, |key, member| {
            member
                .outlet
                .queue
                .depart(Some(farewell.clone()), Departure { key, close });
        });
    }

    /// Only who has been let in is found.
    pub(super) fn fetch(&self, rooms: &[Room], except: &[Room]) -> Vec<Found> {
        let mut found = Vec::new();
        self.select(rooms, except, |key, member| {
            if member.outlet.queue.is_joined(key) {
                found.push(Found {
                    id: Arc::clone(&member.own),
                    rooms: member.rooms.iter().cloned().collect(),
                    handshake: Arc::clone(&member.handshake),
                });
            }
        });
        found
    }

    fn keys(&self, rooms: &[Room], except: &[Room]) -> Vec<SocketKey> {
        let mut keys = Vec::new();
        self.select(rooms, except, |key, _| keys.push(key));
        keys
    }

    /// The union of the rooms (none: everyone), less who is in one of `except`, each once.
    fn select(&self, rooms: &[Room], except: &[Room], mut act: impl FnMut(SocketKey, &Member)) {
        let one = |key: &SocketKey| {
            if let Some(member) = self.sockets.get(key)
                && !except.iter().any(|room| member.rooms.contains(room))
            {
                act(*key, member);
            }
        };
        match rooms {
            [] => self.sockets.keys().for_each(one),
            [room] => self.in_room(room).for_each(one),
            rooms => {
                let union: HashSet<&SocketKey> =
                    rooms.iter().flat_map(|room| self.in_room(room)).collect();
                union.into_iter().for_each(one);
            }
        }
    }

    fn in_room(&self, room: &Room) -> impl Iterator<Item = &SocketKey> {
        self.rooms.get(room).into_iter().flatten()
    }

    fn vacate(&mut self, room: &Room, key: SocketKey) {
        if let Some(keys) = self.rooms.get_mut(room) {
            keys.remove(&key);
            if keys.is_empty() {
                self.rooms.remove(room);
            }
        }
    }
}

impl Outlet {
    fn put(&self, key: SocketKey, parcel: &Parcel) -> Result<(), EmitError> {
        if let (Some(journal), Manner::Queued(when_full)) = (&self.journal, &parcel.manner)
            && let Some(event) = parcel.numbered(journal)
        {
            return journal.send(&self.queue, key, event, when_full);
        }
        self.queue.put(key, &parcel.frame, &parcel.manner)
    }
}
