//! `/devices`: the sensors.

use actix_web::web::{self, Payload};

use crate::{
    domain::{Action, device::EXPECTED_INTERVAL_SECONDS},
    http::{
        answer,
        call::{Answer, Call},
        endpoint::Endpoint,
        fields::Fields,
    },
    operations::{DeviceChange, DeviceIdentity, NewDevice},
    storage::devices::{self, Device, DeviceSettings},
};

pub(in crate::http) fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get("/devices", web::to(list))
            .says("The sensors, in the order of their ids")
            .lists::<Device>(),
        Endpoint::get("/devices/{id}", web::to(one))
            .says("A sensor")
            .gives_resource::<Device>(),
        Endpoint::post("/devices", web::to(create))
            .says("Makes a sensor known; its next uplink is taken")
            .needs(Action::ManageTree)
            .takes(new_device)
            .makes::<Device>(),
        Endpoint::patch("/devices/{id}", web::to(change))
            .says("Changes or moves a sensor; what is absent stays")
            .needs(Action::ManageTree)
            .takes(device_change)
            .gives_resource::<Device>(),
        Endpoint::delete("/devices/{id}", web::to(delete))
            .says("Removes a sensor: its readings stay, its identity is free")
            .needs(Action::ManageTree),
    ]
}

async fn list(call: Call) -> Answer {
    call.list(devices::list, |device| device.id).await
}

async fn one(call: Call) -> Answer {
    call.one(devices::get).await
}

async fn create(call: Call, payload: Payload) -> Answer {
    let new = call.body(payload, new_device).await?;
    let device = call.state.operations.create_device(&call.who, new).await?;
    answer::created(&format!("/api/v1/devices/{}", device.id), &device)
}

/// `{"unitId":"…","devEui":"A84041B6218263F5","model":"LHT65N","role":"temperature"}`; every field is read before
/// any is missed, so that all mistakes are told.
fn new_device(fields: &mut Fields) -> Option<NewDevice> {
    let unit_id = fields.optional("unitId");
    let identity = identity(fields);
    let model = fields.required("model");
    let role = fields.required("role");
    let expected_interval_seconds =
        fields.optional_within("expectedIntervalSeconds", &EXPECTED_INTERVAL_SECONDS);
    let settings = fields.inside("settings", |settings| DeviceSettings {
        probe: settings.optional("probe").unwrap_or_default(),
        door_polarity: settings.optional("doorPolarity").unwrap_or_default(),
    });
    Some(NewDevice {
        unit_id,
        identity: identity?,
        model: model?,
        role: role?,
        expected_interval_seconds,
        settings,
    })
}

fn identity(fields: &mut Fields) -> Option<DeviceIdentity> {
    fields.describe_alternatives(&[&["devEui"], &["applicationId", "ttnDeviceId"]]);
    let dev_eui = fields.optional("devEui");
    let application_id = fields.optional("applicationId");
    let ttn_device_id = fields.optional("ttnDeviceId");
    DeviceIdentity::new(dev_eui, application_id, ttn_device_id)
        .map_err(|missing| fields.refuse(missing))
        .ok()
}

async fn change(call: Call, payload: Payload) -> Answer {
    let (id, expected, change) = call.change(payload, device_change).await?;
    let operations = &call.state.operations;
    let changed = operations.change_device(&call.who, id, change, |seen| expected.holds_for(seen));
    answer::resource(&changed.await?)
}

async fn delete(call: Call) -> Answer {
    let id = call.id()?;
    let expected = call.precondition();
    let operations = &call.state.operations;
    let deleted = operations.remove_device(&call.who, id, |seen| expected.holds_for(seen));
    deleted.await?;
    answer::nothing()
}

fn device_change(fields: &mut Fields) -> DeviceChange {
    let (probe, door_polarity) = fields.inside("settings", |settings| {
        (
            settings.replaced("probe"),
            settings.replaced("doorPolarity"),
        )
    });
    DeviceChange {
        unit_id: fields.change("unitId"),
        dev_eui: fields.change("devEui"),
        application_id: fields.change("applicationId"),
        ttn_device_id: fields.change("ttnDeviceId"),
        model: fields.replaced("model"),
        role: fields.replaced("role"),
        expected_interval_seconds: fields
            .replaced_within("expectedIntervalSeconds", &EXPECTED_INTERVAL_SECONDS),
        probe,
        door_polarity,
    }
}
