//! The unit of work on PostgreSQL: one statement for all rows of a kind, several under way at once.
//!
//! Locks in this order: unit states by id, frames, what belongs to the units, the organizations' log heads by id. Every
//! node keeps it, so that two never wait for each other. An answer that does not come within [`ANSWER`] gives the
//! connection up; the next group makes a new one.

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

use super::unit_of_work::{Changes, Claim, Frame, Locked, Patience, UnitOfWork};

/// How long one step may take: over the server's own `statement_timeout`, so that it ends there if it can.
const ANSWER: Duration = Duration::from_secs(6);

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
    async fn begin(&mut self, patience: Patience) -> Result<(), StoreError> {
        if self.connection.is_none() {
            self.connection = Some(postgres::connect(&self.url, Use::Writing).await?);
        }
        let begin = match patience {
            Patience::Usual => "BEGIN",
            Patience::Brief => "BEGIN; SET LOCAL lock_timeout = '10ms'",
        };
        answered(self.connection()?.batch_execute(begin)).await
    }

    async fn units_in_scope(
        &mut self,
        organization: OrganizationId,
        scope: RuleScope,
        scope_id: Uuid,
    ) -> Result<Vec<UnitId>, StoreError> {
        let connection = self.connection()?;
        let all = units::table
            .filter(units::organization_id.eq(organization))
            .select(units::id);
        match scope {
            RuleScope::Organization if scope_id != organization.0 => Ok(Vec::new()),
            RuleScope::Organization => answered(all.load(connection)).await,
            RuleScope::Site => {
                let of_site = all.filter(units::site_id.eq(SiteId(scope_id)));
                answered(of_site.load(connection)).await
            }
            RuleScope::Unit => {
                let one = all.filter(units::id.eq(UnitId(scope_id)));
                answered(one.load(connection)).await
            }
        }
    }

    async fn lock(&mut self, claim: &Claim) -> Result<Locked, StoreError> {
        read::lock(self.connection()?, claim).await
    }

    async fn new_frames(&mut self, frames: &[Frame]) -> Result<Vec<bool>, StoreError> {
        read::new_frames(self.connection()?, frames).await
    }

    async fn run(&mut self, statement: &dyn AnyStatement) -> Result<usize, StoreError> {
        answered(statement.execute_postgres(self.connection()?)).await
    }

    async fn apply(&mut self, changes: &Changes, at: Timestamp) -> Result<Vec<i64>, StoreError> {
        write::apply(self.connection()?, changes, at).await
    }

    async fn commit(&mut self) -> Result<(), StoreError> {
        answered(self.connection()?.batch_execute("COMMIT")).await
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
