//! What people do: sign in, acknowledge an alert, set limits, make sites and sensors. One function each: right,
//! validation, write.
//!
//! `http` and `realtime` call the same ones, `cli` those of [`Operator`], who needs no login; reads that need no more than the right to look are `storage`'s.
//! Whoever acts is judged at the moment of the act: role and membership come from the database, not from the
//! token. Writes go through the writer of `storage`. Bounds: those of the writer, the password queue and the
//! memory of failed logins.

mod accounts;
mod acknowledge;
mod devices;
mod error;
#[cfg(test)]
pub(crate) mod fixture;
mod gateways;
mod identify;
mod login;
mod operator;
mod organization;
mod quarantine;
mod refresh;
mod rule_change;
mod rules;
mod seen;
mod sites;
mod units;
mod users;

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use crate::{
    auth::{LoginAttempts, PasswordHasher, TokenKey},
    clock::Clock,
    storage::Database,
};

pub use accounts::{Account, SignedIn};
pub use acknowledge::MAX_NOTE_CHARS;
pub use devices::{DeviceChange, DeviceIdentity, NewDevice};
pub use error::{FieldError, OperationError};
pub use gateways::{GatewayChange, NewGateway};
pub use operator::{NewUser, Operator, UserAdded, WebhookKeyAdded};
pub use organization::OrganizationChange;
pub use rule_change::{Change, RuleChange};
pub use sites::{NewArea, NewSite, SiteChange};
pub use units::{NewUnit, UnitChange};

/// What the operations work with.
#[derive(Clone)]
pub struct Setup {
    /// Where everything is.
    pub database: Database,
    /// Wall time for tokens, monotonic time for failed logins.
    pub clock: Clock,
    /// Where passwords are checked.
    pub passwords: PasswordHasher,
    /// Makes and checks access tokens.
    pub tokens: TokenKey,
    /// Life of an access token.
    pub access_ttl: Duration,
    /// Life of a refresh token.
    pub refresh_ttl: Duration,
}

/// Everything that people can do; cheap to clone, all clones share the memory of failed logins.
#[derive(Clone)]
pub struct Operations(Arc<Inner>);

struct Inner {
    setup: Setup,
    attempts: Mutex<LoginAttempts>,
}

impl Operations {
    /// Over these parts, with no login failed yet.
    #[must_use]
    pub fn new(setup: Setup) -> Self {
        Self(Arc::new(Inner {
            setup,
            attempts: Mutex::default(),
        }))
    }

    fn setup(&self) -> &Setup {
        &self.0.setup
    }
}

#[cfg(test)]
mod tests;
