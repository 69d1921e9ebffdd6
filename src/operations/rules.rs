//! Somebody sets limits: for the organization, a site or a unit.

use uuid::Uuid;

use crate::{
    auth::Identity,
    domain::{Action, Rule, RuleId, RuleScope},
    storage::{
        rules, units,
        writer::job::{Edited, RuleEdit, RuleWrite},
    },
};

use super::{OperationError, Operations, RuleChange, identify};

impl Operations {
    /// Makes the rule of a scope that has none; what `limits` keeps or inherits stays to the wider scope.
    ///
    /// # Errors
    /// [`OperationError::Invalid`], [`OperationError::NotFound`] for a scope that this organization has not,
    /// [`OperationError::RuleExists`], or those of [`Self::identify`] and of the role.
    pub async fn create_rule(
        &self,
        who: &Identity,
        (scope, scope_id): (RuleScope, Uuid),
        limits: RuleChange,
    ) -> Result<Rule, OperationError> {
        let setup = self.setup();
        let mut conn = setup.database.read().await?;
        let who = identify::authorized(&mut conn, who, right(scope)).await?;
        let empty = Rule {
            id: RuleId(setup.clock.new_id()),
            scope,
            scope_id,
            min_temperature: None,
            max_temperature: None,
            hysteresis: None,
            confirm_high_seconds: None,
            confirm_low_seconds: None,
        };
        let rule = limits.applied_to(&empty).map_err(OperationError::Invalid)?;
        if !units::scope_exists(&mut conn, who.organization_id, scope, scope_id).await? {
            return Err(OperationError::NotFound);
        }
        drop(conn);
        match self.write(&who, RuleWrite::Create(rule.clone())).await? {
            Edited::Done => Ok(rule),
            Edited::Conflict => Err(OperationError::RuleExists),
        }
    }

    /// Changes a rule's limits. `expected` says whether the rule, as it stands, is what the caller wants to
    /// change; it is asked again each time that somebody else was quicker.
    ///
    /// # Errors
    /// [`OperationError::NotFound`], [`OperationError::Invalid`], [`OperationError::PreconditionFailed`],
    /// [`OperationError::Contended`], or those of [`Self::identify`] and of the role.
    pub async fn change_rule(
        &self,
        who: &Identity,
        rule: RuleId,
        change: RuleChange,
        expected: impl Fn(&Rule) -> bool,
    ) -> Result<Rule, OperationError> {
        let read = async |conn: &mut _, organization| rules::get(conn, organization, rule).await;
        let act = async |who: &Identity, seen: Rule| {
            who.require(right(seen.scope))?;
            let new = change.applied_to(&seen).map_err(OperationError::Invalid)?;
            if new == seen {
                return Ok(Some(seen));
            }
            let replace = RuleWrite::Replace {
                seen,
                new: new.clone(),
            };
            Ok(match self.write(who, replace).await? {
                Edited::Done => Some(new),
                Edited::Conflict => None,
            })
        };
        self.on_seen(who, Action::WriteLimits, read, expected, act)
            .await
    }

    /// Removes a rule: its units have the limits of the wider scope at once.
    ///
    /// # Errors
    /// Those of [`Self::change_rule`].
    pub async fn delete_rule(
        &self,
        who: &Identity,
        rule: RuleId,
        expected: impl Fn(&Rule) -> bool,
    ) -> Result<(), OperationError> {
        let read = async |conn: &mut _, organization| rules::get(conn, organization, rule).await;
        let act = async |who: &Identity, seen: Rule| {
            who.require(right(seen.scope))?;
            Ok(match self.write(who, RuleWrite::Delete { seen }).await? {
                Edited::Done => Some(()),
                Edited::Conflict => None,
            })
        };
        self.on_seen(who, Action::WriteLimits, read, expected, act)
            .await
    }

    async fn write(&self, who: &Identity, write: RuleWrite) -> Result<Edited, OperationError> {
        let setup = self.setup();
        let edit = RuleEdit {
            organization_id: who.organization_id,
            write,
            now: setup.clock.now(),
        };
        Ok(setup.database.writer().write_rule(edit).await?)
    }
}

/// The right that limits of this scope need.
const fn right(scope: RuleScope) -> Action {
    match scope {
        RuleScope::Organization => Action::WriteOrganizationLimits,
        RuleScope::Site | RuleScope::Unit => Action::WriteLimits,
    }
}
