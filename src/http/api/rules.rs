//! `/rules`: limits by scope.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Payload},
};
use uuid::Uuid;

use crate::{
    domain::{RuleId, RuleScope},
    http::{
        answer, body, etag::Precondition, fields::Fields, page::Page, path, problem::Problem,
        query::Query, state::State, who::Who,
    },
    operations::RuleChange,
    storage::rules,
};

/// `GET /rules`
pub(in crate::http) async fn list(
    state: Data<State>,
    who: Who,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let organization = who.0.organization_id;
    let mut query = Query::of(&request)?;
    let page = Page::<RuleId>::of(&request, &mut query, organization);
    query.finish()?;
    let mut conn = state.database.read().await?;
    let found = rules::list(&mut conn, organization, page.after, page.rows()).await?;
    let rows = found.into_iter().map(|rule| {
        let id = rule.id;
        (rule, id)
    });
    page.answer(rows.collect())
}

/// `GET /rules/{id}`
pub(in crate::http) async fn one(
    state: Data<State>,
    who: Who,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let rule: RuleId = path::id(&request)?;
    Query::of(&request)?.finish()?;
    let mut conn = state.database.read().await?;
    let found = rules::get(&mut conn, who.0.organization_id, rule).await?;
    answer::resource(&found.ok_or_else(Problem::not_found)?)
}

/// `POST /rules` `{scope,scopeId,maxTemperature?,…}`
pub(in crate::http) async fn create(
    state: Data<State>,
    who: Who,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let mut fields = body::object(&request, payload).await?;
    let scope: Option<RuleScope> = fields.required("scope");
    let scope_id: Option<Uuid> = fields.required("scopeId");
    let limits = limits(&mut fields);
    let scope = fields.finish(scope.zip(scope_id))?;
    let rule = state.operations.create_rule(&who.0, scope, limits).await?;
    answer::created(&format!("/api/v1/rules/{}", rule.id), &rule)
}

/// `PATCH /rules/{id}`: a merge patch of the limits; the scope stays.
pub(in crate::http) async fn change(
    state: Data<State>,
    who: Who,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let rule: RuleId = path::id(&request)?;
    let precondition = Precondition::of(&request);
    let mut fields = body::object(&request, payload).await?;
    let limits = limits(&mut fields);
    let change = fields.finish(Some(limits))?;
    let changed = state
        .operations
        .change_rule(&who.0, rule, change, |seen| precondition.holds_for(seen));
    answer::resource(&changed.await?)
}

fn limits(fields: &mut Fields) -> RuleChange {
    RuleChange {
        min_temperature: fields.change("minTemperature"),
        max_temperature: fields.change("maxTemperature"),
        hysteresis: fields.change("hysteresis"),
        confirm_high_seconds: fields.change("confirmHighSeconds"),
        confirm_low_seconds: fields.change("confirmLowSeconds"),
    }
}
