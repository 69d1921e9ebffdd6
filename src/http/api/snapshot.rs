//! `GET /snapshot`: everything that a dashboard needs to start, of one moment.

use actix_web::{HttpResponse, web::Data};
use serde::Serialize;

use crate::{
    domain::{Alert, Timestamp},
    events::Position,
    http::{answer, problem::Problem, state::State, who::Who},
    storage::{organizations::Organization, sites::Site, snapshot, units::Unit},
};

#[derive(Serialize)]
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

pub(in crate::http) async fn read(state: Data<State>, who: Who) -> Result<HttpResponse, Problem> {
    let read = snapshot::read(&state.database, who.0.organization_id).await?;
    let read = read.ok_or_else(Problem::not_found)?;
    answer::json(&Snapshot {
        position: Position::at(read.log, read.seq).offset().to_string(),
        server_time: state.clock.now(),
        organization: read.organization,
        sites: read.sites,
        units: read.units,
        alerts: read.alerts,
    })
}
