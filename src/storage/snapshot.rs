//! Everything that a dashboard needs to start, of one moment.

use crate::{
    domain::{Alert, OrganizationId},
    events::LogId,
};

use super::{
    Database, StoreError,
    alerts::{self, AlertFilter},
    log,
    organizations::{self, Organization},
    sites::{self, Site},
    units::{self, Unit, UnitFilter},
};

/// How many rows of one kind a snapshot holds; an organization with more must page.
const MOST: i64 = 10_000;

/// The state of an organization at one position of its log: everything up to it is in, nothing after.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// Which log.
    pub log: LogId,
    /// Number of the last entry that is in.
    pub seq: i64,
    /// The organization.
    pub organization: Organization,
    /// Its sites.
    pub sites: Vec<Site>,
    /// Its units.
    pub units: Vec<Unit>,
    /// Its open alerts that are told, the newest first.
    pub alerts: Vec<Alert>,
}

/// Reads a snapshot; `None` if there is no such organization.
///
/// # Errors
/// [`StoreError`] if the database cannot answer.
pub async fn read(
    database: &Database,
    organization: OrganizationId,
) -> Result<Option<Snapshot>, StoreError> {
    let log = database.log_id();
    let mut conn = database.read().await?;
    conn.snapshot(async |conn| {
        let seq = log::head(conn, organization).await?;
        let Some(found) = organizations::get(conn, organization).await? else {
            return Ok(None);
        };
        let open = AlertFilter {
            open: true,
            ..AlertFilter::default()
        };
        let mut alerts = alerts::list(conn, organization, open, None, MOST).await?;
        alerts.retain(|alert| !alert.suppressed);
        Ok(Some(Snapshot {
            log,
            seq,
            organization: found,
            sites: sites::list(conn, organization, None, MOST).await?,
            units: units::list(conn, organization, UnitFilter::All, None, MOST).await?,
            alerts,
        }))
    })
    .await
}
