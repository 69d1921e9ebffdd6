//! The bus within one process: a list of followers per organization.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

use actix::{Recipient, prelude::SendError};
use log::debug;

use super::Wake;
use crate::domain::OrganizationId;

type Followers = HashMap<OrganizationId, Vec<(u64, Recipient<Wake>)>>;

#[derive(Default)]
pub(super) struct MemoryBus {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    followers: Followers,
    subscriptions: u64,
}

impl MemoryBus {
    pub(super) fn publish(&self, wake: &Wake) {
        let mut state = self.lock();
        let Some(followers) = state.followers.get_mut(&wake.organization) else {
            return;
        };
        followers.retain(|(_, follower)| match follower.try_send(wake.clone()) {
            Ok(()) => true,
            Err(SendError::Full(_)) => {
                debug!(organization_id:% = wake.organization, seq = wake.seq; "wake dropped: follower busy");
                true
            }
            Err(SendError::Closed(_)) => false,
        });
    }

    pub(super) fn follow(
        self: &Arc<Self>,
        organization: OrganizationId,
        follower: Recipient<Wake>,
    ) -> Subscription {
        let mut state = self.lock();
        state.subscriptions += 1;
        let id = state.subscriptions;
        state
            .followers
            .entry(organization)
            .or_default()
            .push((id, follower));
        Subscription {
            bus: Arc::downgrade(self),
            organization,
            id,
        }
    }

    fn unfollow(&self, organization: OrganizationId, id: u64) {
        let mut state = self.lock();
        if let Some(followers) = state.followers.get_mut(&organization) {
            followers.retain(|(follower, _)| *follower != id);
            if followers.is_empty() {
                state.followers.remove(&organization);
            }
        }
    }

    /// A list that a panic interrupted is still a list of followers.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for MemoryBus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MemoryBus")
            .field("organizations", &self.lock().followers.len())
            .finish()
    }
}

/// Keeps a follower awake; dropping it ends that.
#[derive(Debug)]
#[must_use = "dropping it ends the subscription"]
pub struct Subscription {
    bus: Weak<MemoryBus>,
    organization: OrganizationId,
    id: u64,
}

impl Drop for Subscription {
    fn drop(&mut self) {
        if let Some(bus) = self.bus.upgrade() {
            bus.unfollow(self.organization, self.id);
        }
    }
}
