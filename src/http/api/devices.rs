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
    operations::{DeviceIdentity, NewDevice},
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
    let dev_eui = fields.optional("devEui");
    let application_id = fields.optional("applicationId");
    let ttn_device_id = fields.optional("ttnDeviceId");
    DeviceIdentity::new(dev_eui, application_id, ttn_device_id)
        .map_err(|missing| fields.refuse(missing))
        .ok()
}
