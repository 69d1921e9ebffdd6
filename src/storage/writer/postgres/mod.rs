//! The unit of work on PostgreSQL: one statement for all rows of a kind, several under way at once.
//!
//! A group is three ways to the server: begin, lock, read and note the frames; write; number the log and commit. What is
//! sent together runs in the order it was sent, once each statement is prepared: see [`PostgresUnitOfWork::connect`].
//! Locks in this order: unit states by id, frames, what belongs to the units, the organizations' log heads by id. Every
//! node keeps it, so that two never wait for each other. An answer that does not come within [`ANSWER`] gives the
//! connection up; the next group makes a new one.

mod frames;
mod read;
mod rows;
mod write;

use std::{future::Future, time::Duration};

use diesel::{ExpressionMethods, QueryDsl, QueryResult};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use uuid::Uuid;

use crate::{
    domain::{OrganizationId, RuleScope, SiteId, Timestamp, UnitId},
    storage::{
        StoreError,
        postgres::{self, Use},
        schema::units,
        statements::AnyStatement,
    },
};

use super::unit_of_work::{Changes, Claim, Locked, Patience, UnitOfWork};

/// How long one step may take: over the server's own `statement_timeout`, so that it ends there if it can.
const ANSWER: Duration = Duration::from_secs(6);

const BEGIN: &str = "BEGIN";

/// How long a rollback may take; without it the connection goes.
const ROLLBACK: Duration = Duration::from_secs(1);

/// The one writing connection of this process.
pub(in crate::storage) struct PostgresUnitOfWork {
    url: String,
    connection: Option<AsyncPgConnection>,
}

impl PostgresUnitOfWork {
    /// Connects at the first group.
    pub(in crate::storage) const fn new(url: String) -> Self {
        Self {
            url,
            connection: None,
        }
    }

    fn connection(&mut self) -> Result<&mut AsyncPgConnection, StoreError> {
        self.connection
            .as_mut()
            .ok_or_else(|| StoreError::Unavailable("not connected".to_owned()))
    }

    /// Connects if it must, and runs a group of nothing: a statement that is not prepared yet would be overtaken by those
    /// sent behind it.
    async fn connect(&mut self) -> Result<&AsyncPgConnection, StoreError> {
        if self.connection.is_none() {
            let mut connection = postgres::connect(&self.url, Use::Writing).await?;
            answered(postgres::warn_of_language(&mut connection)).await?;
            read::begin(&connection, &Claim::default(), BEGIN).await?;
            write::prepare(&connection).await?;
            answered(connection.batch_execute("ROLLBACK")).await?;
            self.connection = Some(connection);
        }
        self.connection().map(|connection| &*connection)
    }
}

async fn answered<T>(step: impl Future<Output = QueryResult<T>>) -> Result<T, StoreError> {
    match tokio::time::timeout(ANSWER, step).await {
        Ok(outcome) => Ok(outcome?),
        Err(_) => Err(StoreError::Unavailable(
            "PostgreSQL did not answer in time".to_owned(),
        )),
    }
}

impl UnitOfWork for PostgresUnitOfWork {
    async fn units_in_scope(
        &mut self,
        organization: OrganizationId,
        scope: RuleScope,
        scope_id: Uuid,
    ) -> Result<Vec<UnitId>, StoreError> {
        let mut connection = self.connect().await?;
        let all = units::table
            .filter(units::organization_id.eq(organization))
            .select(units::id);
        match scope {
            RuleScope::Organization if scope_id != organization.0 => Ok(Vec::new()),
            RuleScope::Organization => answered(all.load(&mut connection)).await,
            RuleScope::Site => {
                let of_site = all.filter(units::site_id.eq(SiteId(scope_id)));
                answered(of_site.load(&mut connection)).await
            }
            RuleScope::Unit => {
                let one = all.filter(units::id.eq(UnitId(scope_id)));
                answered(one.load(&mut connection)).await
            }
        }
    }

    async fn begin(&mut self, claim: &Claim, patience: Patience) -> Result<Locked, StoreError> {
        let begin = match patience {
            Patience::Usual => BEGIN,
            Patience::Brief => "BEGIN; SET LOCAL lock_timeout = '10ms'",
        };
        read::begin(self.connect().await?, claim, begin).await
    }

    async fn run(&mut self, statement: &dyn AnyStatement) -> Result<usize, StoreError> {
        answered(statement.execute_postgres(self.connection()?)).await
    }

    async fn commit(&mut self, changes: &Changes, at: Timestamp) -> Result<Vec<i64>, StoreError> {
        write::commit(self.connection()?, changes, at).await
    }

    async fn rollback(&mut self) {
        let Some(connection) = self.connection.as_mut() else {
            return;
        };
        let rolled_back = tokio::time::timeout(ROLLBACK, connection.batch_execute("ROLLBACK"));
        if !matches!(rolled_back.await, Ok(Ok(()))) {
            self.connection = None;
        }
    }
}
