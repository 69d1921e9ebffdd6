//! Organizations and the secrets that their webhooks come with.

use diesel::{
    ExpressionMethods, QueryDsl,
    prelude::{Queryable, Selectable},
    sql_types::{Binary, Text},
};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::domain::{OrganizationId, TemperatureUnit, Timestamp};

use super::{
    StoreError,
    conn::Conn,
    schema::{organizations, webhook_secrets},
    statements::Statements,
    stmt::stmt,
    types::{AnyId, Id, Moment, columns},
};

/// An organization as clients see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[diesel(table_name = organizations)]
pub struct Organization {
    /// The organization.
    pub id: OrganizationId,
    /// Shown name, unique.
    pub name: String,
    /// How temperatures are shown; on the wire they are °C.
    pub temperature_unit: TemperatureUnit,
}

/// One organization.
///
/// # Errors
/// [`StoreError`] if the database cannot answer.
pub async fn get(
    conn: &mut Conn,
    organization: OrganizationId,
) -> Result<Option<Organization>, StoreError> {
    conn.first(
        organizations::table
            .filter(organizations::id.eq(organization))
            .select(columns::<Organization>()),
    )
    .await
}

/// The organization of exactly this name.
///
/// # Errors
/// [`StoreError`] if the database cannot answer.
pub async fn by_name(conn: &mut Conn, name: &str) -> Result<Option<Organization>, StoreError> {
    conn.first(
        organizations::table
            .filter(organizations::name.eq(name.to_owned()))
            .select(columns::<Organization>()),
    )
    .await
}

/// The organization of this id, else of exactly this name.
///
/// # Errors
/// [`StoreError`] if the database cannot answer.
pub async fn find(conn: &mut Conn, id_or_name: &str) -> Result<Option<Organization>, StoreError> {
    if let Ok(id) = id_or_name.parse()
        && let Some(found) = get(conn, id).await?
    {
        return Ok(Some(found));
    }
    by_name(conn, id_or_name).await
}

/// Whose secret has this SHA-256, with the stored hash to compare with.
///
/// # Errors
/// [`StoreError`] if the database cannot answer.
pub async fn by_secret_hash(
    conn: &mut Conn,
    hash: &[u8],
) -> Result<Option<(OrganizationId, Vec<u8>)>, StoreError> {
    let query = webhook_secrets::table
        .filter(webhook_secrets::hash.eq(hash.to_vec()))
        .select((webhook_secrets::organization_id, webhook_secrets::hash));
    conn.first(query).await
}

/// Makes an organization.
pub fn insert(statements: &mut Statements, id: OrganizationId, name: &str, now: Timestamp) {
    statements.push(
        stmt("INSERT INTO organizations (id, name, created_at) VALUES (?, ?, ?)")
            .bind::<Id, _>(id)
            .bind::<Text, _>(name.to_owned())
            .bind::<Moment, _>(now),
    );
}

/// Gives an organization a webhook secret, by its SHA-256.
pub fn insert_secret(
    statements: &mut Statements,
    id: Uuid,
    organization: OrganizationId,
    name: &str,
    hash: &[u8],
    now: Timestamp,
) {
    statements.push(
        stmt("INSERT INTO webhook_secrets (id, organization_id, name, hash, created_at) VALUES (?, ?, ?, ?, ?)")
            .bind::<Id, _>(AnyId(id))
            .bind::<Id, _>(organization)
            .bind::<Text, _>(name.to_owned())
            .bind::<Binary, _>(hash.to_vec())
            .bind::<Moment, _>(now),
    );
}

/// Replaces an organization by `new`, if it still is what was `seen`.
#[must_use]
pub fn replace(seen: &Organization, new: &Organization) -> Statements {
    Statements::guarded(
        stmt("UPDATE organizations SET name = ?, temperature_unit = ? WHERE id = ? AND name = ? AND temperature_unit = ?")
            .bind::<Text, _>(new.name.clone())
            .bind::<Text, _>(new.temperature_unit)
            .bind::<Id, _>(seen.id)
            .bind::<Text, _>(seen.name.clone())
            .bind::<Text, _>(seen.temperature_unit),
    )
}
