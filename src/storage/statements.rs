//! Writes that need no decision: a few statements that run in one transaction of the writer.

use diesel::{
    RunQueryDsl, SqliteConnection, pg::Pg, query_builder::QueryFragment, result::QueryResult,
    sqlite::Sqlite,
};

use super::stmt::Stmt;

/// A statement that both backends can run, without its type.
pub trait AnyStatement: Send + Sync {
    /// Runs it; the number of rows touched.
    ///
    /// # Errors
    /// What the database says.
    fn execute_sqlite(&self, connection: &mut SqliteConnection) -> QueryResult<usize>;
}

impl<Binds: Send + Sync> AnyStatement for Stmt<Binds>
where
    Stmt<Binds>: QueryFragment<Pg> + QueryFragment<Sqlite>,
{
    fn execute_sqlite(&self, connection: &mut SqliteConnection) -> QueryResult<usize> {
        self.execute(connection)
    }
}

/// Statements of one transaction, in order.
#[derive(Default)]
pub struct Statements(Vec<Box<dyn AnyStatement>>);

impl Statements {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one at the end.
    #[must_use]
    pub fn and(mut self, statement: impl AnyStatement + 'static) -> Self {
        self.push(statement);
        self
    }

    /// Adds one at the end.
    pub fn push(&mut self, statement: impl AnyStatement + 'static) {
        self.0.push(Box::new(statement));
    }

    /// In order.
    pub fn iter(&self) -> impl Iterator<Item = &dyn AnyStatement> {
        self.0.iter().map(AsRef::as_ref)
    }
}
