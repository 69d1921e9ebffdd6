//! The REST API under `/api/v1`: a file per resource, each with its routes. Every route but those that say so needs
//! a bearer token.

mod alerts;
mod areas;
mod auth;
mod devices;
mod gateways;
mod organization;
mod quarantine;
mod readings;
mod rules;
mod sites;
mod snapshot;
mod units;
mod users;

use super::{docs, endpoint::Endpoint};

/// All of them.
pub(super) fn endpoints() -> Vec<Endpoint> {
    [
        docs::endpoints(),
        auth::endpoints(),
        snapshot::endpoints(),
        organization::endpoints(),
        sites::endpoints(),
        areas::endpoints(),
        units::endpoints(),
        readings::endpoints(),
        devices::endpoints(),
        gateways::endpoints(),
        rules::endpoints(),
        users::endpoints(),
        alerts::endpoints(),
        quarantine::endpoints(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
