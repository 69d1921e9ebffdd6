//! The log: what happened in one organization, one entry per commit, numbered without holes.
//!
//! `storage` writes an entry's items as the JSON body of its row and gives it its number and time in the
//! same transaction; followers apply entries in the order of their numbers.

use std::{fmt, str::FromStr, sync::Arc};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{DataUpdated, Event, Notice, Resource};
use crate::domain::{OrganizationId, Reading, SiteId, Timestamp, UnitId, UserId};

/// Tells whoever follows an organization that an entry was committed. Called after the commit, from the
/// writer's task: must return at once.
pub type OnCommit = Arc<dyn Fn(OrganizationId, Arc<LogEntry>) + Send + Sync>;

/// The identity of a database's log: random, made once and kept there, so that a number from another
/// database (restored, replaced) is not taken for one of this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LogId(pub u64);

impl fmt::Display for LogId {
    /// 16 hex digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl FromStr for LogId {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        u64::from_str_radix(text, 16).map(Self)
    }
}

/// What one commit changed in one organization.
#[derive(Debug, Clone, PartialEq)]
pub struct LogEntry {
    /// 1 for the organization's first; each is the one before plus 1.
    pub seq: i64,
    /// When it was written, by the database's clock.
    pub at: Timestamp,
    /// In the order of the decisions.
    pub items: Vec<LogItem>,
}

impl LogEntry {
    /// The row's body: the items alone, as JSON.
    ///
    /// ```json
    /// [{"reading":{"unitId":"…","siteId":"…","reading":{"id":"…","temperature":8.2,…}}},
    ///  {"event":{"audience":"organization","event":{"name":"unit:status","payload":{…}}}},
    ///  {"event":{"audience":{"user":"…"},"event":{…}}},
    ///  {"notice":{"loginEnded":{"sessionId":"…"}}}]
    /// ```
    ///
    /// # Errors
    /// None in practice: every item has a JSON form.
    pub fn encode_body(items: &[LogItem]) -> serde_json::Result<String> {
        serde_json::to_string(items)
    }

    /// An entry from the columns of its row.
    ///
    /// # Errors
    /// If the body is not what [`encode_body`](Self::encode_body) makes.
    pub fn decode(seq: i64, at: Timestamp, body: &str) -> serde_json::Result<Self> {
        Ok(Self {
            seq,
            at,
            items: serde_json::from_str(body)?,
        })
    }

    /// What it says to servers.
    pub fn notices(&self) -> impl Iterator<Item = Notice> {
        self.items.iter().filter_map(|item| match item {
            LogItem::Notice(notice) => Some(*notice),
            LogItem::Reading { .. } | LogItem::Event { .. } => None,
        })
    }

    /// How many readings it holds.
    #[must_use]
    pub fn reading_count(&self) -> usize {
        self.items
            .iter()
            .filter(|item| matches!(item, LogItem::Reading { .. }))
            .count()
    }
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum LogItem {
    /// A reading was stored; clients get it with the next tick.
    Reading {
        /// The unit it was measured in.
        unit_id: UnitId,
        /// That unit's site.
        site_id: SiteId,
        /// What was measured.
        reading: Reading,
    },
    /// Something that clients get at once.
    Event {
        /// Who gets it.
        audience: Audience,
        /// What.
        event: Event,
    },
    /// Something for the servers alone.
    Notice(Notice),
}

impl LogItem {
    /// The organization is told that a resource was made or changed.
    #[must_use]
    pub const fn data_updated(resource: Resource, id: Uuid) -> Self {
        Self::Event {
            audience: Audience::Organization,
            event: Event::DataUpdated(DataUpdated { resource, id }),
        }
    }
}

/// Who an event is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Audience {
    /// Every socket of the organization.
    Organization,
    /// The sockets in its readings room.
    Readings,
    /// The sockets of one person.
    User(UserId),
}

#[cfg(test)]
pub(crate) mod fixtures {
    use uuid::Uuid;

    use super::*;

    /// A live reading of a nameless device, measured `n` seconds after the epoch, with the id `n`.
    pub(crate) fn reading(n: i64, temperature: f64) -> Reading {
        Reading {
            id: Uuid::from_u128(n.unsigned_abs().into()).into(),
            device_id: Uuid::nil().into(),
            temperature: Some(temperature),
            humidity: None,
            door_open: None,
            battery: None,
            battery_volts: None,
            signal: None,
            late: false,
            fault: false,
            simulated: false,
            timestamp: Timestamp::from_millis(n * 1000),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{fixtures::reading, *};

    #[test]
    fn an_entry_comes_back_from_its_row() {
        let id = Uuid::from_u128(9);
        let changed = || {
            Event::DataUpdated(DataUpdated {
                resource: Resource::Units,
                id,
            })
        };
        let items = vec![
            LogItem::Reading {
                unit_id: id.into(),
                site_id: id.into(),
                reading: reading(3, -18.25),
            },
            LogItem::Event {
                audience: Audience::Organization,
                event: changed(),
            },
            LogItem::Event {
                audience: Audience::Readings,
                event: changed(),
            },
            LogItem::Event {
                audience: Audience::User(id.into()),
                event: changed(),
            },
            LogItem::Notice(Notice::LoginEnded {
                session_id: id.into(),
            }),
            LogItem::Notice(Notice::MemberChanged { user_id: id.into() }),
        ];
        let body = LogEntry::encode_body(&items).expect("encodes");
        let at = Timestamp::from_millis(5);
        assert_eq!(
            LogEntry::decode(4, at, &body).expect("decodes"),
            LogEntry { seq: 4, at, items }
        );
    }

    #[test]
    fn the_body_is_as_documented() {
        let id = Uuid::from_u128(9);
        let event = Event::DataUpdated(DataUpdated {
            resource: Resource::Units,
            id,
        });
        let items = [
            LogItem::Event {
                audience: Audience::User(id.into()),
                event,
            },
            LogItem::Notice(Notice::LoginEnded {
                session_id: id.into(),
            }),
        ];
        let body: serde_json::Value =
            serde_json::from_str(&LogEntry::encode_body(&items).expect("encodes"))
                .expect("is JSON");
        let event = json!({"name": "data:updated", "payload": {"resource": "units", "id": id}});
        assert_eq!(
            body,
            json!([
                {"event": {"audience": {"user": id}, "event": event}},
                {"notice": {"loginEnded": {"sessionId": id}}},
            ])
        );
    }

    #[test]
    fn a_body_of_something_else_is_refused() {
        for body in [
            "",
            "{}",
            "[1]",
            r#"[{"event":{"audience":"all","event":{}}}]"#,
        ] {
            assert!(
                LogEntry::decode(1, Timestamp::from_millis(0), body).is_err(),
                "{body}"
            );
        }
    }

    #[test]
    fn a_log_id_comes_back_from_its_text() {
        for id in [LogId(0), LogId(0x00ab_cdef), LogId(u64::MAX)] {
            assert_eq!(id.to_string().parse(), Ok(id));
        }
    }
}
