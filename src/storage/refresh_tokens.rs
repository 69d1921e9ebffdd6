//! Refresh tokens: each works once; a family is what grew out of one login.

use diesel::{ExpressionMethods, JoinOnDsl, QueryDsl, sql_types::Binary};
use uuid::Uuid;

use crate::domain::{OrganizationId, Timestamp, UserId};

use super::{
    StoreError,
    conn::Conn,
    schema::{refresh_families, refresh_tokens},
    statements::Statements,
    stmt::stmt,
    types::{AnyId, Id, Moment},
};

/// A stored token with its family.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefreshToken {
    /// The family, which access tokens carry as `sid`.
    pub family: Uuid,
    /// Whose.
    pub user_id: UserId,
    /// Where.
    pub organization_id: OrganizationId,
    /// Until when it works.
    pub expires_at: Timestamp,
    /// When it was exchanged; a second time is theft.
    pub used_at: Option<Timestamp>,
    /// When the family was ended.
    pub revoked_at: Option<Timestamp>,
}

/// The token of this SHA-256.
///
/// # Errors
/// [`StoreError`] if the database cannot answer.
pub async fn find(conn: &mut Conn, hash: &[u8]) -> Result<Option<RefreshToken>, StoreError> {
    let query = refresh_tokens::table
        .inner_join(refresh_families::table.on(refresh_families::id.eq(refresh_tokens::family_id)))
        .filter(refresh_tokens::hash.eq(hash.to_vec()))
        .select((
            refresh_families::id,
            refresh_families::user_id,
            refresh_families::organization_id,
            refresh_tokens::expires_at,
            refresh_tokens::used_at,
            refresh_families::revoked_at,
        ));
    type Columns = (
        AnyId,
        UserId,
        OrganizationId,
        Timestamp,
        Option<Timestamp>,
        Option<Timestamp>,
    );
    let row: Option<Columns> = conn.first(query).await?;
    Ok(row.map(
        |(family, user_id, organization_id, expires_at, used_at, revoked_at)| RefreshToken {
            family: family.0,
            user_id,
            organization_id,
            expires_at,
            used_at,
            revoked_at,
        },
    ))
}

/// Whether a family was ended. One that is not known is not ours to end.
///
/// # Errors
/// [`StoreError`] if the database cannot answer.
pub async fn is_revoked(conn: &mut Conn, family: Uuid) -> Result<bool, StoreError> {
    let query = refresh_families::table
        .filter(refresh_families::id.eq(AnyId(family)))
        .select(refresh_families::revoked_at);
    Ok(conn
        .first::<Option<Timestamp>>(query)
        .await?
        .flatten()
        .is_some())
}

/// Begins a family at a login.
pub fn begin_family(
    statements: &mut Statements,
    family: Uuid,
    (user, organization): (UserId, OrganizationId),
    now: Timestamp,
) {
    statements.push(
        stmt("INSERT INTO refresh_families (id, user_id, organization_id, created_at) VALUES (?, ?, ?, ?)")
            .bind::<Id, _>(AnyId(family))
            .bind::<Id, _>(user)
            .bind::<Id, _>(organization)
            .bind::<Moment, _>(now),
    );
}

/// Adds a token to a family, by its SHA-256.
pub fn insert(statements: &mut Statements, family: Uuid, hash: &[u8], expires_at: Timestamp) {
    statements.push(
        stmt("INSERT INTO refresh_tokens (hash, family_id, expires_at) VALUES (?, ?, ?)")
            .bind::<Binary, _>(hash.to_vec())
            .bind::<Id, _>(AnyId(family))
            .bind::<Moment, _>(expires_at),
    );
}

/// Marks a token as exchanged; touches no row if it was already, so that of two at once one wins.
pub fn mark_used(statements: &mut Statements, hash: &[u8], now: Timestamp) {
    statements.push(
        stmt("UPDATE refresh_tokens SET used_at = ? WHERE hash = ? AND used_at IS NULL")
            .bind::<Moment, _>(now)
            .bind::<Binary, _>(hash.to_vec()),
    );
}

/// Ends a family; no token of it works any more.
pub fn revoke(statements: &mut Statements, family: Uuid, now: Timestamp) {
    statements.push(
        stmt("UPDATE refresh_families SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL")
            .bind::<Moment, _>(now)
            .bind::<Id, _>(AnyId(family)),
    );
}
