//! Messages that were authenticated but could not be used: kept for an operator, bounded by count and age.

use diesel::{
    BoolExpressionMethods, ExpressionMethods, QueryDsl,
    prelude::{Queryable, Selectable},
    sql_types::{BigInt, Nullable, Text},
};
use uuid::Uuid;

use crate::domain::{OrganizationId, Timestamp, text_enum};

use super::{
    StoreError,
    conn::Conn,
    schema::quarantine,
    statements::Statements,
    stmt::stmt,
    types::{AnyId, Id, Moment, columns},
};

/// Messages that are read at once: with 256 KiB each, 4 MiB.
const CHUNK: usize = 16;

/// Once a page holds so many bytes of messages, no further ones are read.
const PAGE_BYTES: usize = 2 * 1024 * 1024;

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

/// A message that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Of the row.
    pub id: Uuid,
    /// When it came.
    pub received_at: Timestamp,
    /// Why it could not be used.
    pub reason: Reason,
    /// The device's EUI, as far as the message tells it.
    pub dev_eui: Option<String>,
    /// The whole message.
    pub body: String,
}

/// A kept message as its table has it.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = quarantine)]
struct KeptRow {
    id: AnyId,
    received_at: Timestamp,
    reason: Reason,
    dev_eui: Option<String>,
    body: String,
}

impl From<KeptRow> for Kept {
    fn from(row: KeptRow) -> Self {
        Self {
            id: row.id.0,
            received_at: row.received_at,
            reason: row.reason,
            dev_eui: row.dev_eui,
            body: row.body,
        }
    }
}

/// Some kept messages, the newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeptPage {
    /// At most as many as were asked for.
    pub messages: Vec<Kept>,
    /// Whether it ends early because the messages are long; there may be more.
    pub is_cut: bool,
}

/// Kept messages of an organization before `before`, at most `limit`, and none after the chunk that fills
/// [`PAGE_BYTES`].
///
/// # Errors
/// [`StoreError`] if the database cannot answer.
pub async fn page(
    conn: &mut Conn,
    organization: OrganizationId,
    mut before: Option<(Timestamp, Uuid)>,
    limit: usize,
) -> Result<KeptPage, StoreError> {
    let mut page = KeptPage::default();
    let mut bytes = 0;
    while page.messages.len() < limit {
        if bytes >= PAGE_BYTES {
            page.is_cut = true;
            break;
        }
        let wanted = CHUNK.min(limit - page.messages.len());
        let rows = chunk(conn, organization, before, wanted).await?;
        let is_last = rows.len() < wanted;
        bytes += rows.iter().map(|row| row.body.len()).sum::<usize>();
        before = rows.last().map(|row| (row.received_at, row.id.0));
        page.messages.extend(rows.into_iter().map(Kept::from));
        if is_last {
            break;
        }
    }
    Ok(page)
}

async fn chunk(
    conn: &mut Conn,
    organization: OrganizationId,
    before: Option<(Timestamp, Uuid)>,
    limit: usize,
) -> Result<Vec<KeptRow>, StoreError> {
    let (at, id) = before.unwrap_or((Timestamp::MAX, Uuid::max()));
    let query = quarantine::table
        .filter(quarantine::organization_id.eq(organization))
        .filter(
            quarantine::received_at.lt(at).or(quarantine::received_at
                .eq(at)
                .and(quarantine::id.lt(AnyId(id)))),
        )
        .order((quarantine::received_at.desc(), quarantine::id.desc()))
        .limit(i64::try_from(limit).unwrap_or(i64::MAX))
        .select(columns::<KeptRow>());
    conn.all(query).await
}
