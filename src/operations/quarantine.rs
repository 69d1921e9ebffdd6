//! Somebody looks at the messages that could not be used.

use uuid::Uuid;

use crate::{
    auth::Identity,
    domain::{Action, Timestamp},
    storage::quarantine::{self, KeptPage},
};

use super::{OperationError, Operations, identify};

impl Operations {
    /// Kept messages, the newest first, before `before`: at most `limit`, and fewer where they are long.
    ///
    /// # Errors
    /// Those of [`Self::identify`] and of the role, or [`OperationError::Store`].
    pub async fn quarantine(
        &self,
        who: &Identity,
        before: Option<(Timestamp, Uuid)>,
        limit: usize,
    ) -> Result<KeptPage, OperationError> {
        let mut conn = self.setup().database.read().await?;
        let who = identify::authorized(&mut conn, who, Action::ReadQuarantine).await?;
        Ok(quarantine::page(&mut conn, who.organization_id, before, limit).await?)
    }
}
