//! Sensors: rows, how a message finds its device, and what is listed.

use diesel::{
    ExpressionMethods, JoinOnDsl, QueryDsl,
    prelude::{Queryable, Selectable},
    sql_types::{Integer, Nullable, Text},
};
use schemars::JsonSchema;
use serde::Serialize;

use crate::domain::{DeviceId, DeviceRole, DoorPolarity, OrganizationId, Probe, Timestamp, UnitId};

use super::{
    StoreError,
    conn::Conn,
    schema::{device_states, devices},
    statements::Statements,
    stmt::stmt,
    types::{Id, Moment, columns},
    writer::unit_of_work::{DeviceState, LockedDevice},
};

/// What the writer reads of a device.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = devices)]
pub(super) struct DeviceKeyRow {
    id: DeviceId,
    organization_id: OrganizationId,
    unit_id: Option<UnitId>,
    expected_interval_seconds: i32,
}

/// What a device told last.
#[derive(Debug, Clone, Copy, Queryable, Selectable)]
#[diesel(table_name = device_states)]
pub(super) struct DeviceStateRow {
    last_seen_at: Option<Timestamp>,
    newest_at: Option<Timestamp>,
    battery_percent: Option<f64>,
    battery_volts: Option<f64>,
    signal: Option<f64>,
}

impl DeviceKeyRow {
    pub(super) fn locked(self, state: DeviceStateRow) -> LockedDevice {
        LockedDevice {
            id: self.id,
            organization_id: self.organization_id,
            unit_id: self.unit_id,
            interval_seconds: self.expected_interval_seconds,
            state: DeviceState {
                last_seen_at: state.last_seen_at,
                newest_at: state.newest_at,
                battery_percent: state.battery_percent,
                battery_volts: state.battery_volts,
                signal: state.signal,
            },
        }
    }
}

/// A device as its table has it.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = devices)]
struct DeviceRow {
    id: DeviceId,
    unit_id: Option<UnitId>,
    dev_eui: Option<String>,
    ttn_device_id: Option<String>,
    application_id: Option<String>,
    model: String,
    role: DeviceRole,
    expected_interval_seconds: i32,
    probe: Probe,
    door_polarity: DoorPolarity,
}

/// The settings of a device.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DeviceSettings {
    /// Which probe sets the temperature.
    pub probe: Probe,
    /// What the door contact's states mean.
    pub door_polarity: DoorPolarity,
}

/// A device as clients see it.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Device {
    /// The device.
    pub id: DeviceId,
    /// Where it hangs.
    pub unit_id: Option<UnitId>,
    /// 16 hex digits, upper case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dev_eui: Option<String>,
    /// The Things Stack's name of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ttn_device_id: Option<String>,
    /// The Things Stack's application.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application_id: Option<String>,
    /// Decides how it is decoded; free text.
    pub model: String,
    /// What it is for.
    pub role: DeviceRole,
    /// Seconds between uplinks.
    pub expected_interval_seconds: i32,
    /// %.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub battery_percent: Option<f64>,
    /// V.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub battery_volts: Option<f64>,
    /// dBm.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signal: Option<f64>,
    /// When the network last heard it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_seen_at: Option<Timestamp>,
    /// How its values are understood.
    pub settings: DeviceSettings,
}

impl From<(DeviceRow, DeviceStateRow)> for Device {
    fn from((row, state): (DeviceRow, DeviceStateRow)) -> Self {
        Self {
            id: row.id,
            unit_id: row.unit_id,
            dev_eui: row.dev_eui,
            ttn_device_id: row.ttn_device_id,
            application_id: row.application_id,
            model: row.model,
            role: row.role,
            expected_interval_seconds: row.expected_interval_seconds,
            battery_percent: state.battery_percent,
            battery_volts: state.battery_volts,
            signal: state.signal,
            last_seen_at: state.last_seen_at,
            settings: DeviceSettings {
                probe: row.probe,
                door_polarity: row.door_polarity,
            },
        }
    }
}

/// Devices in id order after `after`, at most `limit`.
///
/// # Errors
/// [`StoreError`] if the database cannot answer.
pub async fn list(
    conn: &mut Conn,
    organization: OrganizationId,
    after: Option<DeviceId>,
    limit: i64,
) -> Result<Vec<Device>, StoreError> {
    let query = devices::table
        .inner_join(device_states::table.on(device_states::device_id.eq(devices::id)))
        .filter(devices::organization_id.eq(organization))
        .filter(devices::archived_at.is_null())
        .filter(devices::id.gt(after.unwrap_or(DeviceId(uuid::Uuid::nil()))))
        .order(devices::id)
        .limit(limit)
        .select((columns::<DeviceRow>(), columns::<DeviceStateRow>()));
    Ok(conn
        .all::<(DeviceRow, DeviceStateRow)>(query)
        .await?
        .into_iter()
        .map(Device::from)
        .collect())
}

