//! `GET /units/{id}/summary`: the figures of a stretch of time.

use actix_web::web;

use crate::{
    domain::{Summary, UnitId},
    http::{
        answer,
        call::{Answer, Call},
        endpoint::Endpoint,
        problem::Problem,
    },
    storage::{history, units},
};

use super::range::{self, Named};

pub(super) fn endpoint() -> Endpoint {
    Endpoint::get("/units/{id}/summary", web::to(summary))
        .says("How warm a unit was, for how long, and how much of that is known, by the limits of now")
        .asks(range::parameters())
        .gives::<Summary>()
}

async fn summary(call: Call) -> Answer {
    let unit: UnitId = call.id()?;
    let mut query = call.query()?;
    let named = Named::of(&mut query);
    query.finish()?;
    let range = named.until(call.state.clock.now());
    let mut conn = call.state.database.read().await?;
    let on_record = units::on_record(&mut conn, call.organization(), unit).await?;
    let subject = (unit, on_record.ok_or_else(Problem::not_found)?);
    let figures = history::summary(&mut conn, call.organization(), subject, range);
    answer::json(&figures.await?)
}
