//! When tokens end, the next one first. Pure: time is passed in. Bound: one entry per connected socket.

use std::collections::{BTreeSet, HashMap};

use crate::domain::Timestamp;

/// How long before its token's end a client is told, seconds.
const NOTICE_SECONDS: i64 = 60;

/// Names an entry until it is removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Ticket(u64);

/// What is due for somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Due<T> {
    /// The token ends at this time; told once.
    Expiring(T, Timestamp),
    /// The token has ended; the entry is gone.
    Expired(T),
}

#[derive(Debug)]
struct Entry<T> {
    who: T,
    expires_at: Timestamp,
    noticed: bool,
}

impl<T> Entry<T> {
    fn next(&self) -> Timestamp {
        if self.noticed {
            self.expires_at
        } else {
            self.expires_at.plus_seconds(-NOTICE_SECONDS)
        }
    }
}

/// Who holds which token.
#[derive(Debug)]
pub(super) struct Schedule<T> {
    entries: HashMap<Ticket, Entry<T>>,
    order: BTreeSet<(Timestamp, Ticket)>,
    tickets: u64,
}

impl<T> Default for Schedule<T> {
    fn default() -> Self {
        Self {
            entries: HashMap::new(),
            order: BTreeSet::new(),
            tickets: 0,
        }
    }
}

impl<T: Clone> Schedule<T> {
    pub(super) fn insert(&mut self, who: T, expires_at: Timestamp) -> Ticket {
        self.tickets += 1;
        let ticket = Ticket(self.tickets);
        let entry = Entry {
            who,
            expires_at,
            noticed: false,
        };
        self.order.insert((entry.next(), ticket));
        self.entries.insert(ticket, entry);
        ticket
    }

    pub(super) fn remove(&mut self, ticket: Ticket) -> Option<T> {
        let entry = self.entries.remove(&ticket)?;
        self.order.remove(&(entry.next(), ticket));
        Some(entry.who)
    }

    pub(super) fn get_mut(&mut self, ticket: Ticket) -> Option<&mut T> {
        self.entries.get_mut(&ticket).map(|entry| &mut entry.who)
    }

    /// Another token took the place of the one before: noticed and ended by its own time. False if the entry is
    /// gone.
    pub(super) fn reschedule(&mut self, ticket: Ticket, expires_at: Timestamp) -> bool {
        let Some(entry) = self.entries.get_mut(&ticket) else {
            return false;
        };
        self.order.remove(&(entry.next(), ticket));
        entry.expires_at = expires_at;
        entry.noticed = false;
        self.order.insert((entry.next(), ticket));
        true
    }

    /// Everybody, in no order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Ticket, &T)> {
        self.entries
            .iter()
            .map(|(ticket, entry)| (*ticket, &entry.who))
    }

    /// What is due at `now`. A token that ended without notice is only told its end.
    pub(super) fn due(&mut self, now: Timestamp) -> Vec<Due<T>> {
        let mut due = Vec::new();
        while let Some(&(at, ticket)) = self.order.first() {
            if at > now {
                break;
            }
            self.order.pop_first();
            let Some(mut entry) = self.entries.remove(&ticket) else {
                continue;
            };
            if entry.expires_at <= now {
                due.push(Due::Expired(entry.who));
            } else {
                due.push(Due::Expiring(entry.who.clone(), entry.expires_at));
                entry.noticed = true;
                self.order.insert((entry.expires_at, ticket));
                self.entries.insert(ticket, entry);
            }
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000)
    }

    #[test]
    fn a_token_is_noticed_60_s_before_its_end_and_ends_once() {
        let mut schedule = Schedule::default();
        schedule.insert("a", at(100));
        for (now, expected) in [
            (at(39), vec![]),
            (at(40), vec![Due::Expiring("a", at(100))]),
            (at(41), vec![]),
            (at(99), vec![]),
            (at(100), vec![Due::Expired("a")]),
            (at(101), vec![]),
        ] {
            assert_eq!(schedule.due(now), expected, "{now}");
        }
    }

    #[test]
    fn a_token_of_less_than_60_s_is_noticed_at_once() {
        let mut schedule = Schedule::default();
        schedule.insert("a", at(30));
        assert_eq!(schedule.due(at(0)), [Due::Expiring("a", at(30))]);
    }

    #[test]
    fn a_clock_that_jumps_past_the_end_skips_the_notice() {
        let mut schedule = Schedule::default();
        schedule.insert("late", at(5_000));
        schedule.insert("early", at(1_000));
        assert_eq!(
            schedule.due(at(6_000)),
            [Due::Expired("early"), Due::Expired("late")]
        );
    }

    #[test]
    fn another_token_is_noticed_and_ends_by_its_own_time() {
        for (name, first, second, expected) in [
            ("longer", at(100), at(900), [at(840), at(900)]),
            ("shorter", at(900), at(100), [at(40), at(100)]),
        ] {
            let mut schedule = Schedule::default();
            let ticket = schedule.insert("a", first);
            assert!(schedule.reschedule(ticket, second), "{name}");
            let [noticed, ended] = expected;
            for (now, due) in [
                (noticed.plus_seconds(-1), vec![]),
                (noticed, vec![Due::Expiring("a", ended)]),
                (ended.plus_seconds(-1), vec![]),
                (ended, vec![Due::Expired("a")]),
            ] {
                assert_eq!(schedule.due(now), due, "{name} at {now}");
            }
            assert!(!schedule.reschedule(ticket, second), "{name}: it has ended");
        }
    }

    #[test]
    fn a_token_that_was_noticed_and_exchanged_is_noticed_again() {
        let mut schedule = Schedule::default();
        let ticket = schedule.insert("a", at(60));
        assert_eq!(schedule.due(at(1)), [Due::Expiring("a", at(60))]);
        assert!(schedule.reschedule(ticket, at(160)));
        assert_eq!(schedule.due(at(99)), []);
        assert_eq!(schedule.due(at(100)), [Due::Expiring("a", at(160))]);
    }

    #[test]
    fn what_is_removed_is_never_due() {
        let mut schedule = Schedule::default();
        let unnoticed = schedule.insert("a", at(100));
        let noticed = schedule.insert("b", at(70));
        assert_eq!(schedule.due(at(10)), [Due::Expiring("b", at(70))]);
        schedule.remove(unnoticed);
        schedule.remove(noticed);
        schedule.remove(noticed);
        assert_eq!(schedule.due(at(1_000)), []);
        assert_eq!(schedule.iter().count(), 0);
    }
}
