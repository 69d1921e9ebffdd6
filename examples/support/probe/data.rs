//! What the probe keeps: of a visitor until it is given up, and of all until the end.

use std::collections::{HashSet, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use actix_socketio::Recoverable;
use serde::Serialize;
use serde_json::{Map, Value};

/// Keys of one visitor; further ones are not kept.
const KEYS: usize = 1000;

/// Tokens that can be revoked; further ones are not.
const REVOKED: usize = 10_000;

/// Disconnects that are remembered; the oldest is forgotten.
const DISCONNECTS: usize = 100_000;

/// One socket's data. The token says who it is; what it set comes back.
#[derive(Default)]
pub(crate) struct Visitor {
    token: Option<String>,
    values: Mutex<Map<String, Value>>,
}

/// What `reasons` tells: `{"id":"..","reason":"ping timeout"}`
#[derive(Clone, Serialize)]
pub(crate) struct Disconnect {
    pub(crate) id: String,
    pub(crate) reason: &'static str,
}

/// What all sockets of a server have in common.
#[derive(Default)]
pub(crate) struct Memory {
    revoked: Mutex<HashSet<String>>,
    disconnects: Mutex<VecDeque<Disconnect>>,
}

impl Visitor {
    pub(crate) fn of(auth: &Value) -> Self {
        Self {
            token: auth.get("token").and_then(Value::as_str).map(Into::into),
            values: Mutex::default(),
        }
    }

    pub(crate) fn set(&self, key: &str, value: Value) {
        let mut values = lock(&self.values);
        if values.len() < KEYS || values.contains_key(key) {
            values.insert(key.to_owned(), value);
        }
    }

    pub(crate) fn values(&self) -> Map<String, Value> {
        lock(&self.values).clone()
    }
}

impl Recoverable for Visitor {
    type Identity = Option<String>;

    fn identity(&self) -> Option<String> {
        self.token.clone()
    }

    fn take_over(&self, lost: &Self) {
        *lock(&self.values) = lost.values();
    }
}

impl Memory {
    pub(crate) fn revoke(&self, token: &str) {
        let mut revoked = lock(&self.revoked);
        if revoked.len() < REVOKED {
            revoked.insert(token.to_owned());
        }
    }

    pub(crate) fn is_revoked(&self, visitor: &Visitor) -> bool {
        let token = visitor.token.as_ref();
        token.is_some_and(|token| lock(&self.revoked).contains(token))
    }

    pub(crate) fn note(&self, disconnect: Disconnect) {
        let mut disconnects = lock(&self.disconnects);
        if disconnects.len() == DISCONNECTS {
            disconnects.pop_front();
        }
        disconnects.push_back(disconnect);
    }

    pub(crate) fn disconnects(&self) -> Vec<Disconnect> {
        lock(&self.disconnects).iter().cloned().collect()
    }
}

/// What a panic left is still what it was.
fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}
