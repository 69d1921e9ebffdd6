//! `/sites`: places with one time zone each.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Payload},
};

use crate::{
    domain::SiteId,
    http::{
        answer, body, page::Page, path, problem::Problem, query::Query, state::State, who::Who,
    },
    operations::NewSite,
    storage::sites,
};

/// `GET /sites`
pub(in crate::http) async fn list(
    state: Data<State>,
    who: Who,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let organization = who.0.organization_id;
    let mut query = Query::of(&request)?;
    let page = Page::<SiteId>::of(&request, &mut query, organization);
    query.finish()?;
    let mut conn = state.database.read().await?;
    let found = sites::list(&mut conn, organization, page.after, page.rows()).await?;
    let rows = found.into_iter().map(|site| {
        let id = site.id;
        (site, id)
    });
    page.answer(rows.collect())
}

/// `GET /sites/{id}`
pub(in crate::http) async fn one(
    state: Data<State>,
    who: Who,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let site: SiteId = path::id(&request)?;
    Query::of(&request)?.finish()?;
    let mut conn = state.database.read().await?;
    let found = sites::get(&mut conn, who.0.organization_id, site).await?;
    answer::resource(&found.ok_or_else(Problem::not_found)?)
}

/// `POST /sites` `{"name":"Main Street","timezone":"Europe/Berlin"}`; owner, admin
pub(in crate::http) async fn create(
    state: Data<State>,
    who: Who,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let mut fields = body::object(&request, payload).await?;
    let name = fields.required("name");
    let timezone = fields.required("timezone");
    let new = name
        .zip(timezone)
        .map(|(name, timezone)| NewSite { name, timezone });
    let new = fields.finish(new)?;
    let site = state.operations.create_site(&who.0, new).await?;
    answer::created(&format!("/api/v1/sites/{}", site.id), &site)
}
