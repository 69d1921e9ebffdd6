//! The keys that sign pids, kept in the database so that every node knows them and a restart forgets none.
//! A node makes the key of a day when it first needs it; one that it does not know it looks up.
//! Bound: the keys of the days that a pid is good for.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::{
    auth::{PID_DAYS, Pid, PidKey, Secret},
    clock::Clock,
    domain::Timestamp,
    operations::OperationError,
    storage::{
        Database,
        recovery::{self, SigningKey},
    },
};

const DAY_SECONDS: i64 = 86_400;

/// Between two look-ups for pids of unknown keys: anybody can make one up.
const LOOK_UP_AGAIN: Duration = Duration::from_secs(5);

/// See the module.
pub(super) struct Keys {
    database: Database,
    clock: Clock,
    known: Mutex<Arc<Vec<(PidKey, Timestamp)>>>,
    /// Locked while they are read; when that was last, monotonic.
    read: tokio::sync::Mutex<Option<Duration>>,
}

impl Keys {
    pub(super) fn new(database: Database, clock: Clock) -> Self {
        Self {
            database,
            clock,
            known: Mutex::default(),
            read: tokio::sync::Mutex::default(),
        }
    }

    /// A text for a client.
    pub(super) async fn issue(&self, pid: &Pid) -> Result<String, OperationError> {
        let now = self.clock.unskewed();
        let key = match self.of_today(now) {
            Some(key) => key,
            None => self.make(now).await?,
        };
        Ok(key.issue(pid, now)?)
    }

    /// What a client shows, if one of the keys signed it.
    pub(super) async fn verify(&self, text: &str) -> Result<Option<Pid>, OperationError> {
        let mut key = self.named(text);
        if key.is_none() {
            let mut read = self.read.lock().await;
            let now = self.clock.monotonic();
            if read.is_none_or(|last| now >= last + LOOK_UP_AGAIN) {
                self.load().await?;
                *read = Some(now);
            }
            key = self.named(text);
        }
        let now = self.clock.unskewed();
        Ok(key.and_then(|key| key.verify(text, now)))
    }

    fn known(&self) -> Arc<Vec<(PidKey, Timestamp)>> {
        Arc::clone(&self.known.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn named(&self, text: &str) -> Option<PidKey> {
        let known = self.known();
        let named = known.iter().find(|(key, _)| key.is_named_by(text));
        named.map(|(key, _)| key.clone())
    }

    fn of_today(&self, now: Timestamp) -> Option<PidKey> {
        let known = self.known();
        let (key, made_at) = known.first()?;
        (now < made_at.plus_seconds(DAY_SECONDS)).then(|| key.clone())
    }

    async fn make(&self, now: Timestamp) -> Result<PidKey, OperationError> {
        let _one_at_a_time = self.read.lock().await;
        self.load().await?;
        if let Some(key) = self.of_today(now) {
            return Ok(key);
        }
        let new = SigningKey {
            id: self.clock.new_id(),
            secret: Secret::generate()?.into_text(),
            made_at: now,
        };
        let key = PidKey::new(new.id, &new.secret);
        let oldest = now.plus_seconds(-(PID_DAYS + 2) * DAY_SECONDS);
        let rotated = recovery::rotate_keys(new, oldest);
        self.database.writer().run(rotated).await?;
        self.load().await?;
        Ok(key)
    }

    async fn load(&self) -> Result<(), OperationError> {
        let stored = recovery::keys(&mut self.database.read().await?).await?;
        let key = |stored: SigningKey| (PidKey::new(stored.id, &stored.secret), stored.made_at);
        let loaded = Arc::new(stored.into_iter().map(key).collect());
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = loaded;
        Ok(())
    }
}
