//! Somebody takes an alert on.

use crate::{
    auth::Identity,
    domain::{Action, Alert, AlertId},
    storage::{
        alerts,
        writer::job::{Acknowledged, Acknowledgement},
    },
};

use super::{OperationError, Operations, identify};

/// Longest note, characters.
pub const MAX_NOTE_CHARS: usize = 1000;

impl Operations {
    /// Takes an alert on in somebody's name; a note of nothing but blanks is none. An alert that somebody has
    /// taken on already comes back as it stands, and nobody is told again.
    ///
    /// # Errors
    /// [`OperationError::Invalid`] for a note over [`MAX_NOTE_CHARS`], [`OperationError::NotFound`],
    /// [`OperationError::AlertResolved`], or those of [`Self::identify`] and of the role.
    pub async fn acknowledge(
        &self,
        who: &Identity,
        alert: AlertId,
        note: Option<String>,
    ) -> Result<Alert, OperationError> {
        let note = checked_note(note)?;
        let setup = self.setup();
        let mut conn = setup.database.read().await?;
        let who = identify::authorized(&mut conn, who, Action::Acknowledge).await?;
        let found = alerts::get(&mut conn, who.organization_id, alert).await?;
        drop(conn);
        let found = found.ok_or(OperationError::NotFound)?;
        let acknowledgement = Acknowledgement {
            organization_id: who.organization_id,
            unit_id: found.unit_id.ok_or(OperationError::NotFound)?,
            alert_id: alert,
            by: identify::person(&who),
            note,
            now: setup.clock.now(),
        };
        match setup.database.writer().acknowledge(acknowledgement).await? {
            Acknowledged::Alert(alert) => Ok(*alert),
            Acknowledged::Resolved => Err(OperationError::AlertResolved),
        }
    }
}

fn checked_note(note: Option<String>) -> Result<Option<String>, OperationError> {
    let note = note.filter(|note| !note.trim().is_empty());
    match &note {
        Some(note) if note.chars().count() > MAX_NOTE_CHARS => Err(OperationError::invalid(
            "note",
            format!("must be at most {MAX_NOTE_CHARS} characters"),
        )),
        _ => Ok(note),
    }
}
