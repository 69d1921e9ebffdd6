//! Rules by scope.

use diesel::{
    ExpressionMethods, QueryDsl,
    prelude::{Queryable, Selectable},
};

use crate::domain::{OrganizationId, Rule, RuleId, RuleScope, SiteId, UnitId};

use super::{
    StoreError,
    conn::Conn,
    schema::rules,
    statements::AnyStatement,
    stmt::stmt,
    types::{AnyId, Id, columns},
};

/// Removes a rule.
pub(super) fn delete(organization: OrganizationId, rule: RuleId) -> impl AnyStatement {
    stmt("DELETE FROM rules WHERE id = ? AND organization_id = ?")
        .bind::<Id, _>(rule)
        .bind::<Id, _>(organization)
}

/// A rule as its table has it.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = rules)]
pub(super) struct RuleRow {
    id: RuleId,
    scope: RuleScope,
    scope_id: AnyId,
    min_temperature: Option<f64>,
    max_temperature: Option<f64>,
    hysteresis: Option<f64>,
    confirm_high_seconds: Option<i32>,
    confirm_low_seconds: Option<i32>,
}

impl From<RuleRow> for Rule {
    fn from(row: RuleRow) -> Self {
        Self {
            id: row.id,
            scope: row.scope,
            scope_id: row.scope_id.0,
            min_temperature: row.min_temperature,
            max_temperature: row.max_temperature,
            hysteresis: row.hysteresis,
            confirm_high_seconds: row.confirm_high_seconds,
            confirm_low_seconds: row.confirm_low_seconds,
        }
    }
}

/// Those of `rules` (all of one organization) that concern this unit.
pub(super) fn in_scope(
    rules: &[Rule],
    organization: OrganizationId,
    site: SiteId,
    unit: UnitId,
) -> impl Iterator<Item = &Rule> {
    rules.iter().filter(move |rule| match rule.scope {
        RuleScope::Organization => rule.scope_id == organization.0,
        RuleScope::Site => rule.scope_id == site.0,
        RuleScope::Unit => rule.scope_id == unit.0,
    })
}

/// Every rule of an organization: at most one per scope.
///
/// # Errors
/// [`StoreError`] if the database cannot answer.
pub async fn all_of(
    conn: &mut Conn,
    organization: OrganizationId,
) -> Result<Vec<Rule>, StoreError> {
    list(conn, organization, None, i64::MAX).await
}

/// Rules in id order after `after`, at most `limit`.
///
/// # Errors
/// [`StoreError`] if the database cannot answer.
pub async fn list(
    conn: &mut Conn,
    organization: OrganizationId,
    after: Option<RuleId>,
    limit: i64,
) -> Result<Vec<Rule>, StoreError> {
    let query = rules::table
        .filter(rules::organization_id.eq(organization))
        .filter(rules::id.gt(after.unwrap_or(RuleId(uuid::Uuid::nil()))))
        .order(rules::id)
        .limit(limit)
        .select(columns::<RuleRow>());
    Ok(conn
        .all::<RuleRow>(query)
        .await?
        .into_iter()
        .map(Rule::from)
        .collect())
}

/// One rule, if it is this organization's.
///
/// # Errors
/// [`StoreError`] if the database cannot answer.
pub async fn get(
    conn: &mut Conn,
    organization: OrganizationId,
    rule: RuleId,
) -> Result<Option<Rule>, StoreError> {
    let query = rules::table
        .filter(rules::organization_id.eq(organization))
        .filter(rules::id.eq(rule))
        .select(columns::<RuleRow>());
    Ok(conn.first::<RuleRow>(query).await?.map(Rule::from))
}
