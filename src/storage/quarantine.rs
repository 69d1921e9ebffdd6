//! Messages that were authenticated but could not be used: kept for an operator, bounded by count and age.

use diesel::sql_types::{BigInt, Nullable, Text};
use uuid::Uuid;

use crate::domain::{OrganizationId, Timestamp, text_enum};

use super::{
    statements::Statements,
    stmt::stmt,
    types::{AnyId, Id, Moment},
};

text_enum! {
    /// Why a message could not be used.
    Reason {
        /// No such device in this organization, or it belongs to no unit.
        UnknownDevice = "unknown_device",
        /// No message of The Things Stack that we know.
        UnknownMessage = "unknown_message",
        /// Nothing was measured.
        NoMeasurement = "no_measurement",
        /// The measurement could not be read.
        Undecodable = "undecodable",
    }
}

/// A message to keep.
#[derive(Debug, Clone)]
pub struct KeptMessage {
    /// Of the row.
    pub id: Uuid,
    /// The device's EUI, as far as the message tells it.
    pub dev_eui: Option<String>,
    /// The whole message.
    pub body: String,
    /// How many messages of the organization are kept; the oldest leave.
    pub keep: i64,
}

/// A message to keep, and why.
#[derive(Debug, Clone)]
pub struct NewRow {
    /// Whose.
    pub organization_id: OrganizationId,
    /// When it came.
    pub received_at: Timestamp,
    /// Why it could not be used.
    pub reason: Reason,
    /// The message.
    pub message: KeptMessage,
}

/// Keeps a message, and lets the oldest of the organization go.
#[must_use]
pub fn insert(row: NewRow) -> Statements {
    let oldest = "DELETE FROM quarantine WHERE organization_id = ? AND id IN (SELECT id FROM quarantine \
                  WHERE organization_id = ? ORDER BY received_at DESC, id DESC LIMIT 100 OFFSET ?)";
    Statements::new()
        .and(
            stmt("INSERT INTO quarantine (id, organization_id, received_at, reason, dev_eui, body) VALUES (?, ?, ?, ?, ?, ?)")
                .bind::<Id, _>(AnyId(row.message.id))
                .bind::<Id, _>(row.organization_id)
                .bind::<Moment, _>(row.received_at)
                .bind::<Text, _>(row.reason.as_str())
                .bind::<Nullable<Text>, _>(row.message.dev_eui)
                .bind::<Text, _>(row.message.body),
        )
        .and(
            stmt(oldest)
                .bind::<Id, _>(row.organization_id)
                .bind::<Id, _>(row.organization_id)
                .bind::<BigInt, _>(row.message.keep),
        )
}
