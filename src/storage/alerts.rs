//! Alerts: the record is a JSON document, with the columns beside it that are filtered or constrained.

use diesel::{
    BoolExpressionMethods, ExpressionMethods, IntoSql, QueryDsl,
    sql_types::{Bool, Nullable},
};

use crate::domain::{Alert, AlertId, AlertKind, AlertStatus, OrganizationId, Timestamp, UnitId};

use super::{StoreError, conn::Conn, schema::alerts};

/// Reads a stored record.
pub(super) fn decode(body: &str) -> Result<Alert, StoreError> {
    serde_json::from_str(body).map_err(|error| StoreError::Damaged(format!("alert: {error}")))
}

/// Which alerts.
#[derive(Debug, Clone, Copy, Default)]
pub struct AlertFilter {
    /// Only those that stand so.
    pub status: Option<AlertStatus>,
    /// Only those that are not resolved.
    pub open: bool,
    /// Only those of this unit.
    pub unit_id: Option<UnitId>,
    /// Only those of this kind.
    pub kind: Option<AlertKind>,
}

/// One alert, if it is this organization's.
///
/// # Errors
/// [`StoreError`] if the database cannot answer.
pub async fn get(
    conn: &mut Conn,
    organization: OrganizationId,
    alert: AlertId,
) -> Result<Option<Alert>, StoreError> {
    let query = alerts::table
        .filter(alerts::organization_id.eq(organization))
        .filter(alerts::id.eq(alert))
        .select(alerts::body);
    conn.first::<String>(query)
        .await?
        .as_deref()
        .map(decode)
        .transpose()
}

/// Alerts, the newest first, before `before`, at most `limit`.
///
/// # Errors
/// [`StoreError`] if the database cannot answer.
pub async fn list(
    conn: &mut Conn,
    organization: OrganizationId,
    filter: AlertFilter,
    before: Option<(Timestamp, AlertId)>,
    limit: i64,
) -> Result<Vec<Alert>, StoreError> {
    let (at, id) = before.unwrap_or((Timestamp::MAX, AlertId(uuid::Uuid::max())));
    let query = alerts::table
        .filter(alerts::organization_id.eq(organization))
        .filter(
            alerts::triggered_at
                .lt(at)
                .or(alerts::triggered_at.eq(at).and(alerts::id.lt(id))),
        )
        .filter(
            alerts::status
                .eq(filter.status.unwrap_or(AlertStatus::Active))
                .or(filter.status.is_none().into_sql::<Bool>()),
        )
        .filter(
            alerts::status
                .ne(AlertStatus::Resolved)
                .or((!filter.open).into_sql::<Bool>()),
        )
        .filter(
            alerts::unit_id
                .eq(filter.unit_id)
                .or(filter.unit_id.is_none().into_sql::<Nullable<Bool>>()),
        )
        .filter(
            alerts::kind
                .eq(filter.kind.unwrap_or(AlertKind::TemperatureExcursion))
                .or(filter.kind.is_none().into_sql::<Bool>()),
        )
        .order((alerts::triggered_at.desc(), alerts::id.desc()))
        .limit(limit)
        .select(alerts::body);
    conn.all::<String>(query)
        .await?
        .iter()
        .map(|body| decode(body))
        .collect()
}
