//! The migrations, inside the program.

use diesel::{Connection, SqliteConnection, connection::SimpleConnection, sql_query};
use diesel_async::{AsyncPgConnection, async_connection_wrapper::AsyncConnectionWrapper};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::StoreError;

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// The lock that nodes that start together migrate under: "fresh" in ASCII.
const LOCK: &str = "SELECT pg_advisory_lock(440005915496)";

/// Brings an SQLite database to the newest schema; the names of what was applied.
///
/// # Errors
/// [`StoreError::Unavailable`] if a migration fails; what it had done is rolled back.
pub(super) fn sqlite(connection: &mut SqliteConnection) -> Result<Vec<String>, StoreError> {
    unreferenced(connection, |connection| {
        connection
            .run_pending_migrations(SQLITE)
            .map(|applied| applied.iter().map(ToString::to_string).collect())
    })
}

/// Takes the newest migration back; its name.
///
/// # Errors
/// [`StoreError::Unavailable`] if there is none, or it fails.
pub(super) fn sqlite_down(connection: &mut SqliteConnection) -> Result<String, StoreError> {
    unreferenced(connection, |connection| {
        connection
            .revert_last_migration(SQLITE)
            .map(|reverted| reverted.to_string())
    })
}

/// Runs `work` without foreign keys, so that a table may be made anew under its name, and looks at all of them after.
/// SQLite: "Making Other Kinds Of Table Schema Changes".
fn unreferenced<T>(
    connection: &mut SqliteConnection,
    work: impl FnOnce(&mut SqliteConnection) -> diesel::migration::Result<T>,
) -> Result<T, StoreError> {
    connection.batch_execute("PRAGMA foreign_keys = OFF")?;
    let outcome = work(connection).map_err(|error| failed(&*error));
    connection.batch_execute("PRAGMA foreign_keys = ON")?;
    let done = outcome?;
    let dangling: Vec<Dangling> =
        diesel::RunQueryDsl::load(sql_query("PRAGMA foreign_key_check"), connection)?;
    match dangling.first() {
        None => Ok(done),
        Some(Dangling { table }) => Err(StoreError::Damaged(format!(
            "a row of {table} names one that is not there"
        ))),
    }
}

/// A row whose foreign key leads nowhere.
#[derive(diesel::QueryableByName)]
struct Dangling {
    #[diesel(sql_type = diesel::sql_types::Text)]
    table: String,
}

/// Brings a PostgreSQL database to the newest schema; the names of what was applied. Blocks.
///
/// # Errors
/// [`StoreError::Unavailable`] if it cannot be reached or a migration fails; what it had done is rolled back.
pub(super) fn postgres(url: &str) -> Result<Vec<String>, StoreError> {
    let applied = locked(url)?
        .run_pending_migrations(POSTGRES)
        .map_err(|error| failed(&*error))?
        .iter()
        .map(ToString::to_string)
        .collect();
    Ok(applied)
}

/// Takes the newest migration back; its name. Blocks.
///
/// # Errors
/// [`StoreError::Unavailable`] if there is none, or it fails.
pub(super) fn postgres_down(url: &str) -> Result<String, StoreError> {
    let reverted = locked(url)?
        .revert_last_migration(POSTGRES)
        .map_err(|error| failed(&*error))?;
    Ok(reverted.to_string())
}

/// A connection that nobody else migrates beside; the lock goes with it.
fn locked(url: &str) -> Result<AsyncConnectionWrapper<AsyncPgConnection>, StoreError> {
    let mut connection = AsyncConnectionWrapper::<AsyncPgConnection>::establish(url)?;
    connection.batch_execute(LOCK)?;
    Ok(connection)
}

fn failed(error: &dyn std::error::Error) -> StoreError {
    StoreError::Unavailable(format!("migration: {error}"))
}
