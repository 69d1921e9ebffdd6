//! Somebody makes a device: a sensor that messages are believed from.

use crate::{
    auth::Identity,
    domain::{Action, DevEui, DeviceId, DeviceRole, Name, OrganizationId, UnitId},
    events::Resource,
    storage::{
        StoreError,
        devices::{self, Device, DeviceSettings},
        statements::Statements,
        units::{self, Unit},
    },
};

use super::{FieldError, OperationError, Operations, identify};

/// A device to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDevice {
    /// Where it hangs; one that hangs nowhere is not believed yet.
    pub unit_id: Option<UnitId>,
    /// How messages find it.
    pub identity: DeviceIdentity,
    /// Decides how it is decoded; free text.
    pub model: Name,
    /// What it is for.
    pub role: DeviceRole,
    /// Seconds between uplinks, within [`EXPECTED_INTERVAL_SECONDS`](crate::domain::device::EXPECTED_INTERVAL_SECONDS);
    /// without it, the role's usual ones.
    pub expected_interval_seconds: Option<i32>,
    /// How its values are understood.
    pub settings: DeviceSettings,
}

/// How messages find a device: by its EUI, by application and device id, or by either.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceIdentity {
    dev_eui: Option<DevEui>,
    application_id: Option<Name>,
    ttn_device_id: Option<Name>,
}

impl DeviceIdentity {
    /// Of what is known; whether that is enough.
    ///
    /// # Errors
    /// The field that is missing.
    pub fn new(
        dev_eui: Option<DevEui>,
        application_id: Option<Name>,
        ttn_device_id: Option<Name>,
    ) -> Result<Self, FieldError> {
        let missing = match (&dev_eui, &application_id, &ttn_device_id) {
            (Some(_), _, _) | (None, Some(_), Some(_)) => None,
            (None, Some(_), None) => Some("ttnDeviceId"),
            (None, None, Some(_)) => Some("applicationId"),
            (None, None, None) => Some("devEui"),
        };
        if let Some(field) = missing {
            let message = "is required: a device has a devEui, or applicationId with ttnDeviceId";
            return Err(FieldError::new(field, message));
        }
        Ok(Self {
            dev_eui,
            application_id,
            ttn_device_id,
        })
    }

    fn eui(&self) -> Option<&str> {
        self.dev_eui.as_ref().map(DevEui::as_str)
    }

    fn ttn(&self) -> Option<(&str, &str)> {
        let application = self.application_id.as_ref().map(Name::as_str);
        application.zip(self.ttn_device_id.as_ref().map(Name::as_str))
    }
}

impl Operations {
    /// Makes a device; its next uplink is taken. A unit's first thermometer sets the unit's temperature.
    ///
    /// # Errors
    /// [`OperationError::UnknownReference`] for a unit that this organization has not,
    /// [`OperationError::DeviceExists`], or those of [`Self::identify`] and of the role.
    pub async fn create_device(
        &self,
        who: &Identity,
        new: NewDevice,
    ) -> Result<Device, OperationError> {
        let setup = self.setup();
        let mut conn = setup.database.read().await?;
        let who = identify::authorized(&mut conn, who, Action::ManageTree).await?;
        let organization = who.organization_id;
        let unit = match new.unit_id {
            None => None,
            Some(unit) => {
                let found = units::get(&mut conn, organization, unit).await?;
                Some(found.ok_or_else(|| OperationError::unknown("unitId"))?)
            }
        };
        let (eui, ttn) = (new.identity.eui(), new.identity.ttn());
        if devices::is_taken(&mut conn, organization, eui, ttn).await? {
            return Err(OperationError::DeviceExists);
        }
        drop(conn);
        let id = DeviceId(setup.clock.new_id());
        let mut statements = Statements::new();
        devices::insert(
            &mut statements,
            row(id, organization, &new),
            setup.clock.now(),
        );
        statements.tell_updated(organization, Resource::Devices, id.0);
        if let Some(unit) = unit.filter(|unit| sets_temperature(&new, unit)) {
            units::set_first_primary_device(&mut statements, organization, unit.id, id);
            statements.tell_updated(organization, Resource::Units, unit.id.0);
        }
        match setup.database.writer().run(statements).await {
            Err(StoreError::Conflict(_)) => return Err(OperationError::DeviceExists),
            written => written?,
        };
        let mut conn = setup.database.read().await?;
        let made = devices::get(&mut conn, organization, id).await?;
        made.ok_or(OperationError::NotFound)
    }
}

fn sets_temperature(new: &NewDevice, unit: &Unit) -> bool {
    new.role == DeviceRole::Temperature && unit.primary_device_id.is_none()
}

fn row(id: DeviceId, organization_id: OrganizationId, new: &NewDevice) -> devices::NewDevice {
    let text = |name: &Option<Name>| name.as_ref().map(ToString::to_string);
    devices::NewDevice {
        id,
        organization_id,
        unit_id: new.unit_id,
        dev_eui: new.identity.eui().map(str::to_owned),
        ttn_device_id: text(&new.identity.ttn_device_id),
        application_id: text(&new.identity.application_id),
        model: new.model.to_string(),
        role: new.role,
        expected_interval_seconds: new
            .expected_interval_seconds
            .unwrap_or_else(|| new.role.usual_interval_seconds()),
        settings: new.settings,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_must_be_found_by_something() {
        let name = |text: &str| text.parse::<Name>().ok();
        let eui = || "A84041B6218263F5".parse().ok();
        for (dev_eui, application, device, missing) in [
            (eui(), None, None, None),
            (eui(), name("app"), None, None),
            (eui(), name("app"), name("sensor-1"), None),
            (None, name("app"), name("sensor-1"), None),
            (None, name("app"), None, Some("ttnDeviceId")),
            (None, None, name("sensor-1"), Some("applicationId")),
            (None, None, None, Some("devEui")),
        ] {
            let told = DeviceIdentity::new(dev_eui, application, device).err();
            let field = told.as_ref().map(|error| error.field.as_str());
            assert_eq!(field, missing);
        }
    }
}
