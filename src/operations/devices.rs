//! Somebody makes, changes or removes a device: a sensor that messages are believed from.

use crate::{
    auth::Identity,
    domain::{
        Action, DevEui, DeviceId, DeviceRole, DoorPolarity, Name, OrganizationId, Probe, UnitId,
    },
    events::Resource,
    storage::{
        StoreError,
        devices::{self, Device, DeviceSettings},
        statements::Statements,
        units::{self, Unit},
    },
};

use super::{Change, FieldError, OperationError, Operations, identify};

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
        let given = (&dev_eui, &application_id, &ttn_device_id);
        if let Some(missing) = missing(given.0.is_some(), given.1.is_some(), given.2.is_some()) {
            return Err(missing);
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

/// What shall become of a device; what is not named stays.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DeviceChange {
    /// Where it hangs; none: nowhere.
    pub unit_id: Change<UnitId>,
    /// Its EUI.
    pub dev_eui: Change<DevEui>,
    /// The Things Stack's application.
    pub application_id: Change<Name>,
    /// The Things Stack's name of it.
    pub ttn_device_id: Change<Name>,
    /// Decides how it is decoded; free text.
    pub model: Option<Name>,
    /// What it is for.
    pub role: Option<DeviceRole>,
    /// Seconds between uplinks, within [`EXPECTED_INTERVAL_SECONDS`](crate::domain::device::EXPECTED_INTERVAL_SECONDS).
    pub expected_interval_seconds: Option<i32>,
    /// Which probe sets the temperature.
    pub probe: Option<Probe>,
    /// What the door contact's states mean.
    pub door_polarity: Option<DoorPolarity>,
}

impl DeviceChange {
    /// The device as it shall be.
    fn applied_to(&self, device: &Device) -> Result<Device, OperationError> {
        let mut new = device.clone();
        self.unit_id.apply(&mut new.unit_id);
        let text = |change: &Change<Name>| change.clone().map(Name::into_text);
        self.dev_eui
            .clone()
            .map(DevEui::into_text)
            .apply(&mut new.dev_eui);
        text(&self.application_id).apply(&mut new.application_id);
        text(&self.ttn_device_id).apply(&mut new.ttn_device_id);
        if let Some(model) = &self.model {
            new.model = model.to_string();
        }
        new.role = self.role.unwrap_or(new.role);
        new.expected_interval_seconds = self
            .expected_interval_seconds
            .unwrap_or(new.expected_interval_seconds);
        new.settings = DeviceSettings {
            probe: self.probe.unwrap_or(new.settings.probe),
            door_polarity: self.door_polarity.unwrap_or(new.settings.door_polarity),
        };
        let given = (&new.dev_eui, &new.application_id, &new.ttn_device_id);
        match missing(given.0.is_some(), given.1.is_some(), given.2.is_some()) {
            Some(missing) => Err(OperationError::Invalid(vec![missing])),
            None => Ok(new),
        }
    }
}

/// The field without which no message finds a device.
fn missing(eui: bool, application: bool, ttn_device: bool) -> Option<FieldError> {
    let field = match (eui, application, ttn_device) {
        (true, _, _) | (false, true, true) => return None,
        (false, true, false) => "ttnDeviceId",
        (false, false, true) => "applicationId",
        (false, false, false) => "devEui",
    };
    let message = "must be there: a device has a devEui, or applicationId with ttnDeviceId";
    Some(FieldError::new(field, message))
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
    /// Changes what is said of a device. One that leaves its unit sets that one's temperature no more; a unit's
    /// first thermometer sets it. `expected` says whether it, as it stands, is what the caller wants to change.
    ///
    /// # Errors
    /// [`OperationError::NotFound`], [`OperationError::PreconditionFailed`], [`OperationError::Contended`],
    /// [`OperationError::Invalid`] if no message would find it, or those of [`Self::create_device`].
    pub async fn change_device(
        &self,
        who: &Identity,
        device: DeviceId,
        change: DeviceChange,
        expected: impl Fn(&Device) -> bool,
    ) -> Result<Device, OperationError> {
        let read =
            async |conn: &mut _, organization| devices::get(conn, organization, device).await;
        let act = async |who: &Identity, seen: Device| {
            let new = change.applied_to(&seen)?;
            if new == seen {
                return Ok(Some(new));
            }
            let organization = who.organization_id;
            let mut statements = devices::replace(organization, &seen, &new);
            statements.tell_updated(organization, Resource::Devices, device.0);
            self.rehang(organization, &seen, &new, &mut statements)
                .await?;
            match self.write_guarded(statements, new).await {
                Err(StoreError::Conflict(_)) => Err(OperationError::DeviceExists),
                written => Ok(written?),
            }
        };
        self.on_seen(who, Action::ManageTree, read, expected, act)
            .await
    }

    /// Removes a device: its next message is unknown, its readings stay, its identity is free.
    ///
    /// # Errors
    /// Those of [`Self::change_device`].
    pub async fn remove_device(
        &self,
        who: &Identity,
        device: DeviceId,
        expected: impl Fn(&Device) -> bool,
    ) -> Result<(), OperationError> {
        let read =
            async |conn: &mut _, organization| devices::get(conn, organization, device).await;
        let act = async |who: &Identity, seen: Device| {
            let organization = who.organization_id;
            let now = self.setup().clock.now();
            let mut statements = devices::archive(organization, device, now);
            statements.tell_updated(organization, Resource::Devices, device.0);
            leave(&mut statements, organization, &seen);
            Ok(self.write_guarded(statements, ()).await?)
        };
        self.on_seen(who, Action::ManageTree, read, expected, act)
            .await
    }

    /// What a move means for the units that are left and entered.
    async fn rehang(
        &self,
        organization: OrganizationId,
        seen: &Device,
        new: &Device,
        statements: &mut Statements,
    ) -> Result<(), OperationError> {
        if new.unit_id == seen.unit_id {
            return Ok(());
        }
        leave(statements, organization, seen);
        let Some(entered) = new.unit_id else {
            return Ok(());
        };
        let mut conn = self.setup().database.read().await?;
        if !units::exists(&mut conn, organization, entered).await? {
            return Err(OperationError::unknown("unitId"));
        }
        if new.role == DeviceRole::Temperature {
            units::set_first_primary_device(statements, organization, entered, seen.id);
        }
        statements.tell_updated(organization, Resource::Units, entered.0);
        Ok(())
    }
}

fn leave(statements: &mut Statements, organization: OrganizationId, device: &Device) {
    if let Some(unit) = device.unit_id {
        units::unset_primary_device(statements, organization, unit, device.id);
        statements.tell_updated(organization, Resource::Units, unit.0);
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
