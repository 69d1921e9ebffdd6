//! Alerts: the record is a JSON document, with the columns beside it that are filtered or constrained.

use diesel::{
    BoolExpressionMethods, ExpressionMethods, IntoSql, QueryDsl,
    sql_types::{Bool, Nullable},
};

use schemars::JsonSchema;
use serde::Serialize;

use crate::domain::{
    Alert, AlertId, AlertKind, AlertStatus, AlertTransition, EffectiveRule, OrganizationId,
    Reading, Resolver, Severity, Timestamp, UnitId,
};

use super::{
    StoreError,
    conn::Conn,
    readings::newest_until,
    schema::{alert_history, alerts},
};

/// Versions of one alert that are shown; it has a handful.
const MAX_STEPS: i64 = 1000;

/// Readings that are shown with each.
const READINGS_OF_STEP: i64 = 3;

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

/// One version of an alert, and what it was judged by.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct AlertStep {
    /// When.
    pub at: Timestamp,
    /// What happened.
    pub transition: AlertTransition,
    /// How bad it was then.
    pub severity: Severity,
    /// Where it stood then.
    pub status: AlertStatus,
    /// Who did it; the server alone where nobody is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<Resolver>,
    /// The limits in force.
    #[schemars(with = "EffectiveRule")]
    pub rule: serde_json::Value,
    /// What the unit had measured last, ascending.
    pub readings: Vec<Reading>,
}

/// An alert with all that happened to it, ascending.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct AlertRecord {
    /// As it stands.
    #[serde(flatten)]
    pub alert: Alert,
    /// How it came to that.
    pub history: Vec<AlertStep>,
}

/// One alert with its history, if it is this organization's.
///
/// # Errors
/// [`StoreError`] if the database cannot answer.
pub async fn record(
    conn: &mut Conn,
    organization: OrganizationId,
    alert: AlertId,
) -> Result<Option<AlertRecord>, StoreError> {
    let Some(found) = get(conn, organization, alert).await? else {
        return Ok(None);
    };
    let query = alert_history::table
        .filter(alert_history::organization_id.eq(organization))
        .filter(alert_history::alert_id.eq(alert))
        .order(alert_history::version)
        .limit(MAX_STEPS)
        .select((
            alert_history::at,
            alert_history::transition,
            alert_history::rule,
            alert_history::body,
        ));
    let rows: Vec<(Timestamp, AlertTransition, String, String)> = conn.all(query).await?;
    let mut history = Vec::with_capacity(rows.len());
    for (at, transition, rule, body) in rows {
        let then = decode(&body)?;
        let readings = match then.unit_id {
            Some(unit) => newest_until(conn, organization, unit, at, READINGS_OF_STEP).await?,
            None => Vec::new(),
        };
        history.push(AlertStep {
            at,
            transition,
            severity: then.severity,
            status: then.status,
            by: by(transition, then),
            rule: serde_json::from_str(&rule)
                .map_err(|error| StoreError::Damaged(format!("rule of an alert: {error}")))?,
            readings,
        });
    }
    Ok(Some(AlertRecord {
        alert: found,
        history,
    }))
}

fn by(transition: AlertTransition, then: Alert) -> Option<Resolver> {
    match transition {
        AlertTransition::Acknowledged => then.acknowledged_by.map(Resolver::Person),
        AlertTransition::Resolved => then.resolved_by,
        AlertTransition::Triggered | AlertTransition::Updated => None,
    }
}
