//! `/quarantine`: messages of the webhook that were authenticated and could not be used.

use actix_web::web;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::{
    domain::{Action, Timestamp},
    http::{
        call::{Answer, Call},
        endpoint::Endpoint,
    },
    storage::quarantine::{self, Reason},
};

pub(in crate::http) fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get("/quarantine", web::to(list))
            .says("Messages of the webhook that were authenticated and could not be used, the newest first")
            .needs(Action::ReadQuarantine)
            .lists::<Kept>(),
    ]
}

/// `{"id":"…","receivedAt":"…","reason":"unknown_device","devEui":"A84041B6218263F5","body":{…}}`
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "KeptMessage")]
struct Kept {
    id: Uuid,
    received_at: Timestamp,
    reason: Reason,
    #[serde(skip_serializing_if = "Option::is_none")]
    dev_eui: Option<String>,
    #[schemars(with = "serde_json::Value")]
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

/// The newest first. A page of long messages ends before its limit.
async fn list(call: Call) -> Answer {
    let mut query = call.query()?;
    let page = call.page_in(&mut query);
    query.finish()?;
    let operations = &call.state.operations;
    let found = operations.quarantine(&call.who, page.after, page.limit() + 1);
    let found = found.await?;
    let more = found.is_cut || found.messages.len() > page.limit();
    let items: Vec<Kept> = found.messages.into_iter().map(Kept::from).collect();
    page.answer_cut(items, more, |kept| (kept.received_at, kept.id))
}
