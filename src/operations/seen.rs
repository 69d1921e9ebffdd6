//! Changing what somebody has seen: read it, hold it against what the caller expects, write only if it still is so.

use std::future::Future;

use crate::{
    auth::Identity,
    domain::{Action, OrganizationId},
    storage::{Conn, StoreError, statements::Statements},
};

use super::{OperationError, Operations, identify};

/// How often a change is tried when others are quicker.
const TRIES: usize = 5;

impl Operations {
    /// Runs `act` on the resource that `read` finds, if it is as `expected`; again each time that somebody else
    /// was quicker, which `act` tells by `None`.
    ///
    /// # Errors
    /// [`OperationError::NotFound`], [`OperationError::PreconditionFailed`], [`OperationError::Contended`], what
    /// `act` fails with, or those of [`Self::identify`] and of the role.
    pub(super) async fn on_seen<T, R>(
        &self,
        who: &Identity,
        action: Action,
        read: impl AsyncFn(&mut Conn, OrganizationId) -> Result<Option<T>, StoreError>,
        expected: impl Fn(&T) -> bool,
        act: impl AsyncFn(&Identity, T) -> Result<Option<R>, OperationError>,
    ) -> Result<R, OperationError> {
        for _ in 0..TRIES {
            let mut conn = self.setup().database.read().await?;
            let who = identify::authorized(&mut conn, who, action).await?;
            let found = read(&mut conn, who.organization_id).await?;
            drop(conn);
            let seen = found.ok_or(OperationError::NotFound)?;
            if !expected(&seen) {
                return Err(OperationError::PreconditionFailed);
            }
            if let Some(done) = act(&who, seen).await? {
                return Ok(done);
            }
        }
        Err(OperationError::Contended)
    }

    /// Runs guarded statements; `done` if they found what was seen.
    pub(super) fn write_guarded<R>(
        &self,
        statements: Statements,
        done: R,
    ) -> impl Future<Output = Result<Option<R>, StoreError>> {
        let writer = self.setup().database.writer();
        async move {
            let rows = writer.run(statements).await?;
            Ok((rows.first() != Some(&0)).then_some(done))
        }
    }
}

/// What of a removal failed because something depends on it still.
pub(super) fn in_use(error: StoreError) -> OperationError {
    match error {
        StoreError::Refused(_) => OperationError::InUse,
        error => error.into(),
    }
}
