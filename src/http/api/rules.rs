//! `/rules`: limits by scope.

use actix_web::web::{self, Payload};
use uuid::Uuid;

use crate::{
    domain::{
        Action, Rule, RuleScope,
        rule::{HYSTERESIS_CELSIUS, LIMIT_CELSIUS, RULE_SECONDS},
    },
    http::{
        answer,
        call::{Answer, Call},
        endpoint::Endpoint,
        fields::Fields,
    },
    operations::RuleChange,
    storage::rules,
};

pub(in crate::http) fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get("/rules", web::to(list))
            .says("The rules, in the order of their ids")
            .lists::<Rule>(),
        Endpoint::get("/rules/{id}", web::to(one))
            .says("A rule")
            .gives_resource::<Rule>(),
        Endpoint::post("/rules", web::to(create))
            .says("Makes the rule of a scope that has none; the organization's needs an owner or admin")
            .needs(Action::WriteLimits)
            .takes(new_rule)
            .makes::<Rule>(),
        Endpoint::patch("/rules/{id}", web::to(change))
            .says("Changes limits: absent keeps, null inherits; the scope stays")
            .needs(Action::WriteLimits)
            .takes(limits)
            .gives_resource::<Rule>(),
        Endpoint::delete("/rules/{id}", web::to(delete))
            .says("Removes a rule: its units have the limits of the wider scope at once")
            .needs(Action::WriteLimits),
    ]
}

async fn list(call: Call) -> Answer {
    call.list(rules::list, |rule| rule.id).await
}

async fn one(call: Call) -> Answer {
    call.one(rules::get).await
}

async fn create(call: Call, payload: Payload) -> Answer {
    let (scope, limits) = call.body(payload, new_rule).await?;
    let operations = &call.state.operations;
    let rule = operations.create_rule(&call.who, scope, limits).await?;
    answer::created(&format!("/api/v1/rules/{}", rule.id), &rule)
}

async fn change(call: Call, payload: Payload) -> Answer {
    let (rule, expected, change) = call.change(payload, limits).await?;
    let changed = call
        .state
        .operations
        .change_rule(&call.who, rule, change, |seen| expected.holds_for(seen));
    answer::resource(&changed.await?)
}

async fn delete(call: Call) -> Answer {
    let rule = call.id()?;
    let expected = call.precondition();
    let operations = &call.state.operations;
    let deleted = operations.delete_rule(&call.who, rule, |seen| expected.holds_for(seen));
    deleted.await?;
    answer::nothing()
}

/// `{"scope":"unit","scopeId":"…","maxTemperature":8}`
fn new_rule(fields: &mut Fields) -> Option<((RuleScope, Uuid), RuleChange)> {
    let scope = fields.required("scope");
    let scope_id = fields.required("scopeId");
    let limits = limits(fields);
    Some((scope.zip(scope_id)?, limits))
}

fn limits(fields: &mut Fields) -> RuleChange {
    RuleChange {
        min_temperature: fields.change_number("minTemperature", &LIMIT_CELSIUS),
        max_temperature: fields.change_number("maxTemperature", &LIMIT_CELSIUS),
        hysteresis: fields.change_number("hysteresis", &HYSTERESIS_CELSIUS),
        confirm_high_seconds: fields.change_within("confirmHighSeconds", &RULE_SECONDS),
        confirm_low_seconds: fields.change_within("confirmLowSeconds", &RULE_SECONDS),
    }
}
