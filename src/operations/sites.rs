//! Somebody makes, changes or removes a site, or an area of one.

use crate::{
    auth::Identity,
    domain::{Action, AreaId, Name, SiteId, Timezone},
    events::Resource,
    storage::{
        sites::{self, Area, Site},
        statements::Statements,
    },
};

use super::{OperationError, Operations, identify, seen::in_use};

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

/// What shall become of a site; what is not named stays.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SiteChange {
    /// Shown name.
    pub name: Option<Name>,
    /// Where its days begin and end.
    pub timezone: Option<Timezone>,
}

impl SiteChange {
    fn applied_to(&self, site: &Site) -> Site {
        let text = |name: &Name| name.to_string();
        Site {
            id: site.id,
            name: self.name.as_ref().map_or(site.name.clone(), text),
            timezone: match &self.timezone {
                Some(timezone) => timezone.to_string(),
                None => site.timezone.clone(),
            },
        }
    }
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
    /// Changes a site. `expected` says whether it, as it stands, is what the caller wants to change.
    ///
    /// # Errors
    /// [`OperationError::NotFound`], [`OperationError::PreconditionFailed`], [`OperationError::Contended`], or
    /// those of [`Self::create_site`].
    pub async fn change_site(
        &self,
        who: &Identity,
        site: SiteId,
        change: SiteChange,
        expected: impl Fn(&Site) -> bool,
    ) -> Result<Site, OperationError> {
        let read = async |conn: &mut _, organization| sites::get(conn, organization, site).await;
        let act = async |who: &Identity, seen: Site| {
            let new = change.applied_to(&seen);
            if new == seen {
                return Ok(Some(new));
            }
            let mut statements = sites::replace(who.organization_id, &seen, &new);
            statements.tell_updated(who.organization_id, Resource::Sites, site.0);
            Ok(self.write_guarded(statements, new).await?)
        };
        self.on_seen(who, Action::ManageTree, read, expected, act)
            .await
    }

    /// Removes a site that nothing lies or lay in.
    ///
    /// # Errors
    /// [`OperationError::InUse`], or those of [`Self::change_site`].
    pub async fn delete_site(
        &self,
        who: &Identity,
        site: SiteId,
        expected: impl Fn(&Site) -> bool,
    ) -> Result<(), OperationError> {
        let read = async |conn: &mut _, organization| sites::get(conn, organization, site).await;
        let act = async |who: &Identity, seen: Site| {
            let mut statements = sites::delete(who.organization_id, &seen);
            statements.tell_updated(who.organization_id, Resource::Sites, site.0);
            self.write_guarded(statements, ()).await.map_err(in_use)
        };
        self.on_seen(who, Action::ManageTree, read, expected, act)
            .await
    }

    /// Gives an area another name.
    ///
    /// # Errors
    /// Those of [`Self::change_site`].
    pub async fn rename_area(
        &self,
        who: &Identity,
        area: AreaId,
        name: Option<Name>,
        expected: impl Fn(&Area) -> bool,
    ) -> Result<Area, OperationError> {
        let read =
            async |conn: &mut _, organization| sites::get_area(conn, organization, area).await;
        let act = async |who: &Identity, seen: Area| {
            let name = name.as_ref().map(ToString::to_string);
            let new = Area {
                name: name.unwrap_or_else(|| seen.name.clone()),
                ..seen
            };
            if new == seen {
                return Ok(Some(new));
            }
            let mut statements = sites::replace_area(who.organization_id, &seen, &new);
            statements.tell_updated(who.organization_id, Resource::Areas, area.0);
            Ok(self.write_guarded(statements, new).await?)
        };
        self.on_seen(who, Action::ManageTree, read, expected, act)
            .await
    }

    /// Removes an area that no unit lies or lay in.
    ///
    /// # Errors
    /// [`OperationError::InUse`], or those of [`Self::change_site`].
    pub async fn delete_area(
        &self,
        who: &Identity,
        area: AreaId,
        expected: impl Fn(&Area) -> bool,
    ) -> Result<(), OperationError> {
        let read =
            async |conn: &mut _, organization| sites::get_area(conn, organization, area).await;
        let act = async |who: &Identity, seen: Area| {
            let mut statements = sites::delete_area(who.organization_id, &seen);
            statements.tell_updated(who.organization_id, Resource::Areas, area.0);
            self.write_guarded(statements, ()).await.map_err(in_use)
        };
        self.on_seen(who, Action::ManageTree, read, expected, act)
            .await
    }
}
