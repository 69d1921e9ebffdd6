//! Who is in which room, by value: no actor, no mailbox. Driven by [`super::Hub`] only.
//! Bound: one entry per socket of the thread and room it joined; the application bounds what it joins.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::{Delivery, Room, SocketKey};
use crate::queue::Queue;

#[derive(Default)]
pub(super) struct Members {
    sockets: HashMap<SocketKey, Member>,
    rooms: HashMap<Room, HashSet<SocketKey>>,
}

struct Member {
    queue: Arc<Queue>,
    own: Room,
    rooms: HashSet<Room>,
}

impl Members {
    pub(super) fn enter(&mut self, key: SocketKey, own: Room, queue: Arc<Queue>) {
        self.rooms.entry(Arc::clone(&own)).or_default().insert(key);
        let rooms = HashSet::from([Arc::clone(&own)]);
        self.sockets.insert(key, Member { queue, own, rooms });
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
    pub(super) fn deliver(
        &self,
        Delivery {
            rooms,
            except,
            frame,
        }: &Delivery,
    ) {
        let send = |key: &SocketKey| {
            let Some(member) = self.sockets.get(key) else {
                return;
            };
            if !except.iter().any(|room| member.rooms.contains(room)) {
                let _over = member.queue.push(*key, frame);
            }
        };
        match rooms.as_slice() {
            [] => self.sockets.keys().for_each(send),
            [room] => self.in_room(room).for_each(send),
            rooms => {
                let union: HashSet<&SocketKey> =
                    rooms.iter().flat_map(|room| self.in_room(room)).collect();
                union.into_iter().for_each(send);
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

#[cfg(test)]
mod tests {
    use socketio_proto::socketio::Frame;

    use super::*;

    /// Sockets 1 to 3: 1 in a, 2 in a and b, 3 in no room but its own.
    fn members() -> (Members, Vec<Arc<Queue>>) {
        let frame = || Frame::event("connect", &0).expect("a number has JSON");
        let mut members = Members::default();
        let queues: Vec<_> = (1..=3)
            .map(|number| {
                let (key, queue) = (SocketKey(number), Arc::new(Queue::new(1000)));
                queue.hold(key);
                queue.open(key, frame());
                queue.take(1000);
                members.enter(key, number.to_string().into(), Arc::clone(&queue));
                queue
            })
            .collect();
        members.join(SocketKey(1), vec!["a".into()]);
        members.join(SocketKey(2), vec!["a".into(), "b".into()]);
        (members, queues)
    }

    fn delivery(rooms: &[&str], except: &[&str]) -> Delivery {
        let names = |rooms: &[&str]| rooms.iter().map(|room| Room::from(*room)).collect();
        let frame = Frame::event("x", &0).expect("a number has JSON");
        Delivery {
            rooms: names(rooms),
            except: names(except),
            frame,
        }
    }

    fn received(queues: &[Arc<Queue>]) -> Vec<usize> {
        queues
            .iter()
            .map(|queue| queue.take(1000).frames.len())
            .collect()
    }

    #[test]
    fn a_delivery_reaches_the_union_of_its_rooms_once() {
        for (rooms, except, expected) in [
            (&[][..], &[][..], [1, 1, 1]),
            (&["a"], &[], [1, 1, 0]),
            (&["a", "b"], &[], [1, 1, 0]),
            (&["b"], &[], [0, 1, 0]),
            (&["3"], &[], [0, 0, 1]),
            (&["a", "3"], &["b"], [1, 0, 1]),
            (&[], &["a"], [0, 0, 1]),
            (&["none"], &[], [0, 0, 0]),
        ] {
            let (members, queues) = members();
            members.deliver(&delivery(rooms, except));
            assert_eq!(received(&queues), expected, "{rooms:?} except {except:?}");
        }
    }

    #[test]
    fn who_left_or_is_forgotten_gets_nothing() {
        let (mut members, queues) = members();
        assert!(members.leave(SocketKey(1), &["a".into(), "1".into(), "never".into()]));
        members.forget(SocketKey(2));
        members.deliver(&delivery(&["a", "b", "1"], &[]));
        assert_eq!(received(&queues), [1, 0, 0]);
        assert_eq!(members.rooms.len(), 2, "empty rooms are dropped");
        assert_eq!(members.rooms(SocketKey(2)), None);
        assert!(!members.join(SocketKey(2), vec!["a".into()]));
        assert!(!members.leave(SocketKey(2), &["a".into()]));
    }
}
