//! The rooms of one socket, and since when it is in each. Bound: [`MAX_SUBSCRIPTIONS`], and those of everybody.

use std::collections::HashMap;

use crate::{
    auth::Identity,
    events::{JoinedRoom, Offset, Room},
    storage::recovery::ChangedRoom,
};

use super::error::CommandError;

/// Sites and units that one socket may follow at once.
pub(super) const MAX_SUBSCRIPTIONS: usize = 1_000;

/// See the module.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Rooms(HashMap<Room, Offset>);

impl Rooms {
    /// Those of a socket that has just come in.
    pub(super) fn fresh(who: &Identity, at: Offset) -> Self {
        Self(
            of_everybody(who)
                .into_iter()
                .map(|room| (room, at))
                .collect(),
        )
    }

    pub(super) fn joined(&self) -> Vec<JoinedRoom> {
        let joined = |(room, at): (&Room, &Offset)| JoinedRoom {
            room: *room,
            at: *at,
        };
        self.0.iter().map(joined).collect()
    }

    pub(super) fn contains(&self, room: Room) -> bool {
        self.0.contains_key(&room)
    }

    /// Whether there is room for this one.
    pub(super) fn check_place(&self, room: Room) -> Result<(), CommandError> {
        let followed = self.0.keys().filter(|room| is_subscription(**room)).count();
        if is_subscription(room) && followed >= MAX_SUBSCRIPTIONS {
            return Err(CommandError::TooManySubscriptions);
        }
        Ok(())
    }

    pub(super) fn insert(&mut self, room: Room, at: Offset) {
        self.0.insert(room, at);
    }

    /// Whether it was there.
    pub(super) fn remove(&mut self, room: Room) -> bool {
        self.0.remove(&room).is_some()
    }
}

/// Where a socket is from the start. The organization's and the person's it never leaves.
pub(super) fn of_everybody(who: &Identity) -> Vec<Room> {
    let organization = who.organization_id;
    let own = who.user_id.map(Room::User);
    [
        Room::Organization(organization),
        Room::Readings(organization),
    ]
    .into_iter()
    .chain(own)
    .collect()
}

/// Those of a socket that was fresh at `at` and changed these since. None if that cannot be read.
pub(super) fn restored(who: &Identity, at: Offset, changed: Vec<ChangedRoom>) -> Option<Rooms> {
    let mut rooms = Rooms::fresh(who, at);
    for ChangedRoom { room, joined_at } in changed {
        let room = room.parse().ok()?;
        match joined_at {
            Some(at) => rooms.insert(room, at.parse().ok()?),
            None => drop(rooms.remove(room)),
        }
    }
    Some(rooms)
}

const fn is_subscription(room: Room) -> bool {
    match room {
        Room::Site(_) | Room::Unit(_) => true,
        Room::Organization(_) | Room::Readings(_) | Room::User(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{
        domain::{Role, Timestamp},
        events::{LogId, Position},
    };

    fn at(seq: i64) -> Offset {
        Position::at(LogId(1), seq).offset()
    }

    fn somebody() -> Identity {
        let user = Uuid::from_u128(2);
        Identity {
            user_id: Some(user.into()),
            subject: user.to_string(),
            organization_id: Uuid::from_u128(1).into(),
            role: Role::Staff,
            email: None,
            name: None,
            session: None,
            expires_at: Timestamp::MAX,
        }
    }

    fn unit(number: u128) -> Room {
        Room::Unit(Uuid::from_u128(number).into())
    }

    #[test]
    fn the_thousand_and_first_subscription_is_a_conflict_until_one_is_given_up() {
        let mut rooms = Rooms::fresh(&somebody(), at(0));
        for number in 0..1_000 {
            assert!(rooms.check_place(unit(number)).is_ok(), "{number}");
            rooms.insert(unit(number), at(1));
        }
        let over = rooms.check_place(unit(1_000));
        assert!(matches!(over, Err(CommandError::TooManySubscriptions)));
        let readings = Room::Readings(somebody().organization_id);
        assert!(rooms.check_place(readings).is_ok(), "it is no subscription");
        assert!(rooms.remove(unit(7)));
        assert!(!rooms.remove(unit(7)));
        assert!(rooms.check_place(unit(1_000)).is_ok());
    }

    #[test]
    fn a_socket_comes_back_into_the_rooms_that_it_changed_and_the_others() {
        let who = somebody();
        let readings = Room::Readings(who.organization_id);
        let change = |room: Room, joined_at: Option<Offset>| ChangedRoom {
            room: room.to_string(),
            joined_at: joined_at.map(|at| at.to_string()),
        };
        let changed = vec![
            change(readings, None),
            change(unit(1), Some(at(5))),
            change(unit(2), None),
        ];
        let restored_rooms = restored(&who, at(3), changed).expect("readable");
        let mut expected = Rooms::fresh(&who, at(3));
        expected.remove(readings);
        expected.insert(unit(1), at(5));
        assert_eq!(restored_rooms, expected);
        for unreadable in [("nowhere", Some(at(5).to_string())), ("org:1", None)] {
            let (room, joined_at) = (unreadable.0.to_owned(), unreadable.1);
            let changed = vec![ChangedRoom { room, joined_at }];
            assert_eq!(restored(&who, at(3), changed), None, "{}", unreadable.0);
        }
    }
}
