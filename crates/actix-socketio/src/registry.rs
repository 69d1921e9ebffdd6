//! Which session has which sid, for requests that arrive on any thread. transports -> *registry* <- sessions.
//! Bound: `max_connections`, counted until the last thing of a session is gone: a connection that its client does not
//! read can outlive the session. Further handshakes are refused.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use actix::Addr;
use tokio::sync::Notify;

use crate::session::Session;

pub(crate) struct Registry {
    state: Mutex<State>,
    limit: usize,
    occupied: Arc<AtomicUsize>,
    emptied: Notify,
}

#[derive(Default)]
struct State {
    sessions: HashMap<String, Entry>,
    closing: bool,
}

/// Where a session is to be found, and its share of the limit.
#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) session: Addr<Session>,
    pub(crate) slot: Arc<Slot>,
}

/// A share of the limit, held by everything that belongs to one session.
pub(crate) struct Slot(Arc<AtomicUsize>);

impl Drop for Slot {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The server is full, or stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Full;

impl Registry {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            state: Mutex::default(),
            limit,
            occupied: Arc::default(),
            emptied: Notify::new(),
        }
    }

    /// Starts a session under its sid, if there is room for one.
    pub(crate) fn open(
        &self,
        sid: &str,
        start: impl FnOnce(Arc<Slot>) -> Addr<Session>,
    ) -> Result<Entry, Full> {
        // Only here it grows, and only under the lock.
        let mut state = self.lock();
        if state.closing || self.occupied.load(Ordering::Relaxed) >= self.limit {
            return Err(Full);
        }
        self.occupied.fetch_add(1, Ordering::Relaxed);
        let slot = Arc::new(Slot(Arc::clone(&self.occupied)));
        let entry = Entry {
            session: start(Arc::clone(&slot)),
            slot,
        };
        state.sessions.insert(sid.to_owned(), entry.clone());
        Ok(entry)
    }

    pub(crate) fn find(&self, sid: &str) -> Option<Entry> {
        self.lock().sessions.get(sid).cloned()
    }

    pub(crate) fn remove(&self, sid: &str) {
        let mut state = self.lock();
        state.sessions.remove(sid);
        if state.sessions.is_empty() {
            self.emptied.notify_waiters();
        }
    }

    /// Refuses further sessions and returns those there are.
    pub(crate) fn close(&self) -> Vec<Addr<Session>> {
        let mut state = self.lock();
        state.closing = true;
        state
            .sessions
            .values()
            .map(|entry| entry.session.clone())
            .collect()
    }

    /// Further sessions are refused.
    pub(crate) fn is_closing(&self) -> bool {
        self.lock().closing
    }

    pub(crate) fn len(&self) -> usize {
        self.lock().sessions.len()
    }

    /// Resolves when no session is left.
    pub(crate) async fn emptied(&self) {
        loop {
            let emptied = self.emptied.notified();
            if self.len() == 0 {
                return;
            }
            emptied.await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
