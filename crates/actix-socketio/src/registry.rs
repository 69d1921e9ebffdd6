//! Which session has which sid, for requests that arrive on any thread. transports -> [registry] <- sessions.
//! Bound: `max_connections`; further handshakes are refused.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use actix::Addr;
use tokio::sync::Notify;

use crate::session::Session;

pub(crate) struct Registry {
    state: Mutex<State>,
    limit: usize,
    emptied: Notify,
}

#[derive(Default)]
struct State {
    sessions: HashMap<String, Addr<Session>>,
    closing: bool,
}

/// The server is full, or stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Full;

impl Registry {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            state: Mutex::default(),
            limit,
            emptied: Notify::new(),
        }
    }

    /// Starts a session under its sid, if there is room for one.
    pub(crate) fn open(
        &self,
        sid: &str,
        start: impl FnOnce() -> Addr<Session>,
    ) -> Result<Addr<Session>, Full> {
        let mut state = self.lock();
        if state.closing || state.sessions.len() >= self.limit {
            return Err(Full);
        }
        let session = start();
        state.sessions.insert(sid.to_owned(), session.clone());
        Ok(session)
    }

    pub(crate) fn find(&self, sid: &str) -> Option<Addr<Session>> {
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
        state.sessions.values().cloned().collect()
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
