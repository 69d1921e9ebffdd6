//! Rooms: who hears what. The text form is the Socket.IO room's name.

use std::{fmt, str::FromStr};

use crate::domain::{OrganizationId, SiteId, UnitId, UserId};

/// A group of sockets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Room {
    /// Every socket of an organization, always: alerts, statuses, data changes.
    Organization(OrganizationId),
    /// Those that also want every reading of it.
    Readings(OrganizationId),
    /// Those that look at one site.
    Site(SiteId),
    /// Those that look at one unit.
    Unit(UnitId),
    /// The sockets of one person.
    User(UserId),
}

/// A text that names no room.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` names no room")]
pub struct InvalidRoom(String);

impl fmt::Display for Room {
    /// `org:{id}`, `org:{id}:readings`, `site:{id}`, `unit:{id}`, `user:{id}`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Organization(id) => write!(f, "org:{id}"),
            Self::Readings(id) => write!(f, "org:{id}:readings"),
            Self::Site(id) => write!(f, "site:{id}"),
            Self::Unit(id) => write!(f, "unit:{id}"),
            Self::User(id) => write!(f, "user:{id}"),
        }
    }
}

impl FromStr for Room {
    type Err = InvalidRoom;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let room = match text.split_once(':') {
            Some(("org", rest)) => match rest.strip_suffix(":readings") {
                Some(id) => id.parse().map(Self::Readings),
                None => rest.parse().map(Self::Organization),
            },
            Some(("site", id)) => id.parse().map(Self::Site),
            Some(("unit", id)) => id.parse().map(Self::Unit),
            Some(("user", id)) => id.parse().map(Self::User),
            _ => return Err(InvalidRoom(text.to_owned())),
        };
        room.map_err(|_| InvalidRoom(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn every_room_has_one_text() {
        let id = Uuid::from_u128(0x0192_0000_0000_7000_8000_0000_0000_0001);
        for (room, text) in [
            (Room::Organization(id.into()), format!("org:{id}")),
            (Room::Readings(id.into()), format!("org:{id}:readings")),
            (Room::Site(id.into()), format!("site:{id}")),
            (Room::Unit(id.into()), format!("unit:{id}")),
            (Room::User(id.into()), format!("user:{id}")),
        ] {
            assert_eq!(room.to_string(), text);
            assert_eq!(text.parse(), Ok(room));
        }
    }

    #[test]
    fn what_names_no_room_is_refused() {
        for text in [
            "",
            "org",
            "org:",
            "org:1",
            "site:x:readings",
            "area:00000000-0000-0000-0000-000000000000",
        ] {
            assert_eq!(
                text.parse::<Room>(),
                Err(InvalidRoom(text.to_owned())),
                "{text}"
            );
        }
    }
}
