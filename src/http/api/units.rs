//! `/units`: what is watched, with its status, newest reading and limits.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Payload},
};

use crate::{
    domain::UnitId,
    http::{
        answer, body, fields::Fields, page::Page, path, problem::Problem, query::Query,
        state::State, who::Who,
    },
    operations::NewUnit,
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

/// `POST /units` `{"siteId":"…","areaId":"…","name":"Fridge 1","kind":"fridge"}`; owner, admin
pub(in crate::http) async fn create(
    state: Data<State>,
    who: Who,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let mut fields = body::object(&request, payload).await?;
    let new = new_unit(&mut fields);
    let new = fields.finish(new)?;
    let unit = state.operations.create_unit(&who.0, new).await?;
    answer::created(&format!("/api/v1/units/{}", unit.id), &unit)
}

/// Every field is read before any is missed, so that all mistakes are told.
fn new_unit(fields: &mut Fields) -> Option<NewUnit> {
    let site_id = fields.required("siteId");
    let area_id = fields.required("areaId");
    let name = fields.required("name");
    let kind = fields.required("kind");
    Some(NewUnit {
        site_id: site_id?,
        area_id: area_id?,
        name: name?,
        kind: kind?,
    })
}
