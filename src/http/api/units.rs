//! `/units`: what is watched, with its status, newest reading and limits.

use actix_web::{HttpRequest, HttpResponse, web::Data};

use crate::{
    domain::UnitId,
    http::{answer, page::Page, path, problem::Problem, query::Query, state::State, who::Who},
    storage::units::{self, UnitFilter},
};

/// `GET /units`
pub(in crate::http) async fn list(
    state: Data<State>,
    who: Who,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let organization = who.0.organization_id;
    let mut query = Query::of(&request)?;
    let page = Page::<UnitId>::of(&request, &mut query, organization);
    query.finish()?;
    let mut conn = state.database.read().await?;
    let found = units::list(
        &mut conn,
        organization,
        UnitFilter::All,
        page.after,
        page.rows(),
    );
    let rows = found.await?.into_iter().map(|unit| {
        let id = unit.id;
        (unit, id)
    });
    page.answer(rows.collect())
}

/// `GET /units/{id}`
pub(in crate::http) async fn one(
    state: Data<State>,
    who: Who,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let unit: UnitId = path::id(&request)?;
    Query::of(&request)?.finish()?;
    let mut conn = state.database.read().await?;
    let found = units::get(&mut conn, who.0.organization_id, unit).await?;
    answer::resource(&found.ok_or_else(Problem::not_found)?)
}
