//! `/alerts`: the incidents, the newest first, and taking one on.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Payload},
};

use crate::{
    domain::{AlertId, AlertKind, AlertStatus, Timestamp},
    http::{
        answer, body,
        page::Page,
        path,
        problem::Problem,
        query::{Query, one_of},
        state::State,
        who::Who,
    },
    storage::alerts::{self, AlertFilter},
};

/// `GET /alerts` `?status=&unitId=&kind=&limit=&cursor=`
pub(in crate::http) async fn list(
    state: Data<State>,
    who: Who,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let organization = who.0.organization_id;
    let mut query = Query::of(&request)?;
    let page = Page::<(Timestamp, AlertId)>::of(&request, &mut query, organization);
    let filter = AlertFilter {
        status: query.parsed("status", &one_of(AlertStatus::ALL)),
        open: false,
        unit_id: query.parsed("unitId", "must be an id"),
        kind: query.parsed("kind", &one_of(AlertKind::ALL)),
    };
    query.finish()?;
    let mut conn = state.database.read().await?;
    let found = alerts::list(&mut conn, organization, filter, page.after, page.rows()).await?;
    let rows = found.into_iter().map(|alert| {
        let key = (alert.triggered_at, alert.id);
        (alert, key)
    });
    page.answer(rows.collect())
}

/// `GET /alerts/{id}`
pub(in crate::http) async fn one(
    state: Data<State>,
    who: Who,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let alert: AlertId = path::id(&request)?;
    Query::of(&request)?.finish()?;
    let mut conn = state.database.read().await?;
    let found = alerts::get(&mut conn, who.0.organization_id, alert).await?;
    answer::resource(&found.ok_or_else(Problem::not_found)?)
}

/// `POST /alerts/{id}/acknowledge` `{note?}`: the alert as it stands after it.
pub(in crate::http) async fn acknowledge(
    state: Data<State>,
    who: Who,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let alert: AlertId = path::id(&request)?;
    let mut fields = body::object(&request, payload).await?;
    let note = fields.optional("note");
    let note: Option<String> = fields.finish(Some(note))?;
    answer::resource(&state.operations.acknowledge(&who.0, alert, note).await?)
}
