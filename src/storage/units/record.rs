//! What stays of a unit, archived or not.

use diesel::{ExpressionMethods, JoinOnDsl, NullableExpressionMethods, QueryDsl};

use crate::{
    domain::{DeviceId, DeviceRole, EffectiveRule, OrganizationId, UnitId},
    storage::{
        StoreError,
        conn::Conn,
        rules,
        schema::{devices, sites, units},
        types::columns,
    },
};

use super::UnitRow;

/// What the record of a unit is judged by; of an archived one too.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OnRecord {
    /// Its limits at present.
    pub rule: EffectiveRule,
    /// The sensor that sets its temperature; none: any does.
    pub primary_device_id: Option<DeviceId>,
    /// Seconds between that sensor's readings; the usual ones of a thermometer where there is none.
    pub interval_seconds: i32,
}

/// A unit that this organization has or had.
///
/// # Errors
/// [`StoreError`] if the database cannot answer.
pub async fn on_record(
    conn: &mut Conn,
    organization: OrganizationId,
    unit: UnitId,
) -> Result<Option<OnRecord>, StoreError> {
    let primary = units::primary_device_id.eq(devices::id.nullable());
    let query = units::table
        .left_join(devices::table.on(primary))
        .filter(units::organization_id.eq(organization))
        .filter(units::id.eq(unit))
        .select((
            columns::<UnitRow>(),
            devices::expected_interval_seconds.nullable(),
        ));
    let Some((row, interval)) = conn.first::<(UnitRow, Option<i32>)>(query).await? else {
        return Ok(None);
    };
    let rules = rules::all_of(conn, organization).await?;
    let in_scope = rules::in_scope(&rules, organization, row.site_id, unit);
    Ok(Some(OnRecord {
        rule: EffectiveRule::resolve(row.kind, in_scope),
        primary_device_id: row.primary_device_id,
        interval_seconds: interval.unwrap_or(DeviceRole::Temperature.usual_interval_seconds()),
    }))
}

/// The time zone of the site of a unit that this organization has or had.
///
/// # Errors
/// [`StoreError`] if the database cannot answer.
pub async fn timezone(
    conn: &mut Conn,
    organization: OrganizationId,
    unit: UnitId,
) -> Result<Option<String>, StoreError> {
    let query = units::table
        .inner_join(sites::table.on(sites::id.eq(units::site_id)))
        .filter(units::organization_id.eq(organization))
        .filter(units::id.eq(unit))
        .select(sites::timezone);
    conn.first(query).await
}
