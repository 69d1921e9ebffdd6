//! `/organization`: the caller's own.

use actix_web::web::{self, Payload};

use crate::{
    domain::Action,
    http::{
        answer,
        call::{Answer, Call},
        endpoint::Endpoint,
        fields::Fields,
        problem::Problem,
    },
    operations::OrganizationChange,
    storage::organizations::{self, Organization},
};

pub(in crate::http) fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get("/organization", web::to(read))
            .says("The caller's organization")
            .gives_resource::<Organization>(),
        Endpoint::patch("/organization", web::to(change))
            .says("Changes the caller's organization; what is absent stays")
            .needs(Action::ManageTree)
            .takes(organization_change)
            .gives_resource::<Organization>(),
    ]
}

async fn read(call: Call) -> Answer {
    call.no_query()?;
    let mut conn = call.state.database.read().await?;
    let found = organizations::get(&mut conn, call.organization()).await?;
    answer::resource(&found.ok_or_else(Problem::not_found)?)
}

async fn change(call: Call, payload: Payload) -> Answer {
    let expected = call.precondition();
    let change = call
        .body(payload, |fields| Some(organization_change(fields)))
        .await?;
    let operations = &call.state.operations;
    let changed =
        operations.change_organization(&call.who, change, |seen| expected.holds_for(seen));
    answer::resource(&changed.await?)
}

fn organization_change(fields: &mut Fields) -> OrganizationChange {
    OrganizationChange {
        name: fields.replaced("name"),
        temperature_unit: fields.replaced("temperatureUnit"),
    }
}
