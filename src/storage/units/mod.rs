//! Units with their state: rows, and what is read of them.

mod record;
mod write;

use diesel::{
    BoolExpressionMethods, ExpressionMethods, IntoSql, JoinOnDsl, NullableExpressionMethods,
    QueryDsl,
    prelude::{Queryable, Selectable},
    sql_types::{Bool, Nullable},
};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::{
    alerts::{Excursion, LastTemperature, UnitIdentity, UnitState},
    domain::{
        Alert, AlertId, AreaId, DeviceId, Direction, EffectiveRule, OrganizationId, Reading,
        RuleScope, SiteId, Timestamp, UnitId, UnitKind, UnitStatus,
    },
};

use super::{
    StoreError,
    conn::Conn,
    readings::ReadingRow,
    rules,
    schema::{readings, unit_states, units},
    types::columns,
    writer::job::FrameKey,
};

pub use record::{OnRecord, on_record, timezone};
pub use write::{
    NewUnit, archive, insert, replace, set_first_primary_device, set_primary_device,
    unset_primary_device,
};

/// A unit as its table has it.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = units)]
pub(super) struct UnitRow {
    pub(super) id: UnitId,
    pub(super) organization_id: OrganizationId,
    pub(super) site_id: SiteId,
    pub(super) area_id: AreaId,
    pub(super) name: String,
    pub(super) kind: UnitKind,
    pub(super) primary_device_id: Option<DeviceId>,
}

/// What decisions about a unit keep.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = unit_states)]
pub(super) struct UnitStateRow {
    pub(super) status: UnitStatus,
    pub(super) status_since: Timestamp,
    pub(super) last_at: Option<Timestamp>,
    pub(super) last_celsius: Option<f64>,
    pub(super) last_interval_seconds: Option<i32>,
    pub(super) latest_at: Option<Timestamp>,
    pub(super) latest_key: Option<Vec<u8>>,
    pub(super) excursion_alert_id: Option<AlertId>,
    pub(super) excursion_direction: Option<Direction>,
    pub(super) excursion_outside_since: Option<Timestamp>,
    pub(super) excursion_confirm_at: Option<Timestamp>,
    pub(super) excursion_peak: Option<f64>,
    pub(super) excursion_outside_ms: Option<i64>,
}

impl UnitStateRow {
    /// The newest live reading: its time and row key.
    pub(super) fn latest(&self) -> Option<(Timestamp, FrameKey)> {
        let key = self.latest_key.as_deref()?.try_into().ok()?;
        Some((self.latest_at?, key))
    }

    /// The state that `alerts` decides on; `open` is the alert that the row names.
    pub(super) fn into_state(self, unit: &UnitRow, open: Option<Alert>) -> UnitState {
        let excursion = || {
            Some(Excursion {
                alert: open?,
                direction: self.excursion_direction?,
                confirm_at: self.excursion_confirm_at,
                outside_since: self.excursion_outside_since,
                outside_ms: self.excursion_outside_ms?,
                peak: self.excursion_peak?,
            })
        };
        let last = || {
            Some(LastTemperature {
                at: self.last_at?,
                celsius: self.last_celsius?,
                interval_seconds: self.last_interval_seconds?,
            })
        };
        UnitState {
            unit: UnitIdentity {
                id: unit.id,
                organization_id: unit.organization_id,
                site_id: unit.site_id,
                name: unit.name.clone(),
            },
            status: self.status,
            status_since: self.status_since,
            last: last(),
            excursion: excursion(),
        }
    }
}

/// A unit as clients see it.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Unit {
    /// The unit.
    pub id: UnitId,
    /// Its site.
    pub site_id: SiteId,
    /// Its area.
    pub area_id: AreaId,
    /// Shown name.
    pub name: String,
    /// What it is.
    pub kind: UnitKind,
    /// How it stands.
    pub status: UnitStatus,
    /// Since when.
    pub status_since: Timestamp,
    /// The sensor that sets its temperature.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub primary_device_id: Option<DeviceId>,
    /// The newest live reading of that sensor.
    pub latest_reading: Option<Reading>,
    /// The limits in force.
    pub effective_rule: EffectiveRule,
}

