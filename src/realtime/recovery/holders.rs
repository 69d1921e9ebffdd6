//! Who holds which socket id on this node: one live holder at most, and for a while those that lost theirs.
//! Pure: time is passed in. Bounds: one entry per socket, and [`MOST_DEPARTED`] that are waited for.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

/// How long a socket that lost its transport is waited for.
pub(super) const WINDOW: Duration = Duration::from_secs(120);

/// Sockets that are waited for at once; over it the one that left first is given up.
const MOST_DEPARTED: usize = 50_000;

/// Each claim of an id has the next one; what an earlier one does no longer counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::realtime) struct Generation(u64);

#[derive(Debug)]
enum State<S> {
    Live(S),
    /// Somebody claims it, and is being looked into.
    Claimed,
    /// Since then, monotonic.
    Departed(Duration),
    /// It does not come back; to be written down.
    Ended,
}

#[derive(Debug)]
struct Holder<S> {
    generation: Generation,
    state: State<S>,
}

/// See the module; `S` is a socket.
#[derive(Debug)]
pub(super) struct Holders<S> {
    sockets: HashMap<String, Holder<S>>,
    /// By the time of departure.
    departed: BTreeSet<(Duration, String)>,
    generations: u64,
}

/// A claim that may be looked into.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Claimed<S> {
    pub(super) generation: Generation,
    /// Who had it until now: to be closed.
    pub(super) earlier: Option<S>,
}

impl<S> Default for Holders<S> {
    fn default() -> Self {
        Self {
            sockets: HashMap::new(),
            departed: BTreeSet::new(),
            generations: 0,
        }
    }
}

impl<S> Holders<S> {
    /// A fresh socket has its id.
    pub(super) fn begin(&mut self, sid: &str, socket: S) -> Generation {
        let generation = self.next();
        self.set(sid, generation, State::Live(socket));
        generation
    }

    /// Somebody claims an id; none if it does not come back. One that is not known here may have been another
    /// node's, or from before a restart.
    pub(super) fn claim(&mut self, sid: &str, now: Duration) -> Option<Claimed<S>> {
        let earlier = match self.sockets.remove(sid) {
            None => None,
            Some(Holder { state, generation }) => match state {
                State::Live(socket) => Some(socket),
                State::Claimed => None,
                State::Departed(since) => {
                    self.departed.remove(&(since, sid.to_owned()));
                    if now >= since + WINDOW {
                        self.set(sid, generation, State::Ended);
                        return None;
                    }
                    None
                }
                State::Ended => {
                    self.set(sid, generation, State::Ended);
                    return None;
                }
            },
        };
        let generation = self.next();
        self.set(sid, generation, State::Claimed);
        Some(Claimed {
            generation,
            earlier,
        })
    }

    /// The claim is accepted: whether its socket is the holder now. Not if there was a later claim.
    pub(super) fn settle(&mut self, sid: &str, generation: Generation, socket: S) -> bool {
        let current = self.is_current(sid, generation);
        if current {
            self.set(sid, generation, State::Live(socket));
        }
        current
    }

    /// The holder has lost its transport, or its claim was not looked into to the end: it may come again.
    pub(super) fn depart(&mut self, sid: &str, generation: Generation, now: Duration) {
        if self.is_current(sid, generation) {
            self.set(sid, generation, State::Departed(now));
            self.departed.insert((now, sid.to_owned()));
        }
    }

    /// The holder does not come back.
    pub(super) fn end(&mut self, sid: &str, generation: Generation) {
        if self.is_current(sid, generation) {
            self.set(sid, generation, State::Ended);
        }
    }

    /// At most `most` of those that do not come back, and are not [`forgotten`](Self::forget) yet.
    pub(super) fn ended(&mut self, now: Duration, most: usize) -> Vec<String> {
        while let Some((since, _)) = self.departed.first()
            && (now >= *since + WINDOW || self.departed.len() > MOST_DEPARTED)
            && let Some((_, sid)) = self.departed.pop_first()
        {
            if let Some(holder) = self.sockets.get_mut(&sid) {
                holder.state = State::Ended;
            }
        }
        let ended = self
            .sockets
            .iter()
            .filter(|(_, holder)| matches!(holder.state, State::Ended));
        ended.map(|(sid, _)| sid.clone()).take(most).collect()
    }

