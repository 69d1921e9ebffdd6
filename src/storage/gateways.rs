//! LoRaWAN gateways.

use diesel::{
    BoolExpressionMethods, ExpressionMethods, IntoSql, JoinOnDsl, NullableExpressionMethods,
    QueryDsl,
    sql_types::{Bool, Nullable, Text},
};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::domain::{GatewayId, OrganizationId, SiteId, Timestamp};

use super::{
    StoreError,
    conn::Conn,
    schema::{gateway_states, gateways},
    statements::Statements,
    stmt::stmt,
    types::{Id, Moment},
};

/// A gateway as clients see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Gateway {
    /// The gateway.
    pub id: GatewayId,
    /// Where it hangs.
    pub site_id: SiteId,
    /// The Things Stack's name of it.
    pub gateway_id: String,
    /// Shown name.
    pub name: String,
    /// When it last passed a message on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_seen_at: Option<Timestamp>,
}

type Columns = (GatewayId, SiteId, String, String, Option<Timestamp>);

fn gateway((id, site_id, gateway_id, name, last_seen_at): Columns) -> Gateway {
    Gateway {
        id,
        site_id,
        gateway_id,
        name,
        last_seen_at,
    }
}

/// Gateways in id order after `after`, at most `limit`.
///
/// # Errors
/// [`StoreError`] if the database cannot answer.
pub async fn list(
    conn: &mut Conn,
    organization: OrganizationId,
    after: Option<GatewayId>,
    limit: i64,
) -> Result<Vec<Gateway>, StoreError> {
    select(conn, organization, None, after, limit).await
}

async fn select(
    conn: &mut Conn,
    organization: OrganizationId,
    one: Option<GatewayId>,
    after: Option<GatewayId>,
    limit: i64,
) -> Result<Vec<Gateway>, StoreError> {
    let query = gateways::table
        .inner_join(gateway_states::table.on(gateway_states::gateway_id.eq(gateways::id)))
        .filter(gateways::organization_id.eq(organization))
        .filter(gateways::archived_at.is_null())
        .filter(gateways::id.gt(after.unwrap_or(GatewayId(Uuid::nil()))))
        .filter(
            gateways::id
                .nullable()
                .eq(one)
                .or(one.is_none().into_sql::<Nullable<Bool>>()),
        )
        .order(gateways::id)
        .limit(limit)
        .select((
            gateways::id,
            gateways::site_id,
            gateways::gateway_id,
            gateways::name,
            gateway_states::last_seen_at,
        ));
    let rows: Vec<Columns> = conn.all(query).await?;
    Ok(rows.into_iter().map(gateway).collect())
}

/// One gateway, if it is this organization's.
///
/// # Errors
/// [`StoreError`] if the database cannot answer.
pub async fn get(
    conn: &mut Conn,
    organization: OrganizationId,
    id: GatewayId,
) -> Result<Option<Gateway>, StoreError> {
    let found = select(conn, organization, Some(id), None, 1).await?;
    Ok(found.into_iter().next())
}

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

/// Replaces what people say of a gateway by `new`, if it still is what was `seen`.
#[must_use]
pub fn replace(organization: OrganizationId, seen: &Gateway, new: &Gateway) -> Statements {
    let replace = "UPDATE gateways SET site_id = ?, gateway_id = ?, name = ? WHERE id = ? AND organization_id = ? \
                   AND archived_at IS NULL AND site_id = ? AND gateway_id = ? AND name = ?";
    Statements::guarded(
        stmt(replace)
            .bind::<Id, _>(new.site_id)
            .bind::<Text, _>(new.gateway_id.clone())
            .bind::<Text, _>(new.name.clone())
            .bind::<Id, _>(seen.id)
            .bind::<Id, _>(organization)
            .bind::<Id, _>(seen.site_id)
            .bind::<Text, _>(seen.gateway_id.clone())
            .bind::<Text, _>(seen.name.clone()),
    )
}

/// Removes a gateway, its state first.
#[must_use]
pub fn delete(organization: OrganizationId, gateway: GatewayId) -> Statements {
    Statements::guarded(
        stmt("DELETE FROM gateway_states WHERE gateway_id = ? AND organization_id = ?")
            .bind::<Id, _>(gateway)
            .bind::<Id, _>(organization),
    )
    .and(
        stmt("DELETE FROM gateways WHERE id = ? AND organization_id = ?")
            .bind::<Id, _>(gateway)
            .bind::<Id, _>(organization),
    )
}