/// Which units.
#[derive(Debug, Clone, Copy)]
pub enum UnitFilter {
    /// All of the organization.
    All,
    /// Those of a site.
    Site(SiteId),
    /// One.
    One(UnitId),
}

/// Units of an organization in id order, after `after`, at most `limit`.
///
/// # Errors
/// [`StoreError`] if the database cannot answer.
pub async fn list(
    conn: &mut Conn,
    organization: OrganizationId,
    filter: UnitFilter,
    after: Option<UnitId>,
    limit: i64,
) -> Result<Vec<Unit>, StoreError> {
    let (site, one) = match filter {
        UnitFilter::All => (None, None),
        UnitFilter::Site(site) => (Some(site), None),
        UnitFilter::One(unit) => (None, Some(unit)),
    };
    let newest = readings::unit_id
        .eq(units::id)
        .and(unit_states::latest_at.eq(readings::measured_at.nullable()))
        .and(unit_states::latest_key.eq(readings::frame_key.nullable()));
    let query = units::table
        .inner_join(unit_states::table.on(unit_states::unit_id.eq(units::id)))
        .left_join(readings::table.on(newest))
        .filter(units::organization_id.eq(organization))
        .filter(units::archived_at.is_null())
        .filter(units::id.gt(after.unwrap_or(UnitId(Uuid::nil()))))
        .filter(
            units::site_id
                .nullable()
                .eq(site)
                .or(site.is_none().into_sql::<Nullable<Bool>>()),
        )
        .filter(
            units::id
                .nullable()
                .eq(one)
                .or(one.is_none().into_sql::<Nullable<Bool>>()),
        )
        .order(units::id)
        .limit(limit)
        .select((
            columns::<UnitRow>(),
            columns::<UnitStateRow>(),
            columns::<ReadingRow>().nullable(),
        ));
    let rows: Vec<(UnitRow, UnitStateRow, Option<ReadingRow>)> = conn.all(query).await?;
    let rules = rules::all_of(conn, organization).await?;
    let view = |(unit, state, latest): (UnitRow, UnitStateRow, Option<ReadingRow>)| Unit {
        effective_rule: EffectiveRule::resolve(
            unit.kind,
            rules::in_scope(&rules, organization, unit.site_id, unit.id),
        ),
        id: unit.id,
        site_id: unit.site_id,
        area_id: unit.area_id,
        name: unit.name,
        kind: unit.kind,
        status: state.status,
        status_since: state.status_since,
        primary_device_id: unit.primary_device_id,
        latest_reading: latest.map(Reading::from),
    };
    Ok(rows.into_iter().map(view).collect())
}

/// One unit, if it is this organization's.
///
/// # Errors
/// [`StoreError`] if the database cannot answer.
pub async fn get(
    conn: &mut Conn,
    organization: OrganizationId,
    unit: UnitId,
) -> Result<Option<Unit>, StoreError> {
    Ok(list(conn, organization, UnitFilter::One(unit), None, 1)
        .await?
        .pop())
}

/// Where a scope lies: whether this organization has it.
///
/// # Errors
/// [`StoreError`] if the database cannot answer.
pub async fn scope_exists(
    conn: &mut Conn,
    organization: OrganizationId,
    scope: RuleScope,
    id: Uuid,
) -> Result<bool, StoreError> {
    match scope {
        RuleScope::Organization => Ok(id == organization.0),
        RuleScope::Site => super::sites::exists(conn, organization, SiteId(id)).await,
        RuleScope::Unit => exists(conn, organization, UnitId(id)).await,
    }
}

/// Whether this organization has this unit.
///
/// # Errors
/// [`StoreError`] if the database cannot answer.
pub async fn exists(
    conn: &mut Conn,
    organization: OrganizationId,
    unit: UnitId,
) -> Result<bool, StoreError> {
    let query = units::table
        .filter(units::organization_id.eq(organization))
        .filter(units::id.eq(unit))
        .filter(units::archived_at.is_null())
        .select(units::id);
    Ok(conn.first::<UnitId>(query).await?.is_some())
}
