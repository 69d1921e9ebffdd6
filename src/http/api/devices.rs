//! `/devices`: the sensors.

use actix_web::{HttpRequest, HttpResponse, web::Data};

use crate::{
    domain::DeviceId,
    http::{page::Page, problem::Problem, query::Query, state::State, who::Who},
    storage::devices,
};

/// `GET /devices`
pub(in crate::http) async fn list(
    state: Data<State>,
    who: Who,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let organization = who.0.organization_id;
    let mut query = Query::of(&request)?;
    let page = Page::<DeviceId>::of(&request, &mut query, organization);
    query.finish()?;
    let mut conn = state.database.read().await?;
    let found = devices::list(&mut conn, organization, page.after, page.rows()).await?;
    let rows = found.into_iter().map(|device| {
        let id = device.id;
        (device, id)
    });
    page.answer(rows.collect())
}