/// One device, if it is this organization's.
///
/// # Errors
/// [`StoreError`] if the database cannot answer.
pub async fn get(
    conn: &mut Conn,
    organization: OrganizationId,
    device: DeviceId,
) -> Result<Option<Device>, StoreError> {
    let query = devices::table
        .inner_join(device_states::table.on(device_states::device_id.eq(devices::id)))
        .filter(devices::organization_id.eq(organization))
        .filter(devices::id.eq(device))
        .filter(devices::archived_at.is_null())
        .select((columns::<DeviceRow>(), columns::<DeviceStateRow>()));
    let row = conn.first::<(DeviceRow, DeviceStateRow)>(query).await?;
    Ok(row.map(Device::from))
}

/// What a message needs to know of its device.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = devices)]
pub struct FoundDevice {
    /// The device.
    pub id: DeviceId,
    /// Where it hangs; none: nowhere yet.
    pub unit_id: Option<UnitId>,
    /// Decides how it is decoded.
    pub model: String,
    /// Which probe sets the temperature.
    pub probe: Probe,
    /// What the door contact's states mean.
    pub door_polarity: DoorPolarity,
}

/// The device of a message inside one organization: by EUI (16 hex digits, upper case), else by application and
/// device id.
///
/// # Errors
/// [`StoreError`] if the database cannot answer.
pub async fn find(
    conn: &mut Conn,
    organization: OrganizationId,
    dev_eui: Option<&str>,
    ttn: Option<(&str, &str)>,
) -> Result<Option<FoundDevice>, StoreError> {
    let here = || {
        devices::table
            .filter(devices::organization_id.eq(organization))
            .filter(devices::archived_at.is_null())
    };
    if let Some(eui) = dev_eui {
        let query = here()
            .filter(devices::dev_eui.eq(eui.to_owned()))
            .select(columns::<FoundDevice>());
        if let Some(found) = conn.first::<FoundDevice>(query).await? {
            return Ok(Some(found));
        }
    }
    let Some((application, device)) = ttn else {
        return Ok(None);
    };
    let query = here()
        .filter(devices::application_id.eq(application.to_owned()))
        .filter(devices::ttn_device_id.eq(device.to_owned()))
        .select((columns::<FoundDevice>(), devices::dev_eui));
    let found = conn.first::<(FoundDevice, Option<String>)>(query).await?;
    // A message that names another EUI is of another device, whatever it is called.
    Ok(found
        .filter(|(_, eui)| eui.is_none() || dev_eui.is_none())
        .map(|(device, _)| device))
}

/// The device of this id inside one organization.
///
/// # Errors
/// [`StoreError`] if the database cannot answer.
pub async fn find_by_id(
    conn: &mut Conn,
    organization: OrganizationId,
    device: DeviceId,
) -> Result<Option<FoundDevice>, StoreError> {
    let query = devices::table
        .filter(devices::organization_id.eq(organization))
        .filter(devices::archived_at.is_null())
        .filter(devices::id.eq(device))
        .select(columns::<FoundDevice>());
    conn.first(query).await
}

/// Whether a device of the organization has this EUI, or this application and device id, already.
///
/// # Errors
/// [`StoreError`] if the database cannot answer.
pub async fn is_taken(
    conn: &mut Conn,
    organization: OrganizationId,
    dev_eui: Option<&str>,
    ttn: Option<(&str, &str)>,
) -> Result<bool, StoreError> {
    let here = || {
        devices::table
            .filter(devices::organization_id.eq(organization))
            .filter(devices::archived_at.is_null())
            .select(devices::id)
    };
    if let Some(eui) = dev_eui {
        let query = here().filter(devices::dev_eui.eq(eui.to_owned()));
        if conn.first::<DeviceId>(query).await?.is_some() {
            return Ok(true);
        }
    }
    let Some((application, device)) = ttn else {
        return Ok(false);
    };
    let query = here()
        .filter(devices::application_id.eq(application.to_owned()))
        .filter(devices::ttn_device_id.eq(device.to_owned()));
    Ok(conn.first::<DeviceId>(query).await?.is_some())
}

