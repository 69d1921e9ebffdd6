//! Somebody makes, changes or archives a unit: what is watched.

use crate::{
    auth::Identity,
    domain::{Action, AreaId, DeviceId, Name, OrganizationId, SiteId, UnitId, UnitKind},
    events::Resource,
    storage::{
        Conn, devices, sites,
        statements::Statements,
        units::{self, Unit},
        writer::job::{Edited, UnitBecomes, UnitEdit, WatchedUnit},
    },
};

use super::{Change, OperationError, Operations, identify};

/// A unit to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUnit {
    /// Its site.
    pub site_id: SiteId,
    /// An area of that site.
    pub area_id: AreaId,
    /// Shown name.
    pub name: Name,
    /// What it is; decides its built-in limits.
    pub kind: UnitKind,
}

/// What shall become of a unit; what is not named stays.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UnitChange {
    /// Its site; needs an area of it.
    pub site_id: Option<SiteId>,
    /// An area of its site.
    pub area_id: Option<AreaId>,
    /// Shown name.
    pub name: Option<Name>,
    /// What it is; decides its built-in limits.
    pub kind: Option<UnitKind>,
    /// The sensor that sets its temperature, one of its own; none: any does.
    pub primary_device_id: Change<DeviceId>,
}

impl UnitChange {
    fn applied_to(&self, unit: &Unit) -> Unit {
        let mut new = unit.clone();
        new.site_id = self.site_id.unwrap_or(new.site_id);
        new.area_id = self.area_id.unwrap_or(new.area_id);
        new.kind = self.kind.unwrap_or(new.kind);
        if let Some(name) = &self.name {
            new.name = name.to_string();
        }
        self.primary_device_id.apply(&mut new.primary_device_id);
        new
    }
}

impl Operations {
    /// Makes a unit, pending.
    ///
    /// # Errors
    /// [`OperationError::UnknownReference`] for a site or an area that this organization has not,
    /// [`OperationError::Invalid`] for an area of another site, or those of [`Self::identify`] and of the role.
    pub async fn create_unit(&self, who: &Identity, new: NewUnit) -> Result<Unit, OperationError> {
        let setup = self.setup();
        let mut conn = setup.database.read().await?;
        let who = identify::authorized(&mut conn, who, Action::ManageTree).await?;
        let organization = who.organization_id;
        check_place(&mut conn, organization, (new.site_id, new.area_id)).await?;
        drop(conn);
        let (id, now) = (UnitId(setup.clock.new_id()), setup.clock.now());
        let row = units::NewUnit {
            id,
            organization_id: organization,
            site_id: new.site_id,
            area_id: new.area_id,
            name: new.name.into_text(),
            kind: new.kind,
        };
        let mut statements = Statements::new();
        units::insert(&mut statements, row, now);
        statements.tell_updated(organization, Resource::Units, id.0);
        setup.database.writer().run(statements).await?;
        let mut conn = setup.database.read().await?;
        let made = units::get(&mut conn, organization, id).await?;
        made.ok_or(OperationError::NotFound)
    }
    /// Changes what is said of a unit; it is judged anew by what it is then. `expected` says whether it, as it
    /// stands, is what the caller wants to change.
    ///
    /// # Errors
    /// [`OperationError::NotFound`], [`OperationError::PreconditionFailed`], [`OperationError::Contended`],
    /// [`OperationError::Invalid`] for an area of another site or a sensor of another unit, or those of
    /// [`Self::create_unit`].
    pub async fn change_unit(
        &self,
        who: &Identity,
        unit: UnitId,
        change: UnitChange,
        expected: impl Fn(&Unit) -> bool,
    ) -> Result<Unit, OperationError> {
        let read = async |conn: &mut _, organization| units::get(conn, organization, unit).await;
        let act = async |who: &Identity, seen: Unit| {
            let new = change.applied_to(&seen);
            if new == seen {
                return Ok(Some(()));
            }
            self.check_unit(who.organization_id, &seen, &new).await?;
            let watched = WatchedUnit {
                site_id: new.site_id,
                name: new.name.clone(),
                kind: new.kind,
                primary_device_id: new.primary_device_id,
            };
            let statements = units::replace(who.organization_id, &seen, &new);
            self.edit_unit(who, unit, statements, UnitBecomes::Watched(watched))
                .await
        };
        self.on_seen(who, Action::ManageTree, read, expected, act)
            .await?;
        let mut conn = self.setup().database.read().await?;
        let changed = units::get(&mut conn, who.organization_id, unit).await?;
        changed.ok_or(OperationError::NotFound)
    }

    /// Archives a unit: what is open of it ends, its sensors hang nowhere, its record stays.
    ///
    /// # Errors
    /// Those of [`Self::change_unit`].
    pub async fn archive_unit(
        &self,
        who: &Identity,
        unit: UnitId,
        expected: impl Fn(&Unit) -> bool,
    ) -> Result<(), OperationError> {
        let read = async |conn: &mut _, organization| units::get(conn, organization, unit).await;
        let act = async |who: &Identity, _: Unit| {
            let statements = units::archive(who.organization_id, unit, self.setup().clock.now());
            self.edit_unit(who, unit, statements, UnitBecomes::Archived)
                .await
        };
        self.on_seen(who, Action::ManageTree, read, expected, act)
            .await
    }

    async fn edit_unit(
        &self,
        who: &Identity,
        unit_id: UnitId,
        mut statements: Statements,
        becomes: UnitBecomes,
    ) -> Result<Option<()>, OperationError> {
        let setup = self.setup();
        statements.tell_updated(who.organization_id, Resource::Units, unit_id.0);
        let edit = UnitEdit {
            organization_id: who.organization_id,
            unit_id,
            statements,
            becomes,
            now: setup.clock.now(),
        };
        Ok(match setup.database.writer().edit_unit(edit).await? {
            Edited::Done => Some(()),
            Edited::Conflict => None,
        })
    }

    /// Whether what the unit shall name is there.
    async fn check_unit(
        &self,
        organization: OrganizationId,
        seen: &Unit,
        new: &Unit,
    ) -> Result<(), OperationError> {
        let mut conn = self.setup().database.read().await?;
        if (new.site_id, new.area_id) != (seen.site_id, seen.area_id) {
            check_place(&mut conn, organization, (new.site_id, new.area_id)).await?;
        }
        let Some(device) = new.primary_device_id else {
            return Ok(());
        };
        match devices::find_by_id(&mut conn, organization, device).await? {
            None => Err(OperationError::unknown("primaryDeviceId")),
            Some(found) if found.unit_id != Some(seen.id) => Err(OperationError::invalid(
                "primaryDeviceId",
                "must be a device of the unit",
            )),
            Some(_) => Ok(()),
        }
    }
}

async fn check_place(
    conn: &mut Conn,
    organization: OrganizationId,
    (site, area): (SiteId, AreaId),
) -> Result<(), OperationError> {
    if !sites::exists(conn, organization, site).await? {
        return Err(OperationError::unknown("siteId"));
    }
    match sites::get_area(conn, organization, area).await? {
        None => Err(OperationError::unknown("areaId")),
        Some(area) if area.site_id != site => Err(OperationError::invalid(
            "areaId",
            "must be an area of the site",
        )),
        Some(_) => Ok(()),
    }
}
