//! Deadlines: what must happen at a time though no message comes.

use diesel::{ExpressionMethods, NullableExpressionMethods, QueryDsl};

use crate::domain::{OrganizationId, Timestamp, UnitId};

use super::{StoreError, conn::Conn, schema::deadlines};

/// Units with a deadline at or before `now`, the most overdue first, at most `limit`. Read without a lock: the
/// writer reads them again.
///
/// # Errors
/// [`StoreError`] if the database cannot answer.
pub async fn due(
    conn: &mut Conn,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<(OrganizationId, UnitId)>, StoreError> {
    let query = deadlines::table
        .filter(deadlines::due_at.le(now))
        .filter(deadlines::unit_id.is_not_null())
        .order(deadlines::due_at)
        .limit(limit)
        .select((
            deadlines::organization_id,
            deadlines::unit_id.assume_not_null(),
        ));
    conn.all(query).await
}

/// The next deadline of all.
///
/// # Errors
/// [`StoreError`] if the database cannot answer.
pub async fn next(conn: &mut Conn) -> Result<Option<Timestamp>, StoreError> {
    conn.first(
        deadlines::table
            .order(deadlines::due_at)
            .limit(1)
            .select(deadlines::due_at),
    )
    .await
}