/// A device to make.
#[derive(Debug, Clone)]
pub struct NewDevice {
    /// The device.
    pub id: DeviceId,
    /// Whose.
    pub organization_id: OrganizationId,
    /// Where it hangs.
    pub unit_id: Option<UnitId>,
    /// 16 hex digits, upper case.
    pub dev_eui: Option<String>,
    /// The Things Stack's name of it.
    pub ttn_device_id: Option<String>,
    /// The Things Stack's application.
    pub application_id: Option<String>,
    /// Decides how it is decoded.
    pub model: String,
    /// What it is for.
    pub role: DeviceRole,
    /// Seconds between uplinks.
    pub expected_interval_seconds: i32,
    /// How its values are understood.
    pub settings: DeviceSettings,
}

/// Makes a device that has never been heard.
pub fn insert(statements: &mut Statements, device: NewDevice, now: Timestamp) {
    statements.push(
        stmt(
            "INSERT INTO devices (id, organization_id, unit_id, dev_eui, ttn_device_id, application_id, model, role, \
             expected_interval_seconds, probe, door_polarity, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind::<Id, _>(device.id)
        .bind::<Id, _>(device.organization_id)
        .bind::<Nullable<Id>, _>(device.unit_id)
        .bind::<Nullable<Text>, _>(device.dev_eui)
        .bind::<Nullable<Text>, _>(device.ttn_device_id)
        .bind::<Nullable<Text>, _>(device.application_id)
        .bind::<Text, _>(device.model)
        .bind::<Text, _>(device.role)
        .bind::<Integer, _>(device.expected_interval_seconds)
        .bind::<Text, _>(device.settings.probe)
        .bind::<Text, _>(device.settings.door_polarity)
        .bind::<Moment, _>(now),
    );
    statements.push(
        stmt("INSERT INTO device_states (device_id, organization_id) VALUES (?, ?)")
            .bind::<Id, _>(device.id)
            .bind::<Id, _>(device.organization_id),
    );
}

/// Replaces what people say of a device by `new`, if it still is what was `seen`.
#[must_use]
pub fn replace(organization: OrganizationId, seen: &Device, new: &Device) -> Statements {
    let replace = "UPDATE devices SET unit_id = ?, dev_eui = ?, ttn_device_id = ?, application_id = ?, model = ?, role = ?, \
                   expected_interval_seconds = ?, probe = ?, door_polarity = ? \
                   WHERE id = ? AND organization_id = ? AND archived_at IS NULL \
                   AND unit_id IS NOT DISTINCT FROM ? AND dev_eui IS NOT DISTINCT FROM ? \
                   AND ttn_device_id IS NOT DISTINCT FROM ? AND application_id IS NOT DISTINCT FROM ? AND model = ? \
                   AND role = ? AND expected_interval_seconds = ? AND probe = ? AND door_polarity = ?";
    Statements::guarded(
        stmt(replace)
            .bind::<Nullable<Id>, _>(new.unit_id)
            .bind::<Nullable<Text>, _>(new.dev_eui.clone())
            .bind::<Nullable<Text>, _>(new.ttn_device_id.clone())
            .bind::<Nullable<Text>, _>(new.application_id.clone())
            .bind::<Text, _>(new.model.clone())
            .bind::<Text, _>(new.role)
            .bind::<Integer, _>(new.expected_interval_seconds)
            .bind::<Text, _>(new.settings.probe)
            .bind::<Text, _>(new.settings.door_polarity)
            .bind::<Id, _>(seen.id)
            .bind::<Id, _>(organization)
            .bind::<Nullable<Id>, _>(seen.unit_id)
            .bind::<Nullable<Text>, _>(seen.dev_eui.clone())
            .bind::<Nullable<Text>, _>(seen.ttn_device_id.clone())
            .bind::<Nullable<Text>, _>(seen.application_id.clone())
            .bind::<Text, _>(seen.model.clone())
            .bind::<Text, _>(seen.role)
            .bind::<Integer, _>(seen.expected_interval_seconds)
            .bind::<Text, _>(seen.settings.probe)
            .bind::<Text, _>(seen.settings.door_polarity),
    )
}

/// Takes a device out of sight: its messages are unknown from now on, its readings stay, its identity is free.
#[must_use]
pub fn archive(organization: OrganizationId, device: DeviceId, now: Timestamp) -> Statements {
    let archive = "UPDATE devices SET archived_at = ?, unit_id = NULL \
                   WHERE id = ? AND organization_id = ? AND archived_at IS NULL";
    Statements::guarded(
        stmt(archive)
            .bind::<Moment, _>(now)
            .bind::<Id, _>(device)
            .bind::<Id, _>(organization),
    )
}
