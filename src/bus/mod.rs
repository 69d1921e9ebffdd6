//! Wakes followers: tells whoever follows an organization that its log has grown.
//!
//! `storage` -> [`Bus::on_commit`] -> **bus** -> `actors/organization`. A hint, never the truth: a wake that
//! is lost, doubled or late costs time and nothing else, for followers read the log.
//! Bound: none of its own; a wake goes into the follower's mailbox or, if that is full, nowhere.

mod memory;

use std::sync::Arc;

use actix::{Message, Recipient};

use self::memory::MemoryBus;
pub use self::memory::Subscription;
use crate::{
    domain::OrganizationId,
    events::{LogEntry, OnCommit},
};

/// The log of an organization has grown at least to this number.
#[derive(Debug, Clone, Message)]
#[rtype(result = "()")]
pub struct Wake {
    /// Whose log.
    pub organization: OrganizationId,
    /// The number of the entry.
    pub seq: i64,
    /// The entry itself, where it is at hand.
    pub entry: Option<Arc<LogEntry>>,
}

/// Carries wakes between writers and followers. Clones share the same followers.
#[derive(Debug, Clone)]
pub struct Bus {
    memory: Arc<MemoryBus>,
}

impl Bus {
    /// A bus within this process.
    #[must_use]
    pub fn memory() -> Self {
        Self {
            memory: Arc::default(),
        }
    }

    /// Wakes whoever follows the organization. Never waits.
    pub fn publish(&self, wake: &Wake) {
        self.memory.publish(wake);
    }

    /// Wakes `follower` for this organization until the subscription is dropped.
    pub fn follow(&self, organization: OrganizationId, follower: Recipient<Wake>) -> Subscription {
        self.memory.follow(organization, follower)
    }

    /// What the writer calls after each commit.
    #[must_use]
    pub fn on_commit(&self) -> OnCommit {
        let bus = self.clone();
        Arc::new(move |organization, entry| {
            bus.publish(&Wake {
                organization,
                seq: entry.seq,
                entry: Some(entry),
            });
        })
    }
}

#[cfg(test)]
mod suite;
