//! What is written of units.

use diesel::sql_types::{Nullable, Text};

use crate::{
    domain::{AreaId, DeviceId, OrganizationId, SiteId, Timestamp, UnitId, UnitKind},
    storage::{
        statements::Statements,
        stmt::stmt,
        types::{Id, Moment},
    },
};

use super::Unit;

/// A unit to make.
#[derive(Debug, Clone)]
pub struct NewUnit {
    /// The unit.
    pub id: UnitId,
    /// Whose.
    pub organization_id: OrganizationId,
    /// Its site.
    pub site_id: SiteId,
    /// Its area.
    pub area_id: AreaId,
    /// Shown name.
    pub name: String,
    /// What it is.
    pub kind: UnitKind,
}

/// Makes a unit, pending.
pub fn insert(statements: &mut Statements, unit: NewUnit, now: Timestamp) {
    statements.push(
        stmt("INSERT INTO units (id, organization_id, site_id, area_id, name, kind, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)")
            .bind::<Id, _>(unit.id)
            .bind::<Id, _>(unit.organization_id)
            .bind::<Id, _>(unit.site_id)
            .bind::<Id, _>(unit.area_id)
            .bind::<Text, _>(unit.name)
            .bind::<Text, _>(unit.kind)
            .bind::<Moment, _>(now),
    );
    statements.push(
        stmt("INSERT INTO unit_states (unit_id, organization_id, status, status_since) VALUES (?, ?, 'pending', ?)")
            .bind::<Id, _>(unit.id)
            .bind::<Id, _>(unit.organization_id)
            .bind::<Moment, _>(now),
    );
}

/// Replaces what people say of a unit by `new`, if it still is what was `seen`.
#[must_use]
pub fn replace(organization: OrganizationId, seen: &Unit, new: &Unit) -> Statements {
    let replace = "UPDATE units SET site_id = ?, area_id = ?, name = ?, kind = ?, primary_device_id = ? \
                   WHERE id = ? AND organization_id = ? AND archived_at IS NULL AND site_id = ? AND area_id = ? \
                   AND name = ? AND kind = ? AND primary_device_id IS NOT DISTINCT FROM ?";
    Statements::guarded(
        stmt(replace)
            .bind::<Id, _>(new.site_id)
            .bind::<Id, _>(new.area_id)
            .bind::<Text, _>(new.name.clone())
            .bind::<Text, _>(new.kind)
            .bind::<Nullable<Id>, _>(new.primary_device_id)
            .bind::<Id, _>(seen.id)
            .bind::<Id, _>(organization)
            .bind::<Id, _>(seen.site_id)
            .bind::<Id, _>(seen.area_id)
            .bind::<Text, _>(seen.name.clone())
            .bind::<Text, _>(seen.kind)
            .bind::<Nullable<Id>, _>(seen.primary_device_id),
    )
}

/// Takes a unit out of sight, with its limits; its sensors hang nowhere then, its record stays.
#[must_use]
pub fn archive(organization: OrganizationId, unit: UnitId, now: Timestamp) -> Statements {
    Statements::guarded(
        stmt("UPDATE units SET archived_at = ? WHERE id = ? AND organization_id = ? AND archived_at IS NULL")
            .bind::<Moment, _>(now)
            .bind::<Id, _>(unit)
            .bind::<Id, _>(organization),
    )
    .and(
        stmt("UPDATE devices SET unit_id = NULL WHERE unit_id = ? AND organization_id = ?")
            .bind::<Id, _>(unit)
            .bind::<Id, _>(organization),
    )
    .and(
        stmt("DELETE FROM rules WHERE organization_id = ? AND scope = 'unit' AND scope_id = ?")
            .bind::<Id, _>(organization)
            .bind::<Id, _>(unit),
    )
}

/// Lets a sensor that leaves a unit set its temperature no more.
pub fn unset_primary_device(
    statements: &mut Statements,
    organization: OrganizationId,
    unit: UnitId,
    device: DeviceId,
) {
    let unset = "UPDATE units SET primary_device_id = NULL \
                 WHERE id = ? AND organization_id = ? AND primary_device_id = ?";
    statements.push(
        stmt(unset)
            .bind::<Id, _>(unit)
            .bind::<Id, _>(organization)
            .bind::<Id, _>(device),
    );
}

/// Names the sensor that sets the unit's temperature.
pub fn set_primary_device(
    statements: &mut Statements,
    organization: OrganizationId,
    unit: UnitId,
    device: DeviceId,
) {
    statements.push(
        stmt("UPDATE units SET primary_device_id = ? WHERE id = ? AND organization_id = ?")
            .bind::<Id, _>(device)
            .bind::<Id, _>(unit)
            .bind::<Id, _>(organization),
    );
}

/// Names the sensor that sets the unit's temperature, if none does yet.
pub fn set_first_primary_device(
    statements: &mut Statements,
    organization: OrganizationId,
    unit: UnitId,
    device: DeviceId,
) {
    let first = "UPDATE units SET primary_device_id = ? \
                 WHERE id = ? AND organization_id = ? AND primary_device_id IS NULL";
    statements.push(
        stmt(first)
            .bind::<Id, _>(device)
            .bind::<Id, _>(unit)
            .bind::<Id, _>(organization),
    );
}
