//! Somebody changes the organization itself.

use crate::{
    auth::Identity,
    domain::{Action, Name, TemperatureUnit},
    events::Resource,
    storage::{
        StoreError,
        organizations::{self, Organization},
    },
};

use super::{OperationError, Operations};

/// What shall become of an organization; what is not named stays.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OrganizationChange {
    /// Shown name, unique.
    pub name: Option<Name>,
    /// How temperatures are shown.
    pub temperature_unit: Option<TemperatureUnit>,
}

impl Operations {
    /// Changes the caller's organization. `expected` says whether it, as it stands, is what they want to change.
    ///
    /// # Errors
    /// [`OperationError::NameTaken`], [`OperationError::NotFound`], [`OperationError::PreconditionFailed`],
    /// [`OperationError::Contended`], or those of [`Self::identify`] and of the role.
    pub async fn change_organization(
        &self,
        who: &Identity,
        change: OrganizationChange,
        expected: impl Fn(&Organization) -> bool,
    ) -> Result<Organization, OperationError> {
        let read = async |conn: &mut _, organization| organizations::get(conn, organization).await;
        let act = async |_: &Identity, seen: Organization| {
            let name = change.name.as_ref().map(ToString::to_string);
            let new = Organization {
                id: seen.id,
                name: name.unwrap_or_else(|| seen.name.clone()),
                temperature_unit: change.temperature_unit.unwrap_or(seen.temperature_unit),
            };
            if new == seen {
                return Ok(Some(new));
            }
            let mut statements = organizations::replace(&seen, &new);
            statements.tell_updated(seen.id, Resource::Organization, seen.id.0);
            match self.write_guarded(statements, new).await {
                Err(StoreError::Conflict(_)) => Err(OperationError::NameTaken),
                written => Ok(written?),
            }
        };
        self.on_seen(who, Action::ManageTree, read, expected, act)
            .await
    }
}
