//! `/devices`: the sensors.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Payload},
};

use crate::{
    domain::{DeviceId, device::EXPECTED_INTERVAL_SECONDS},
    http::{
        answer, body, fields::Fields, page::Page, path, problem::Problem, query::Query,
        state::State, who::Who,
    },
    operations::{DeviceIdentity, NewDevice},
    storage::devices::{self, DeviceSettings},
};

/// `GET /devices`
pub(in crate::http) async fn list(
    state: Data<State>,
    who: Who,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let organization = who.0.organization_id;
    let mut query = Query::of(&request)?;
    let page = Page::<DeviceId>::of(&request, &mut query, organization);
    query.finish()?;
    let mut conn = state.database.read().await?;
    let found = devices::list(&mut conn, organization, page.after, page.rows()).await?;
    let rows = found.into_iter().map(|device| {
        let id = device.id;
        (device, id)
    });
    page.answer(rows.collect())
}

/// `GET /devices/{id}`
pub(in crate::http) async fn one(
    state: Data<State>,
    who: Who,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let device: DeviceId = path::id(&request)?;
    Query::of(&request)?.finish()?;
    let mut conn = state.database.read().await?;
    let found = devices::get(&mut conn, who.0.organization_id, device).await?;
    answer::resource(&found.ok_or_else(Problem::not_found)?)
}

/// `POST /devices` `{"unitId":"…","devEui":"A84041B6218263F5","model":"LHT65N","role":"temperature"}`; owner, admin
pub(in crate::http) async fn create(
    state: Data<State>,
    who: Who,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let mut fields = body::object(&request, payload).await?;
    let new = new_device(&mut fields);
    let new = fields.finish(new)?;
    let device = state.operations.create_device(&who.0, new).await?;
    answer::created(&format!("/api/v1/devices/{}", device.id), &device)
}

/// Every field is read before any is missed, so that all mistakes are told.
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
