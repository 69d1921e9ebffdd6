//! `POST /webhooks/ttn` and any path below it: messages of The Things Stack.
//!
//! 200 only once the readings are durable; 202 for what is kept in quarantine; 503 where storing failed.
//! Nothing that is authenticated and JSON is refused: the stack would not send it again.

use actix_web::{
    HttpMessage as _, HttpRequest, HttpResponse,
    http::StatusCode,
    web::{self, Data},
};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    domain::{Code, OrganizationId},
    ingest::{IngestError, Receipt, TtnMessage},
    storage::quarantine::Reason,
};

use super::{
    answer, body, downlink_headers,
    endpoint::{Access, Endpoint},
    problem::Problem,
    state::State,
    webhook_secret,
};

/// Longest message, bytes.
const MAX_BYTES: usize = 256 * 1024;

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::post("/ttn", web::to(receive))
            .and_below()
            .says("Takes a message of The Things Stack v3, at this path or any below it; 200 once it is durable")
            .open_to(Access::Webhook)
            .takes_schema(serde_json::json!({"type": "object"}))
            .gives::<Taken>()
            .or_with_status(202),
    ]
}

/// `{"accepted":true,"stored":1,"duplicate":false}` or `{"accepted":true,"stored":0,"reason":"unknown_device"}`
#[derive(Serialize, JsonSchema)]
struct Taken {
    accepted: bool,
    stored: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    duplicate: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
}

/// Takes one message. The secret is checked before the body is read.
async fn receive(
    state: Data<State>,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<HttpResponse, Problem> {
    if state.draining.refuses_webhooks() {
        return Err(Problem::new(Code::Unavailable, "the server is stopping"));
    }
    let organization = organization(&state, &request).await?;
    let body = body::read(&request, payload, MAX_BYTES).await?;
    let message = TtnMessage {
        body: &body,
        downlink: downlink_headers::route(request.headers()),
    };
    match state.ingest.ttn(organization, message).await {
        Ok(receipt) => taken(receipt),
        Err(IngestError::InvalidJson(_)) if is_protobuf(&request) => Err(Problem::new(
            Code::InvalidJson,
            "the body must be JSON: choose the format JSON for this webhook, not Protocol Buffers",
        )),
        Err(error) => Err(error.into()),
    }
}

async fn organization(state: &State, request: &HttpRequest) -> Result<OrganizationId, Problem> {
    let refused = || Problem::new(Code::Unauthorized, "no webhook secret that is known");
    let secret = webhook_secret::presented(request.headers()).ok_or_else(refused)?;
    let found = state.ingest.organization_of(&secret).await?;
    found.ok_or_else(refused)
}

fn taken(receipt: Receipt) -> Result<HttpResponse, Problem> {
    let (status, stored, duplicate, reason) = match receipt {
        Receipt::Stored { stored, duplicate } => (StatusCode::OK, stored, Some(duplicate), None),
        Receipt::Kept { reason } => (StatusCode::ACCEPTED, 0, None, Some(reason)),
    };
    let taken = Taken {
        accepted: true,
        stored,
        duplicate,
        reason,
    };
    answer::json_with(status, &taken)
}

fn is_protobuf(request: &HttpRequest) -> bool {
    let essence = request.content_type();
    essence.eq_ignore_ascii_case("application/octet-stream")
        || essence.to_ascii_lowercase().contains("protobuf")
}
