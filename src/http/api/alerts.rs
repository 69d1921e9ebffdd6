//! `/alerts`: the incidents, the newest first, and taking one on.

use actix_web::web::{self, Payload};
use serde_json::json;

use crate::{
    domain::{Action, Alert, AlertId, AlertKind, AlertStatus, Timestamp},
    http::{
        answer,
        call::{Answer, Call},
        endpoint::{Endpoint, Parameter},
        fields::Fields,
        query::{Query, one_of},
    },
    operations::MAX_NOTE_CHARS,
    storage::alerts::{self, AlertFilter, AlertRecord},
};

pub(in crate::http) fn endpoints() -> Vec<Endpoint> {
    let status = json!({"type": "string", "enum": AlertStatus::ALL});
    let kind = json!({"type": "string", "enum": AlertKind::ALL});
    let unit = json!({"type": "string", "format": "uuid"});
    vec![
        Endpoint::get("/alerts", web::to(list))
            .says("The alerts, the newest first")
            .asks([
                Parameter::new("status", status, "Only those that stand so"),
                Parameter::new("unitId", unit, "Only those of this unit"),
                Parameter::new("kind", kind, "Only those of this kind"),
            ])
            .lists::<Alert>(),
        Endpoint::get("/alerts/{id}", web::to(one))
            .says("An alert with its history")
            .gives_resource::<AlertRecord>(),
        Endpoint::post("/alerts/{id}/acknowledge", web::to(acknowledge))
            .says("Takes an alert on; the second time, by anyone, gives the first answer")
            .needs(Action::Acknowledge)
            .takes(note)
            .gives::<Alert>(),
    ]
}

async fn list(call: Call) -> Answer {
    let mut query = call.query()?;
    let page = call.page_in::<(Timestamp, AlertId)>(&mut query);
    let filter = filter(&mut query);
    query.finish()?;
    let mut conn = call.state.database.read().await?;
    let found = alerts::list(
        &mut conn,
        call.organization(),
        filter,
        page.after,
        page.rows(),
    );
    page.answer(found.await?, |alert| (alert.triggered_at, alert.id))
}

fn filter(query: &mut Query) -> AlertFilter {
    AlertFilter {
        status: query.parsed("status", &one_of(AlertStatus::ALL)),
        open: false,
        unit_id: query.parsed("unitId", "must be an id"),
        kind: query.parsed("kind", &one_of(AlertKind::ALL)),
    }
}

async fn one(call: Call) -> Answer {
    call.one(alerts::record).await
}

async fn acknowledge(call: Call, payload: Payload) -> Answer {
    let alert = call.id()?;
    let note = call.body(payload, |fields| Some(note(fields))).await?;
    let operations = &call.state.operations;
    answer::json(&operations.acknowledge(&call.who, alert, note).await?)
}

/// `{"note":"on my way"}`, or nothing.
fn note(fields: &mut Fields) -> Option<String> {
    fields.optional_text("note", MAX_NOTE_CHARS)
}
