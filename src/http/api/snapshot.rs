//! `GET /snapshot`: everything that a dashboard needs to start, of one moment.

use actix_web::web;
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    domain::{Alert, Timestamp},
    events::Position,
    http::{
        answer,
        call::{Answer, Call},
        endpoint::Endpoint,
        problem::Problem,
    },
    storage::{organizations::Organization, sites::Site, snapshot, units::Unit},
};

pub(in crate::http) fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get("/snapshot", web::to(read))
            .says("Everything that a dashboard needs to start, of one moment")
            .gives::<Snapshot>(),
    ]
}

/// The state of an organization at one position of its log.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Snapshot {
    /// Everything up to it is in, nothing after; opaque.
    position: String,
    server_time: Timestamp,
    organization: Organization,
    sites: Vec<Site>,
    units: Vec<Unit>,
    /// Open ones that are told, the newest first.
    alerts: Vec<Alert>,
}

async fn read(call: Call) -> Answer {
    call.no_query()?;
    let read = snapshot::read(&call.state.database, call.organization()).await?;
    let read = read.ok_or_else(Problem::not_found)?;
    answer::json(&Snapshot {
        position: Position::at(read.log, read.seq).offset().to_string(),
        server_time: call.state.clock.now(),
        organization: read.organization,
        sites: read.sites,
        units: read.units,
        alerts: read.alerts,
    })
}
