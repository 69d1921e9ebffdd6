//! The way back to each sensor, as its network told it last.

use diesel::{
    ExpressionMethods, QueryDsl,
    prelude::{Queryable, Selectable},
    sql_types::Text,
};

use crate::domain::{DeviceId, DownlinkRoute, OrganizationId, Timestamp};

use super::{
    StoreError,
    conn::Conn,
    schema::downlink_routes,
    statements::Statements,
    stmt::stmt,
    types::{Id, Moment, columns},
};

/// A route as its table has it.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = downlink_routes)]
struct RouteRow {
    push_url: String,
    replace_url: String,
    api_key: String,
}

/// The route of one device, if its network ever told one.
///
/// # Errors
/// [`StoreError`] if the database cannot answer.
pub async fn get(
    conn: &mut Conn,
    organization: OrganizationId,
    device: DeviceId,
) -> Result<Option<DownlinkRoute>, StoreError> {
    let query = downlink_routes::table
        .filter(downlink_routes::organization_id.eq(organization))
        .filter(downlink_routes::device_id.eq(device))
        .select(columns::<RouteRow>());
    let row = conn.first::<RouteRow>(query).await?;
    Ok(row.and_then(|row| DownlinkRoute::new(&row.push_url, &row.replace_url, &row.api_key)))
}

/// Keeps a route in place of the one before.
#[must_use]
pub fn put(
    organization: OrganizationId,
    device: DeviceId,
    route: &DownlinkRoute,
    now: Timestamp,
) -> Statements {
    Statements::new().and(
        stmt(
            "INSERT INTO downlink_routes (device_id, organization_id, push_url, replace_url, api_key, told_at) \
             SELECT id, organization_id, ?, ?, ?, ? FROM devices WHERE organization_id = ? AND id = ? \
             ON CONFLICT (device_id) DO UPDATE SET push_url = excluded.push_url, \
             replace_url = excluded.replace_url, api_key = excluded.api_key, told_at = excluded.told_at",
        )
        .bind::<Text, _>(route.push().to_owned())
        .bind::<Text, _>(route.replace().to_owned())
        .bind::<Text, _>(route.key().to_owned())
        .bind::<Moment, _>(now)
        .bind::<Id, _>(organization)
        .bind::<Id, _>(device),
    )
}
