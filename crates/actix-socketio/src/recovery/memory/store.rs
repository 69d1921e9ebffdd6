//! Which socket has which pid. Part of [`super`], by value.
//! Bounds: one entry for each live socket; the others by age and number, in [`Store::expire`].

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use crate::hub::Seat;
use crate::socket::Socket;

pub(super) struct Store<D> {
    held: HashMap<String, Held<D>>,
    /// Who ended when, the first first. Who has come back since is passed over.
    ended: VecDeque<(Duration, String)>,
}

/// The one holder of a pid.
pub(super) struct Held<D> {
    socket: Socket<D>,
    /// Its rooms, once it has ended.
    seat: Option<(Duration, Seat)>,
    /// Somebody's claim is being looked into.
    claimed: bool,
}

impl<D> Held<D> {
    pub(super) const fn live(socket: Socket<D>) -> Self {
        Self {
            socket,
            seat: None,
            claimed: false,
        }
    }
}

impl<D> Default for Store<D> {
    fn default() -> Self {
        Self {
            held: HashMap::new(),
            ended: VecDeque::new(),
        }
    }
}

impl<D> Store<D> {
    /// Another holder of the pid. The earlier one is returned.
    pub(super) fn replace(&mut self, pid: &str, held: Held<D>) -> Option<Held<D>> {
        self.held.insert(pid.to_owned(), held)
    }

    /// The holder that is claimed, if it `may` be and nobody else is at it.
    pub(super) fn hold(
        &mut self,
        pid: &str,
        may: impl FnOnce(&Socket<D>) -> bool,
    ) -> Option<Socket<D>> {
        let held = self.held.get_mut(pid)?;
        if held.claimed || !may(&held.socket) {
            return None;
        }
        held.claimed = true;
        Some(held.socket.clone())
    }

    /// The claim is over; one that was not accepted leaves the holder as it was.
    pub(super) fn release(&mut self, pid: &str, socket: &Socket<D>) {
        if let Some(held) = self.of(pid, socket) {
            held.claimed = false;
        }
    }

    /// The holder has ended, and its rooms wait with it. The seat of somebody else is returned.
    pub(super) fn keep(
        &mut self,
        pid: &str,
        socket: &Socket<D>,
        seat: Seat,
        now: Duration,
    ) -> Option<Seat> {
        let Some(held) = self.of(pid, socket) else {
            return Some(seat);
        };
        held.seat = Some((now, seat));
        self.ended.push_back((now, pid.to_owned()));
        None
    }

    /// The holder does not come back.
    pub(super) fn forget(&mut self, pid: &str, socket: &Socket<D>) -> Option<Held<D>> {
        self.of(pid, socket)?;
        self.held.remove(pid)
    }

    /// Gives up who ended over `window` ago, and the first of more than `limit`.
    pub(super) fn expire(&mut self, now: Duration, window: Duration, limit: usize) -> Vec<Held<D>> {
        let mut given_up = Vec::new();
        while let Some((at, _)) = self.ended.front()
            && (now.saturating_sub(*at) > window || self.ended.len() > limit)
            && let Some((at, pid)) = self.ended.pop_front()
        {
            let ended = |held: &Held<D>| matches!(held.seat, Some((ended, _)) if ended == at);
            if self.held.get(&pid).is_some_and(ended) {
                given_up.extend(self.held.remove(&pid));
            }
        }
        given_up
    }

    fn of(&mut self, pid: &str, socket: &Socket<D>) -> Option<&mut Held<D>> {
        self.held.get_mut(pid).filter(|held| held.socket.is(socket))
    }
}
