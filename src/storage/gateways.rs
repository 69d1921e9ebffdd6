//! LoRaWAN gateways.

use diesel::sql_types::Text;

use crate::domain::{GatewayId, OrganizationId, SiteId, Timestamp};

use super::{
    statements::Statements,
    stmt::stmt,
    types::{Id, Moment},
};

/// A gateway to make.
#[derive(Debug, Clone)]
pub struct NewGateway {
    /// The gateway.
    pub id: GatewayId,
    /// Whose.
    pub organization_id: OrganizationId,
    /// Where it hangs.
    pub site_id: SiteId,
    /// The Things Stack's name of it.
    pub gateway_id: String,
    /// Shown name.
    pub name: String,
}

/// Makes a gateway that has never been heard.
pub fn insert(statements: &mut Statements, gateway: NewGateway, now: Timestamp) {
    statements.push(
        stmt("INSERT INTO gateways (id, organization_id, site_id, gateway_id, name, created_at) VALUES (?, ?, ?, ?, ?, ?)")
            .bind::<Id, _>(gateway.id)
            .bind::<Id, _>(gateway.organization_id)
            .bind::<Id, _>(gateway.site_id)
            .bind::<Text, _>(gateway.gateway_id)
            .bind::<Text, _>(gateway.name)
            .bind::<Moment, _>(now),
    );
    statements.push(
        stmt("INSERT INTO gateway_states (gateway_id, organization_id) VALUES (?, ?)")
            .bind::<Id, _>(gateway.id)
            .bind::<Id, _>(gateway.organization_id),
    );
}
