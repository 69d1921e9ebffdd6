//! Sites and areas.

use diesel::{
    ExpressionMethods, QueryDsl,
    prelude::{Queryable, Selectable},
    sql_types::Text,
};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::domain::{AreaId, OrganizationId, SiteId, Timestamp};

use super::{
    StoreError,
    conn::Conn,
    schema::{areas, sites},
    statements::Statements,
    stmt::stmt,
    types::{Id, Moment, columns},
};

/// A site as clients see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, JsonSchema)]
#[diesel(table_name = sites)]
pub struct Site {
    /// The site.
    pub id: SiteId,
    /// Shown name.
    pub name: String,
    /// IANA name, such as `Europe/Berlin`.
    pub timezone: String,
}

/// An area as clients see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[diesel(table_name = areas)]
pub struct Area {
    /// The area.
    pub id: AreaId,
    /// Its site.
    pub site_id: SiteId,
    /// Shown name.
    pub name: String,
}

/// Sites of an organization in id order, after `after`, at most `limit`.
///
/// # Errors
/// [`StoreError`] if the database cannot answer.
pub async fn list(
    conn: &mut Conn,
    organization: OrganizationId,
    after: Option<SiteId>,
    limit: i64,
) -> Result<Vec<Site>, StoreError> {
    let query = sites::table
        .filter(sites::organization_id.eq(organization))
        .filter(sites::id.gt(after.unwrap_or(SiteId(Uuid::nil()))))
        .order(sites::id)
        .limit(limit)
        .select(columns::<Site>());
    conn.all(query).await
}

/// One site, if it is this organization's.
///
/// # Errors
/// [`StoreError`] if the database cannot answer.
pub async fn get(
    conn: &mut Conn,
    organization: OrganizationId,
    site: SiteId,
) -> Result<Option<Site>, StoreError> {
    let query = sites::table
        .filter(sites::organization_id.eq(organization))
        .filter(sites::id.eq(site))
        .select(columns::<Site>());
    conn.first(query).await
}

/// Areas of an organization in id order, after `after`, at most `limit`.
///
/// # Errors
/// [`StoreError`] if the database cannot answer.
pub async fn list_areas(
    conn: &mut Conn,
    organization: OrganizationId,
    after: Option<AreaId>,
    limit: i64,
) -> Result<Vec<Area>, StoreError> {
    let query = areas::table
        .filter(areas::organization_id.eq(organization))
        .filter(areas::id.gt(after.unwrap_or(AreaId(Uuid::nil()))))
        .order(areas::id)
        .limit(limit)
        .select(columns::<Area>());
    conn.all(query).await
}

/// One area, if it is this organization's.
///
/// # Errors
/// [`StoreError`] if the database cannot answer.
pub async fn get_area(
    conn: &mut Conn,
    organization: OrganizationId,
    area: AreaId,
) -> Result<Option<Area>, StoreError> {
    let query = areas::table
        .filter(areas::organization_id.eq(organization))
        .filter(areas::id.eq(area))
        .select(columns::<Area>());
    conn.first(query).await
}

/// Whether this organization has this site.
///
/// # Errors
/// [`StoreError`] if the database cannot answer.
pub async fn exists(
    conn: &mut Conn,
    organization: OrganizationId,
    site: SiteId,
) -> Result<bool, StoreError> {
    Ok(get(conn, organization, site).await?.is_some())
}

/// Makes a site.
pub fn insert(
    statements: &mut Statements,
    organization: OrganizationId,
    site: Site,
    now: Timestamp,
) {
    statements.push(
        stmt("INSERT INTO sites (id, organization_id, name, timezone, created_at) VALUES (?, ?, ?, ?, ?)")
            .bind::<Id, _>(site.id)
            .bind::<Id, _>(organization)
            .bind::<Text, _>(site.name)
            .bind::<Text, _>(site.timezone)
            .bind::<Moment, _>(now),
    );
}

/// Makes an area of a site.
pub fn insert_area(
    statements: &mut Statements,
    organization: OrganizationId,
    (site, area): (SiteId, AreaId),
    name: &str,
    now: Timestamp,
) {
    statements.push(
        stmt("INSERT INTO areas (id, organization_id, site_id, name, created_at) VALUES (?, ?, ?, ?, ?)")
            .bind::<Id, _>(area)
            .bind::<Id, _>(organization)
            .bind::<Id, _>(site)
            .bind::<Text, _>(name.to_owned())
            .bind::<Moment, _>(now),
    );
}

/// Replaces a site by `new`, if it still is what was `seen`.
#[must_use]
pub fn replace(organization: OrganizationId, seen: &Site, new: &Site) -> Statements {
    Statements::guarded(
        stmt("UPDATE sites SET name = ?, timezone = ? WHERE id = ? AND organization_id = ? AND name = ? AND timezone = ?")
            .bind::<Text, _>(new.name.clone())
            .bind::<Text, _>(new.timezone.clone())
            .bind::<Id, _>(seen.id)
            .bind::<Id, _>(organization)
            .bind::<Text, _>(seen.name.clone())
            .bind::<Text, _>(seen.timezone.clone()),
    )
}

/// Removes a site that is what was `seen`, with its limits; refused by the database while anything lies in it.
#[must_use]
pub fn delete(organization: OrganizationId, seen: &Site) -> Statements {
    Statements::guarded(
        stmt(
            "DELETE FROM sites WHERE id = ? AND organization_id = ? AND name = ? AND timezone = ?",
        )
        .bind::<Id, _>(seen.id)
        .bind::<Id, _>(organization)
        .bind::<Text, _>(seen.name.clone())
        .bind::<Text, _>(seen.timezone.clone()),
    )
    .and(
        stmt("DELETE FROM rules WHERE organization_id = ? AND scope = 'site' AND scope_id = ?")
            .bind::<Id, _>(organization)
            .bind::<Id, _>(seen.id),
    )
}

/// Replaces an area by `new`, if it still is what was `seen`.
#[must_use]
pub fn replace_area(organization: OrganizationId, seen: &Area, new: &Area) -> Statements {
    Statements::guarded(
        stmt("UPDATE areas SET name = ? WHERE id = ? AND organization_id = ? AND name = ?")
            .bind::<Text, _>(new.name.clone())
            .bind::<Id, _>(seen.id)
            .bind::<Id, _>(organization)
            .bind::<Text, _>(seen.name.clone()),
    )
}

/// Removes an area that is what was `seen`; refused by the database while it has units.
#[must_use]
pub fn delete_area(organization: OrganizationId, seen: &Area) -> Statements {
    Statements::guarded(
        stmt("DELETE FROM areas WHERE id = ? AND organization_id = ? AND name = ?")
            .bind::<Id, _>(seen.id)
            .bind::<Id, _>(organization)
            .bind::<Text, _>(seen.name.clone()),
    )
}
