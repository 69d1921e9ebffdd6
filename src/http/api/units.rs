//! `/units`: what is watched, with its status, newest reading and limits.

use actix_web::web::{self, Payload};

use crate::{
    domain::Action,
    http::{
        answer,
        call::{Answer, Call},
        endpoint::Endpoint,
        fields::Fields,
    },
    operations::NewUnit,
    storage::units::{self, Unit, UnitFilter},
};

pub(in crate::http) fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get("/units", web::to(list))
            .says("The units, in the order of their ids")
            .lists::<Unit>(),
        Endpoint::get("/units/{id}", web::to(one))
            .says("A unit")
            .gives_resource::<Unit>(),
        Endpoint::post("/units", web::to(create))
            .says("Makes a unit, pending until its first reading")
            .needs(Action::ManageTree)
            .takes(new_unit)
            .makes::<Unit>(),
    ]
}

async fn list(call: Call) -> Answer {
    let read = async |conn: &mut _, organization, after, limit| {
        units::list(conn, organization, UnitFilter::All, after, limit).await
    };
    call.list(read, |unit| unit.id).await
}

async fn one(call: Call) -> Answer {
    call.one(units::get).await
}

async fn create(call: Call, payload: Payload) -> Answer {
    let new = call.body(payload, new_unit).await?;
    let unit = call.state.operations.create_unit(&call.who, new).await?;
    answer::created(&format!("/api/v1/units/{}", unit.id), &unit)
}

/// `{"siteId":"…","areaId":"…","name":"Fridge 1","kind":"fridge"}`; every field is read before any is missed, so
/// that all mistakes are told.
fn new_unit(fields: &mut Fields) -> Option<NewUnit> {
    let site_id = fields.required("siteId");
    let area_id = fields.required("areaId");
    let name = fields.required("name");
    let kind = fields.required("kind");
    Some(NewUnit {
        site_id: site_id?,
        area_id: area_id?,
        name: name?,
        kind: kind?,
    })
}
