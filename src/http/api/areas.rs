//! `/areas`: parts of a site.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Payload},
};

use crate::{
    domain::AreaId,
    http::{
        answer, body, page::Page, path, problem::Problem, query::Query, state::State, who::Who,
    },
    operations::NewArea,
    storage::sites,
};

/// `GET /areas`
pub(in crate::http) async fn list(
    state: Data<State>,
    who: Who,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let organization = who.0.organization_id;
    let mut query = Query::of(&request)?;
    let page = Page::<AreaId>::of(&request, &mut query, organization);
    query.finish()?;
    let mut conn = state.database.read().await?;
    let found = sites::list_areas(&mut conn, organization, page.after, page.rows()).await?;
    let rows = found.into_iter().map(|area| {
        let id = area.id;
        (area, id)
    });
    page.answer(rows.collect())
}

/// `GET /areas/{id}`
pub(in crate::http) async fn one(
    state: Data<State>,
    who: Who,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let area: AreaId = path::id(&request)?;
    Query::of(&request)?.finish()?;
    let mut conn = state.database.read().await?;
    let found = sites::get_area(&mut conn, who.0.organization_id, area).await?;
    answer::resource(&found.ok_or_else(Problem::not_found)?)
}

/// `POST /areas` `{"siteId":"…","name":"Kitchen"}`; owner, admin
pub(in crate::http) async fn create(
    state: Data<State>,
    who: Who,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let mut fields = body::object(&request, payload).await?;
    let site_id = fields.required("siteId");
    let name = fields.required("name");
    let new = site_id
        .zip(name)
        .map(|(site_id, name)| NewArea { site_id, name });
    let new = fields.finish(new)?;
    let area = state.operations.create_area(&who.0, new).await?;
    answer::created(&format!("/api/v1/areas/{}", area.id), &area)
}