    /// It is written down that these do not come back.
    pub(super) fn forget(&mut self, sids: &[String]) {
        for sid in sids {
            self.sockets.remove(sid);
        }
    }

    fn next(&mut self) -> Generation {
        self.generations += 1;
        Generation(self.generations)
    }

    fn is_current(&self, sid: &str, generation: Generation) -> bool {
        self.sockets
            .get(sid)
            .is_some_and(|holder| holder.generation == generation)
    }

    fn set(&mut self, sid: &str, generation: Generation, state: State<S>) {
        self.sockets
            .insert(sid.to_owned(), Holder { generation, state });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    /// Claims and says who held it.
    fn claim(
        holders: &mut Holders<&'static str>,
        now: u64,
    ) -> Option<(Generation, Option<&'static str>)> {
        let claimed = holders.claim("a", at(now))?;
        Some((claimed.generation, claimed.earlier))
    }

    #[test]
    fn a_socket_comes_back_within_the_window_again_and_again() {
        let mut holders = Holders::default();
        let mut generation = holders.begin("a", "first");
        for round in 0..3 {
            holders.depart("a", generation, at(round * 200));
            let (next, earlier) = claim(&mut holders, round * 200 + 119).expect("comes back");
            assert_eq!(earlier, None);
            assert!(holders.settle("a", next, "again"));
            generation = next;
        }
        holders.depart("a", generation, at(1_000));
        assert_eq!(claim(&mut holders, 1_120), None);
        assert_eq!(holders.ended(at(1_120), 10), ["a"]);
    }

    #[test]
    fn one_that_still_holds_is_replaced_and_its_end_does_not_count() {
        let mut holders = Holders::default();
        let first = holders.begin("a", "first");
        let (second, earlier) = claim(&mut holders, 1).expect("claimed");
        assert_eq!(earlier, Some("first"));
        assert!(holders.settle("a", second, "second"));
        holders.end("a", first);
        holders.depart("a", first, at(2));
        assert_eq!(
            claim(&mut holders, 3).and_then(|(_, earlier)| earlier),
            Some("second")
        );
    }

    #[test]
    fn of_two_claims_at_once_the_later_one_holds() {
        let mut holders = Holders::default();
        let generation = holders.begin("a", "lost");
        holders.depart("a", generation, at(0));
        let (first, _) = claim(&mut holders, 1).expect("claimed");
        let (second, _) = claim(&mut holders, 1).expect("claimed");
        assert!(!holders.settle("a", first, "first"));
        assert!(holders.settle("a", second, "second"));
    }

    #[test]
    fn a_claim_that_was_given_up_can_be_made_again() {
        let mut holders: Holders<&str> = Holders::default();
        let (unknown, earlier) = claim(&mut holders, 1).expect("another node's");
        assert_eq!(earlier, None);
        holders.depart("a", unknown, at(2));
        assert!(claim(&mut holders, 100).is_some());
    }

    #[test]
    fn what_has_ended_stays_so_until_it_is_written_down() {
        let mut holders = Holders::default();
        let generation = holders.begin("a", "first");
        holders.end("a", generation);
        assert_eq!(claim(&mut holders, 1), None);
        assert_eq!(holders.ended(at(1), 10), ["a"]);
        holders.forget(&["a".to_owned()]);
        assert_eq!(holders.ended(at(1), 10), Vec::<String>::new());
    }

    #[test]
    fn those_that_left_first_are_given_up_when_too_many_left() {
        let mut holders = Holders::default();
        for number in 0..=MOST_DEPARTED {
            let sid = number.to_string();
            let generation = holders.begin(&sid, ());
            holders.depart(&sid, generation, at(number as u64 / 1_000));
        }
        assert_eq!(holders.ended(at(50), 10), ["0"]);
    }
}
