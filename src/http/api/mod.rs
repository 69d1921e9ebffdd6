//! The REST API under `/api/v1`: a file per resource. Every route but those of `auth` needs a bearer token.

pub(super) mod alerts;
pub(super) mod areas;
pub(super) mod auth;
pub(super) mod devices;
pub(super) mod quarantine;
pub(super) mod readings;
pub(super) mod rules;
pub(super) mod sites;
pub(super) mod snapshot;
pub(super) mod units;
