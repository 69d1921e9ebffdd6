//! The migrations, inside the program.

use diesel::SqliteConnection;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::StoreError;

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");

/// Brings an SQLite database to the newest schema; the names of what was applied.
///
/// # Errors
/// [`StoreError::Unavailable`] if a migration fails; what it had done is rolled back.
pub(super) fn sqlite(connection: &mut SqliteConnection) -> Result<Vec<String>, StoreError> {
    let applied = connection
        .run_pending_migrations(SQLITE)
        .map_err(|error| failed(&*error))?;
    Ok(applied.iter().map(ToString::to_string).collect())
}

/// Takes the newest migration back; its name.
///
/// # Errors
/// [`StoreError::Unavailable`] if there is none, or it fails.
pub(super) fn sqlite_down(connection: &mut SqliteConnection) -> Result<String, StoreError> {
    let reverted = connection
        .revert_last_migration(SQLITE)
        .map_err(|error| failed(&*error))?;
    Ok(reverted.to_string())
}

fn failed(error: &dyn std::error::Error) -> StoreError {
    StoreError::Unavailable(format!("migration: {error}"))
}
