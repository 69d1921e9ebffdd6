//! Somebody makes a site, or an area of one.

use crate::{
    auth::Identity,
    domain::{Action, AreaId, Name, SiteId, Timezone},
    events::Resource,
    storage::{
        sites::{self, Area, Site},
        statements::Statements,
    },
};

use super::{OperationError, Operations, identify};

/// A site to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSite {
    /// Shown name.
    pub name: Name,
    /// Where its days begin and end.
    pub timezone: Timezone,
}

/// An area to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewArea {
    /// Its site.
    pub site_id: SiteId,
    /// Shown name.
    pub name: Name,
}

impl Operations {
    /// Makes a site.
    ///
    /// # Errors
    /// Those of [`Self::identify`] and of the role, or [`OperationError::Store`].
    pub async fn create_site(&self, who: &Identity, new: NewSite) -> Result<Site, OperationError> {
        let setup = self.setup();
        let mut conn = setup.database.read().await?;
        let who = identify::authorized(&mut conn, who, Action::ManageTree).await?;
        drop(conn);
        let site = Site {
            id: SiteId(setup.clock.new_id()),
            name: new.name.into_text(),
            timezone: new.timezone.into_text(),
        };
        let (organization, now) = (who.organization_id, setup.clock.now());
        let mut statements = Statements::new();
        sites::insert(&mut statements, organization, site.clone(), now);
        statements.tell_updated(organization, Resource::Sites, site.id.0);
        setup.database.writer().run(statements).await?;
        Ok(site)
    }

    /// Makes an area of a site.
    ///
    /// # Errors
    /// [`OperationError::UnknownReference`] for a site that this organization has not, or those of
    /// [`Self::create_site`].
    pub async fn create_area(&self, who: &Identity, new: NewArea) -> Result<Area, OperationError> {
        let setup = self.setup();
        let mut conn = setup.database.read().await?;
        let who = identify::authorized(&mut conn, who, Action::ManageTree).await?;
        let organization = who.organization_id;
        if !sites::exists(&mut conn, organization, new.site_id).await? {
            return Err(OperationError::unknown("siteId"));
        }
        drop(conn);
        let area = Area {
            id: AreaId(setup.clock.new_id()),
            site_id: new.site_id,
            name: new.name.into_text(),
        };
        let now = setup.clock.now();
        let mut statements = Statements::new();
        let place = (area.site_id, area.id);
        sites::insert_area(&mut statements, organization, place, &area.name, now);
        statements.tell_updated(organization, Resource::Areas, area.id.0);
        setup.database.writer().run(statements).await?;
        Ok(area)
    }
}
