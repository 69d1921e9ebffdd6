//! Somebody makes, changes or removes a gateway.

use crate::{
    auth::Identity,
    domain::{Action, GatewayId, Name, OrganizationId, SiteId},
    events::Resource,
    storage::{
        StoreError,
        gateways::{self, Gateway},
        sites,
        statements::Statements,
    },
};

use super::{OperationError, Operations, identify};

/// A gateway to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewGateway {
    /// Its site.
    pub site_id: SiteId,
    /// The Things Stack's name of it.
    pub gateway_id: Name,
    /// Shown name.
    pub name: Name,
}

/// What shall become of a gateway; what is not named stays.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GatewayChange {
    /// Its site.
    pub site_id: Option<SiteId>,
    /// The Things Stack's name of it.
    pub gateway_id: Option<Name>,
    /// Shown name.
    pub name: Option<Name>,
}

impl GatewayChange {
    fn applied_to(&self, gateway: &Gateway) -> Gateway {
        let text = |name: &Option<Name>, known: &str| {
            let new = name.as_ref().map(ToString::to_string);
            new.unwrap_or_else(|| known.to_owned())
        };
        Gateway {
            site_id: self.site_id.unwrap_or(gateway.site_id),
            gateway_id: text(&self.gateway_id, &gateway.gateway_id),
            name: text(&self.name, &gateway.name),
            ..gateway.clone()
        }
    }
}

impl Operations {
    /// Makes a gateway.
    ///
    /// # Errors
    /// [`OperationError::UnknownReference`] for a site that this organization has not,
    /// [`OperationError::GatewayExists`], or those of [`Self::identify`] and of the role.
    pub async fn create_gateway(
        &self,
        who: &Identity,
        new: NewGateway,
    ) -> Result<Gateway, OperationError> {
        let setup = self.setup();
        let mut conn = setup.database.read().await?;
        let who = identify::authorized(&mut conn, who, Action::ManageTree).await?;
        drop(conn);
        let organization_id = who.organization_id;
        self.check_site(organization_id, new.site_id).await?;
        let made = Gateway {
            id: GatewayId(setup.clock.new_id()),
            site_id: new.site_id,
            gateway_id: new.gateway_id.into_text(),
            name: new.name.into_text(),
            last_seen_at: None,
        };
        let row = gateways::NewGateway {
            id: made.id,
            organization_id,
            site_id: made.site_id,
            gateway_id: made.gateway_id.clone(),
            name: made.name.clone(),
        };
        let mut statements = Statements::new();
        gateways::insert(&mut statements, row, setup.clock.now());
        statements.tell_updated(organization_id, Resource::Gateways, made.id.0);
        match setup.database.writer().run(statements).await {
            Err(StoreError::Conflict(_)) => Err(OperationError::GatewayExists),
            written => written.map(|_| made).map_err(OperationError::from),
        }
    }

    /// Changes a gateway. `expected` says whether it, as it stands, is what the caller wants to change.
    ///
    /// # Errors
    /// [`OperationError::NotFound`], [`OperationError::PreconditionFailed`], [`OperationError::Contended`], or
    /// those of [`Self::create_gateway`].
    pub async fn change_gateway(
        &self,
        who: &Identity,
        gateway: GatewayId,
        change: GatewayChange,
        expected: impl Fn(&Gateway) -> bool,
    ) -> Result<Gateway, OperationError> {
        let read =
            async |conn: &mut _, organization| gateways::get(conn, organization, gateway).await;
        let act = async |who: &Identity, seen: Gateway| {
            let new = change.applied_to(&seen);
            if new == seen {
                return Ok(Some(new));
            }
            self.check_site(who.organization_id, new.site_id).await?;
            let mut statements = gateways::replace(who.organization_id, &seen, &new);
            statements.tell_updated(who.organization_id, Resource::Gateways, gateway.0);
            match self.write_guarded(statements, new).await {
                Err(StoreError::Conflict(_)) => Err(OperationError::GatewayExists),
                written => Ok(written?),
            }
        };
        self.on_seen(who, Action::ManageTree, read, expected, act)
            .await
    }

    /// Removes a gateway.
    ///
    /// # Errors
    /// Those of [`Self::change_gateway`].
    pub async fn delete_gateway(
        &self,
        who: &Identity,
        gateway: GatewayId,
        expected: impl Fn(&Gateway) -> bool,
    ) -> Result<(), OperationError> {
        let read =
            async |conn: &mut _, organization| gateways::get(conn, organization, gateway).await;
        let act = async |who: &Identity, _: Gateway| {
            let mut statements = gateways::delete(who.organization_id, gateway);
            statements.tell_updated(who.organization_id, Resource::Gateways, gateway.0);
            // Its state goes first; without one there is no gateway.
            Ok(self.write_guarded(statements, ()).await?)
        };
        self.on_seen(who, Action::ManageTree, read, expected, act)
            .await
    }

    async fn check_site(
        &self,
        organization: OrganizationId,
        site: SiteId,
    ) -> Result<(), OperationError> {
        let mut conn = self.setup().database.read().await?;
        match sites::exists(&mut conn, organization, site).await? {
            true => Ok(()),
            false => Err(OperationError::unknown("siteId")),
        }
    }
}
