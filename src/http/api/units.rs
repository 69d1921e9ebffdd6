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
    operations::{NewUnit, UnitChange},
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
        Endpoint::patch("/units/{id}", web::to(change))
            .says("Changes a unit, which is judged anew; what is absent stays")
            .needs(Action::ManageTree)
            .takes(unit_change)
            .gives_resource::<Unit>(),
        Endpoint::delete("/units/{id}", web::to(delete))
            .says("Archives a unit: its open alerts end, its record stays")
            .needs(Action::ManageTree),
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

async fn change(call: Call, payload: Payload) -> Answer {
    let (id, expected, change) = call.change(payload, unit_change).await?;
    let operations = &call.state.operations;
    let changed = operations.change_unit(&call.who, id, change, |seen| expected.holds_for(seen));
    answer::resource(&changed.await?)
}

async fn delete(call: Call) -> Answer {
    let id = call.id()?;
    let expected = call.precondition();
    let operations = &call.state.operations;
    let deleted = operations.archive_unit(&call.who, id, |seen| expected.holds_for(seen));
    deleted.await?;
    answer::nothing()
}

fn unit_change(fields: &mut Fields) -> UnitChange {
    UnitChange {
        site_id: fields.replaced("siteId"),
        area_id: fields.replaced("areaId"),
        name: fields.replaced("name"),
        kind: fields.replaced("kind"),
        primary_device_id: fields.change("primaryDeviceId"),
    }
}
