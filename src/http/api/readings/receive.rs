//! `POST /readings`: measurements of anything that does not come by The Things Stack.

use actix_web::{
    HttpRequest,
    web::{self, Data, Payload},
};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    domain::{Action, Code, OrganizationId, rule::LIMIT_CELSIUS},
    http::{
        answer, body,
        call::Answer,
        endpoint::{Access, Endpoint},
        fields::Fields,
        problem::Problem,
        state::State,
        webhook_secret, who,
    },
    ingest::{Direct, DirectDevice, DirectOutcome},
    operations::FieldError,
};

/// Readings of one request.
const MAX_ITEMS: usize = 1000;

/// Longest id that a sender gives a reading, characters.
const MAX_ID_CHARS: usize = 200;

/// `{"accepted":2,"stored":1,"duplicates":1,"rejected":[{"index":2,"code":"not_found"}]}`
#[derive(Default, Serialize, JsonSchema)]
struct Received {
    /// Durable by now: stored, or known before.
    accepted: usize,
    stored: usize,
    duplicates: usize,
    rejected: Vec<Rejected>,
}

/// A reading that could not be used.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "RejectedReading")]
struct Rejected {
    /// Its place in the request, from 0.
    index: usize,
    /// `invalid_payload`, or `not_found` for a device that is unknown or hangs on no unit.
    code: Code,
}

pub(super) fn endpoint() -> Endpoint {
    Endpoint::post("/readings", web::to(receive))
        .says("Takes one reading, or at most 1,000; 200 once they are durable. A reading that cannot be used is rejected by \
               itself; the same device with the same `id`, else `timestamp`, is a duplicate")
        .open_to(Access::WebhookOrMember(Action::SendReadings))
        .takes_schema(schema())
        .gives::<Received>()
}

/// Items say what they should hold without a constraint: what breaks it is rejected, not the request.
fn schema() -> Value {
    let says = |text: &str| json!({ "description": text });
    let reading = json!({"properties": {
        "devEui": says("16 hex digits; this or `deviceId`"),
        "deviceId": says("FreshTrack's id of the device"),
        "temperature": says("°C, -273.15 to 1000"),
        "humidity": says("Relative, 0 to 100 %"),
        "doorOpen": says("true or false"),
        "battery": says("0 to 100 %"),
        "timestamp": says("RFC 3339; by default the time of arrival"),
        "id": says("The sender's own name of the reading, at most 200 characters"),
    }});
    json!({"type": ["object", "array"], "maxItems": MAX_ITEMS, "items": reading,
        "properties": reading["properties"]})
}

async fn receive(state: Data<State>, request: HttpRequest, payload: Payload) -> Answer {
    if state.draining.refuses_webhooks() {
        return Err(Problem::new(Code::Unavailable, "the server is stopping"));
    }
    let organization = sender(&state, &request).await?;
    let items = match body::value(&request, payload).await? {
        Value::Array(items) if items.len() <= MAX_ITEMS => items,
        item @ Value::Object(_) => vec![item],
        _ => {
            let message = "must be a reading, or a list of at most 1000";
            return Err(Problem::invalid("body", message));
        }
    };
    let readings = items.into_iter().map(reading).collect();
    let outcomes = state.ingest.readings(organization, readings).await?;
    let mut received = Received::default();
    for (index, outcome) in outcomes.into_iter().enumerate() {
        match outcome {
            DirectOutcome::Stored => received.stored += 1,
            DirectOutcome::Duplicate => received.duplicates += 1,
            DirectOutcome::Rejected(code) => received.rejected.push(Rejected { index, code }),
        }
    }
    received.accepted = received.stored + received.duplicates;
    answer::json(&received)
}

/// Whose readings these are: by a webhook's secret, or by a token whose role may. Only a bearer can be either.
async fn sender(state: &State, request: &HttpRequest) -> Result<OrganizationId, Problem> {
    if let Some(secret) = webhook_secret::presented(request.headers())
        && let Some(organization) = state.ingest.organization_of(&secret).await?
    {
        return Ok(organization);
    }
    if request.headers().contains_key(webhook_secret::HEADER) {
        let detail = "no webhook secret that is known";
        return Err(Problem::new(Code::Unauthorized, detail));
    }
    let token = who::credentials(request.headers(), "bearer");
    let who = state.operations.identify(token).await?;
    who.require(Action::SendReadings)
        .map_err(crate::operations::OperationError::from)?;
    Ok(who.organization_id)
}

fn reading(item: Value) -> Result<Direct, Code> {
    let Value::Object(object) = item else {
        return Err(Code::InvalidPayload);
    };
    let mut fields = Fields::new(object);
    let reading = read(&mut fields);
    fields.finished(reading).map_err(|_| Code::InvalidPayload)
}

fn read(fields: &mut Fields) -> Option<Direct> {
    let (eui, id) = (fields.optional("devEui"), fields.optional("deviceId"));
    let percent = 0.0..=100.0;
    let mut direct = |device| Direct {
        device,
        temperature: fields.optional_number("temperature", &LIMIT_CELSIUS),
        humidity: fields.optional_number("humidity", &percent),
        door_open: fields.optional("doorOpen"),
        battery_percent: fields.optional_number("battery", &percent),
        timestamp: fields.optional("timestamp"),
        id: fields.optional_text("id", MAX_ID_CHARS),
    };
    let reading = match (eui, id) {
        (_, Some(id)) => direct(DirectDevice::Id(id)),
        (Some(eui), None) => direct(DirectDevice::Eui(eui)),
        (None, None) => {
            fields.refuse(FieldError::new("devEui", "is required, or deviceId"));
            return None;
        }
    };
    if reading.is_empty() {
        fields.refuse(FieldError::new(
            "temperature",
            "is required, or another measurement",
        ));
        return None;
    }
    Some(reading)
}
