//! Which database the servers of a test keep their data in: their own file, unless the test runs on PostgreSQL.
//!
//! The same test runs on both: [`on_postgres_too`] names those that do, beside their ordinary run.

use std::cell::RefCell;

use super::postgres::TestDatabase;

thread_local! {
    /// Of the test that runs on this thread.
    static DATABASE: RefCell<Option<TestDatabase>> = const { RefCell::new(None) };
}

/// Makes a module `postgres` with each of the tests once more.
macro_rules! on_postgres_too {
    ($($test:ident),+ $(,)?) => {
        mod postgres {
            $(
                #[test]
                fn $test() {
                    crate::support::run_on_postgres(super::$test);
                }
            )+
        }
    };
}

/// Runs a test whose servers keep their data in a new database of PostgreSQL.
pub(crate) fn run_on_postgres(test: fn()) {
    DATABASE.set(Some(TestDatabase::create()));
    test();
    DATABASE.take();
}

/// The URL of this test's database, if it runs on PostgreSQL.
pub(crate) fn database_url() -> Option<String> {
    DATABASE.with_borrow(|database| database.as_ref().map(TestDatabase::url))
}

/// The rows that a query gives on this test's PostgreSQL, their first column.
pub(crate) fn postgres_rows(query: &str) -> Option<Vec<String>> {
    DATABASE.with_borrow(|database| database.as_ref().map(|database| database.rows(query)))
}
