//! `/areas`: parts of a site.

use actix_web::web::{self, Payload};

use crate::{
    domain::{Action, Name},
    http::{
        answer,
        call::{Answer, Call},
        endpoint::Endpoint,
        fields::Fields,
    },
    operations::NewArea,
    storage::sites::{self, Area},
};

pub(in crate::http) fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get("/areas", web::to(list))
            .says("The areas of all sites, in the order of their ids")
            .lists::<Area>(),
        Endpoint::get("/areas/{id}", web::to(one))
            .says("An area")
            .gives_resource::<Area>(),
        Endpoint::post("/areas", web::to(create))
            .says("Makes an area of a site")
            .needs(Action::ManageTree)
            .takes(new_area)
            .makes::<Area>(),
        Endpoint::patch("/areas/{id}", web::to(change))
            .says("Changes an area; what is absent stays")
            .needs(Action::ManageTree)
            .takes(area_name)
            .gives_resource::<Area>(),
        Endpoint::delete("/areas/{id}", web::to(delete))
            .says("Removes an area that no unit lies or lay in")
            .needs(Action::ManageTree),
    ]
}

async fn list(call: Call) -> Answer {
    call.list(sites::list_areas, |area| area.id).await
}

async fn one(call: Call) -> Answer {
    call.one(sites::get_area).await
}

async fn create(call: Call, payload: Payload) -> Answer {
    let new = call.body(payload, new_area).await?;
    let area = call.state.operations.create_area(&call.who, new).await?;
    answer::created(&format!("/api/v1/areas/{}", area.id), &area)
}

/// `{"siteId":"…","name":"Kitchen"}`
fn new_area(fields: &mut Fields) -> Option<NewArea> {
    let site_id = fields.required("siteId");
    let name = fields.required("name");
    Some(NewArea {
        site_id: site_id?,
        name: name?,
    })
}

async fn change(call: Call, payload: Payload) -> Answer {
    let (id, expected, change) = call.change(payload, area_name).await?;
    let operations = &call.state.operations;
    let changed = operations.rename_area(&call.who, id, change, |seen| expected.holds_for(seen));
    answer::resource(&changed.await?)
}

async fn delete(call: Call) -> Answer {
    let id = call.id()?;
    let expected = call.precondition();
    let operations = &call.state.operations;
    let deleted = operations.delete_area(&call.who, id, |seen| expected.holds_for(seen));
    deleted.await?;
    answer::nothing()
}

fn area_name(fields: &mut Fields) -> Option<Name> {
    fields.replaced("name")
}
