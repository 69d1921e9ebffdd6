//! Writes that need no decision: a few statements that run in one transaction of the writer, and what onlookers
//! are told of them.

use diesel::{
    RunQueryDsl, SqliteConnection, pg::Pg, query_builder::QueryFragment, result::QueryResult,
    sqlite::Sqlite,
};
use diesel_async::{AsyncConnectionCore, AsyncPgConnection};
use futures_util::future::BoxFuture;
use uuid::Uuid;

use crate::{
    domain::OrganizationId,
    events::{LogItem, Notice, Resource},
};

use super::stmt::Stmt;

/// A statement that both backends can run, without its type.
pub trait AnyStatement: Send + Sync {
    /// Runs it; the number of rows touched.
    ///
    /// # Errors
    /// What the database says.
    fn execute_sqlite(&self, connection: &mut SqliteConnection) -> QueryResult<usize>;

    /// Runs it; the number of rows touched.
    ///
    /// # Errors
    /// What the database says.
    fn execute_postgres<'a>(
        &'a self,
        connection: &'a mut AsyncPgConnection,
    ) -> BoxFuture<'a, QueryResult<usize>>;
}

impl<Binds: Send + Sync> AnyStatement for Stmt<Binds>
where
    Stmt<Binds>: QueryFragment<Pg> + QueryFragment<Sqlite>,
{
    fn execute_sqlite(&self, connection: &mut SqliteConnection) -> QueryResult<usize> {
        self.execute(connection)
    }

    fn execute_postgres<'a>(
        &'a self,
        connection: &'a mut AsyncPgConnection,
    ) -> BoxFuture<'a, QueryResult<usize>> {
        connection.execute_returning_count(self)
    }
}

/// Statements of one transaction, in order, and what its log entries say.
#[derive(Default)]
pub struct Statements {
    statements: Vec<Box<dyn AnyStatement>>,
    told: Vec<(OrganizationId, LogItem)>,
    is_guarded: bool,
}

impl Statements {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A change of what somebody has seen: unless `first` touches a row, the rest does not run and nothing is told.
    #[must_use]
    pub fn guarded(first: impl AnyStatement + 'static) -> Self {
        Self {
            is_guarded: true,
            ..Self::new().and(first)
        }
    }

    /// Whether the rest depends on the first.
    #[must_use]
    pub const fn is_guarded(&self) -> bool {
        self.is_guarded
    }

    /// Adds one at the end.
    #[must_use]
    pub fn and(mut self, statement: impl AnyStatement + 'static) -> Self {
        self.push(statement);
        self
    }

    /// Adds one at the end.
    pub fn push(&mut self, statement: impl AnyStatement + 'static) {
        self.statements.push(Box::new(statement));
    }

    /// Tells the organization that a resource was made or changed, with the commit; but for those that are
    /// [`guarded`](Self::guarded), whether the statements touch a row does not matter.
    pub fn tell_updated(&mut self, organization: OrganizationId, resource: Resource, id: Uuid) {
        self.told
            .push((organization, LogItem::data_updated(resource, id)));
    }

    /// Tells the organization's servers, with the commit.
    pub fn tell_servers(&mut self, organization: OrganizationId, notice: Notice) {
        self.told.push((organization, LogItem::Notice(notice)));
    }

    /// In order.
    pub fn iter(&self) -> impl Iterator<Item = &dyn AnyStatement> {
        self.statements.iter().map(AsRef::as_ref)
    }

    /// What is told, in order.
    #[must_use]
    pub fn told(&self) -> &[(OrganizationId, LogItem)] {
        &self.told
    }
}
