//! `/quarantine`: messages of the webhook that were authenticated and could not be used.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use serde::Serialize;
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::{
    domain::Timestamp,
    http::{page::Page, problem::Problem, query::Query, state::State, who::Who},
    storage::quarantine::{self, Reason},
};

/// `{"id":"…","receivedAt":"…","reason":"unknown_device","devEui":"A84041B6218263F5","body":{…}}`
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Kept {
    id: Uuid,
    received_at: Timestamp,
    reason: Reason,
    #[serde(skip_serializing_if = "Option::is_none")]
    dev_eui: Option<String>,
    body: Body,
}

/// The message as it came, byte for byte, so that it can be sent again.
#[derive(Serialize)]
#[serde(untagged)]
enum Body {
    Json(Box<RawValue>),
    /// What a database that was repaired by hand may hold.
    Text(String),
}

impl From<quarantine::Kept> for Kept {
    fn from(kept: quarantine::Kept) -> Self {
        let text = kept.body;
        Self {
            id: kept.id,
            received_at: kept.received_at,
            reason: kept.reason,
            dev_eui: kept.dev_eui,
            body: serde_json::from_str(&text).map_or(Body::Text(text), Body::Json),
        }
    }
}

/// `GET /quarantine`, the newest first; owner, admin. A page of long messages ends before its limit.
pub(in crate::http) async fn list(
    state: Data<State>,
    who: Who,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let mut query = Query::of(&request)?;
    let page = Page::<(Timestamp, Uuid)>::of(&request, &mut query, who.0.organization_id);
    query.finish()?;
    let found = state
        .operations
        .quarantine(&who.0, page.after, page.limit() + 1)
        .await?;
    let more = found.is_cut || found.messages.len() > page.limit();
    let rows = found.messages.into_iter().map(|kept| {
        let key = (kept.received_at, kept.id);
        (Kept::from(kept), key)
    });
    page.answer_cut(rows.collect(), more)
}
