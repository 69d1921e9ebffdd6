//! The end of a log as it is when an organization's actor starts, so that clients of an earlier one can be told
//! what they missed. Bound: [`MAX_ITEMS`] and a page.

use std::{collections::VecDeque, sync::Arc};

use super::organization::{MAX_ITEMS, REACH_SECONDS};
use crate::{
    domain::{OrganizationId, Timestamp},
    events::{Head, LogEntry, LogReader, LogUnreadable},
};

/// Entries read at once.
const PAGE: usize = 256;

/// Longer than the reach of replays: what is at its edge when a client is cut is still here when it comes.
pub(super) const KEPT_SECONDS: i64 = REACH_SECONDS + 10;

/// Where an organization's actor begins.
#[derive(Debug)]
pub(super) struct Beginning {
    /// It follows the log from here.
    pub(super) head: Head,
    /// The entries up to there that replays may need, ascending.
    pub(super) history: Vec<Arc<LogEntry>>,
}

/// Reads the head and what lies before it at `now`.
pub(super) async fn read(
    reader: &dyn LogReader,
    organization: OrganizationId,
    now: Timestamp,
) -> Result<Beginning, LogUnreadable> {
    let head = reader.head(organization).await?;
    let since = now.plus_seconds(-KEPT_SECONDS);
    let mut history = VecDeque::new();
    let mut items = 0;
    let mut through = head.seq;
    while items <= MAX_ITEMS {
        let page = reader.recent(organization, through, since, PAGE).await?;
        let is_last = page.len() < PAGE;
        for entry in page.into_iter().rev() {
            through = entry.seq - 1;
            items += entry.items.len();
            history.push_front(Arc::new(entry));
        }
        if is_last {
            break;
        }
    }
    Ok(Beginning {
        head,
        history: history.into(),
    })
}
