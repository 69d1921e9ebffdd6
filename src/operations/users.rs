//! Somebody looks at who is a member.

use crate::{
    auth::Identity,
    domain::{Action, UserId},
    storage::users::{self, User},
};

use super::{OperationError, Operations, identify};

impl Operations {
    /// Members in id order after `after`, at most `limit`.
    ///
    /// # Errors
    /// Those of [`Self::identify`] and of the role, or [`OperationError::Store`].
    pub async fn users(
        &self,
        who: &Identity,
        after: Option<UserId>,
        limit: i64,
    ) -> Result<Vec<User>, OperationError> {
        let mut conn = self.setup().database.read().await?;
        let who = identify::authorized(&mut conn, who, Action::ReadUsers).await?;
        Ok(users::list(&mut conn, who.organization_id, after, limit).await?)
    }

    /// One member.
    ///
    /// # Errors
    /// [`OperationError::NotFound`], or those of [`Self::users`].
    pub async fn user(&self, who: &Identity, user: UserId) -> Result<User, OperationError> {
        let mut conn = self.setup().database.read().await?;
        let who = identify::authorized(&mut conn, who, Action::ReadUsers).await?;
        let found = users::get(&mut conn, who.organization_id, user).await?;
        found.ok_or(OperationError::NotFound)
    }
}
