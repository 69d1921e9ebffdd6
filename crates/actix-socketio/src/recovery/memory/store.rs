//! Which socket has which pid. Part of [`super`], by value.
//! Bounds: one entry for each live socket; the others by age and number, in [`Store::expire`].

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;

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
    turn: Turn,
}

/// Whose claim to a pid is being looked into. Others wait, so that the last to come is the holder.
pub(super) type Turn = Arc<Mutex<()>>;

impl<D> Held<D> {
    fn live(socket: Socket<D>) -> Self {
        Self {
            socket,
            seat: None,
            turn: Turn::default(),
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
    /// The first holder of a pid.
    pub(super) fn insert(&mut self, pid: &str, socket: Socket<D>) {
        self.held.insert(pid.to_owned(), Held::live(socket));
    }

    /// Another holder of the pid. The earlier one is returned; whoever waits for it waits for this one.
    pub(super) fn replace(&mut self, pid: &str, socket: Socket<D>) -> Option<Held<D>> {
        let mut next = Held::live(socket);
        let earlier = self.held.remove(pid);
        if let Some(earlier) = &earlier {
            next.turn = Arc::clone(&earlier.turn);
        }
        self.held.insert(pid.to_owned(), next);
        earlier
    }

    pub(super) fn holder(&self, pid: &str) -> Option<(&Socket<D>, &Turn)> {
        let held = self.held.get(pid)?;
        Some((&held.socket, &held.turn))
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
