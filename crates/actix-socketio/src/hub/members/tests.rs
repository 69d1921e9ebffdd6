//! Who gets what, by rooms.

use socketio_proto::socketio::{Encoding, Frame};

use super::*;
use crate::hub::Delivery;
use crate::queue::WhenFull;

/// Sockets 1 to 3: 1 in a, 2 in a and b, 3 in no room but its own.
fn members() -> (Members, Vec<Arc<Queue>>) {
    let frame = || Frame::event("connect", &0).expect("a number has JSON");
    let mut members = Members::default();
    let queues: Vec<_> = (1..=3)
        .map(|number| {
            let (key, queue) = (SocketKey(number), Arc::new(Queue::new(1000)));
            queue.hold(key);
            queue.open(key, Vec::new(), Some(frame()));
            queue.take(1000, Encoding::Json);
            members.enter(
                key,
                number.to_string().into(),
                Outlet {
                    queue: Arc::clone(&queue),
                    journal: None,
                },
                handshake(),
            );
            queue
        })
        .collect();
    members.join(SocketKey(1), vec!["a".into()]);
    members.join(SocketKey(2), vec!["a".into(), "b".into()]);
    (members, queues)
}

fn handshake() -> Arc<Handshake> {
    Arc::new(Handshake {
        peer: None,
        origin: None,
        user_agent: None,
        query: String::new(),
    })
}

fn names(rooms: &[&str]) -> Vec<Room> {
    rooms.iter().map(|room| Room::from(*room)).collect()
}

fn parcel(rooms: &[&str], except: &[&str]) -> Parcel {
    let frame = Frame::event("x", &0).expect("a number has JSON");
    Parcel::from(Delivery {
        rooms: names(rooms),
        except: names(except),
        frame,
        when_full: WhenFull::Disconnect,
    })
}

fn received(queues: &[Arc<Queue>]) -> Vec<usize> {
    queues
        .iter()
        .map(|queue| queue.take(1000, Encoding::Json).frames.len())
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
        members.deliver(&parcel(rooms, except), &mut Vec::new());
        assert_eq!(received(&queues), expected, "{rooms:?} except {except:?}");
    }
}

#[test]
fn who_left_or_is_forgotten_gets_nothing() {
    let (mut members, queues) = members();
    assert!(members.leave(SocketKey(1), &["a".into(), "1".into(), "never".into()]));
    members.forget(SocketKey(2));
    members.deliver(&parcel(&["a", "b", "1"], &[]), &mut Vec::new());
    assert_eq!(received(&queues), [1, 0, 0]);
    assert_eq!(members.rooms.len(), 2, "empty rooms are dropped");
    assert_eq!(members.rooms(SocketKey(2)), None);
    assert!(!members.join(SocketKey(2), vec!["a".into()]));
    assert!(!members.leave(SocketKey(2), &["a".into()]));
}

#[test]
fn many_are_moved_found_and_disconnected_by_their_rooms() {
    let (mut members, queues) = members();
    members.join_many(&names(&["a"]), &names(&["b"]), &names(&["c"]));
    let found = |members: &Members, room: &str| {
        let mut ids: Vec<String> = members
            .fetch(&names(&[room]), &[])
            .into_iter()
            .map(|member| member.id.to_string())
            .collect();
        ids.sort();
        ids
    };
    assert_eq!(found(&members, "c"), ["1"]);
    members.leave_many(&[], &[], &names(&["a", "c"]));
    assert_eq!(found(&members, "c"), [""; 0]);
    assert_eq!(found(&members, "b"), ["2"]);
    members.disconnect_many(&names(&["b"]), &[], "/", true);
    assert_eq!(found(&members, "b"), [""; 0]);
    let closing = |queue: &Arc<Queue>| queue.notices().departures.len();
    assert_eq!(queues.iter().map(closing).collect::<Vec<_>>(), [0, 1, 0]);
}

#[test]
fn an_adopted_room_takes_the_place_of_its_own() {
    let (mut members, _) = members();
    for own in ["first", "first", "a"] {
        members.adopt(SocketKey(1), own.into());
        members.leave(SocketKey(1), &names(&[own]));
    }
    let mut rooms = members.rooms(SocketKey(1)).expect("it is there");
    rooms.sort();
    assert_eq!(rooms, names(&["a"]));
}
