//! What leaves the database by age.

use diesel::sql_types::BigInt;

use crate::domain::Timestamp;

use super::{rollups::quarter_of, statements::Statements, stmt::stmt, types::Moment};

/// How many rows one statement removes at most, so that no commit waits long behind it.
pub const BATCH: i64 = 5_000;

/// Log entries written before this moment; followers that need them start anew.
#[must_use]
pub fn log_before(moment: Timestamp) -> Statements {
    let oldest = "DELETE FROM log WHERE (organization_id, seq) IN (SELECT organization_id, seq FROM log WHERE at < ? LIMIT ?)";
    Statements::new().and(
        stmt(oldest)
            .bind::<Moment, _>(moment)
            .bind::<BigInt, _>(BATCH),
    )
}

/// Readings that were measured before this moment, unit by unit, so that the tables' own keys find them; and their sums. On PostgreSQL whole months go first, see [`super::months`].
#[must_use]
pub fn readings_before(moment: Timestamp) -> Statements {
    let readings = "DELETE FROM readings WHERE (unit_id, measured_at, frame_key) IN \
                    (SELECT readings.unit_id, readings.measured_at, readings.frame_key FROM units CROSS JOIN readings \
                    WHERE readings.unit_id = units.id AND readings.measured_at < ? LIMIT ?)";
    let rollups = "DELETE FROM rollups WHERE (unit_id, starts_at) IN \
                   (SELECT rollups.unit_id, rollups.starts_at FROM units CROSS JOIN rollups \
                   WHERE rollups.unit_id = units.id AND rollups.starts_at < ? LIMIT ?)";
    Statements::new()
        .and(
            stmt(readings)
                .bind::<Moment, _>(moment)
                .bind::<BigInt, _>(BATCH),
        )
        .and(
            stmt(rollups)
                .bind::<Moment, _>(quarter_of(moment))
                .bind::<BigInt, _>(BATCH),
        )
}

/// Frames that came before this moment; a repetition of one would be taken for new.
#[must_use]
pub fn frames_before(moment: Timestamp) -> Statements {
    let oldest = "DELETE FROM frames WHERE (device_id, frame_key) IN \
                  (SELECT device_id, frame_key FROM frames WHERE received_at < ? LIMIT ?)";
    Statements::new().and(
        stmt(oldest)
            .bind::<Moment, _>(moment)
            .bind::<BigInt, _>(BATCH),
    )
}

/// Kept messages that came before this moment.
#[must_use]
pub fn quarantine_before(moment: Timestamp) -> Statements {
    let oldest = "DELETE FROM quarantine WHERE id IN (SELECT id FROM quarantine WHERE received_at < ? LIMIT ?)";
    Statements::new().and(
        stmt(oldest)
            .bind::<Moment, _>(moment)
            .bind::<BigInt, _>(BATCH),
    )
}

/// Refresh tokens that ended before this moment, and families without any.
#[must_use]
pub fn refresh_tokens_before(moment: Timestamp) -> Statements {
    let expired = "DELETE FROM refresh_tokens WHERE hash IN (SELECT hash FROM refresh_tokens WHERE expires_at < ? LIMIT ?)";
    let empty = "DELETE FROM refresh_families WHERE created_at < ? AND NOT EXISTS \
                 (SELECT 1 FROM refresh_tokens WHERE refresh_tokens.family_id = refresh_families.id)";
    Statements::new()
        .and(
            stmt(expired)
                .bind::<Moment, _>(moment)
                .bind::<BigInt, _>(BATCH),
        )
        .and(stmt(empty).bind::<Moment, _>(moment))
}
