//! Somebody makes a unit: what is watched.

use crate::{
    auth::Identity,
    domain::{Action, AreaId, Name, OrganizationId, SiteId, UnitId, UnitKind},
    events::Resource,
    storage::{
        Conn, sites,
        statements::Statements,
        units::{self, Unit},
    },
};

use super::{OperationError, Operations, identify};

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
        check_place(&mut conn, organization, &new).await?;
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
}

async fn check_place(
    conn: &mut Conn,
    organization: OrganizationId,
    new: &NewUnit,
) -> Result<(), OperationError> {
    if !sites::exists(conn, organization, new.site_id).await? {
        return Err(OperationError::unknown("siteId"));
    }
    match sites::get_area(conn, organization, new.area_id).await? {
        None => Err(OperationError::unknown("areaId")),
        Some(area) if area.site_id != new.site_id => Err(OperationError::invalid(
            "areaId",
            "must be an area of the site",
        )),
        Some(_) => Ok(()),
    }
}
