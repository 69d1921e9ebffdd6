//! What is known of one unit between two inputs; every field fits a database column.

use crate::domain::{OrganizationId, SiteId, Timestamp, UnitId, UnitStatus};

use super::Excursion;

/// Which unit it is; written into its alerts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitIdentity {
    /// The unit.
    pub id: UnitId,
    /// Its tenant.
    pub organization_id: OrganizationId,
    /// Its site.
    pub site_id: SiteId,
    /// Shown name; opens every message.
    pub name: String,
}

/// The newest temperature of a unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LastTemperature {
    /// When it was measured, or the state's time if that was later.
    pub at: Timestamp,
    /// °C, finite.
    pub celsius: f64,
    /// How often its sensor reports, seconds.
    pub interval_seconds: i32,
}

impl LastTemperature {
    /// Until when this value is taken to hold without a newer one: two of its intervals.
    #[must_use]
    pub fn stands_until(&self) -> Timestamp {
        self.at
            .plus_seconds(2 * i64::from(self.interval_seconds.max(0)))
    }
}

/// One unit. `excursion` is there exactly while `status` is `excursion` or `alarm`.
#[derive(Debug, Clone, PartialEq)]
pub struct UnitState {
    /// Which unit it is.
    pub unit: UnitIdentity,
    /// As onlookers see it; `alarm` once the excursion is confirmed.
    pub status: UnitStatus,
    /// Since when.
    pub status_since: Timestamp,
    /// The newest temperature, if there ever was one.
    pub last: Option<LastTemperature>,
    /// What is open.
    pub excursion: Option<Excursion>,
}

impl UnitState {
    /// The state's own time: nothing is applied before it. A pending unit's `status_since` is the time of
    /// its creation and bounds nothing; a rule edit during an excursion bounds by what it has counted.
    pub(super) fn time(&self) -> Timestamp {
        let measured = self.last.map(|last| last.at);
        let counted = self.excursion.as_ref().map(Excursion::counted_until);
        let shown = (self.status != UnitStatus::Pending).then_some(self.status_since);
        measured.max(counted).max(shown).unwrap_or(Timestamp::MIN)
    }
}

/// When [`Input::Confirm`](super::Input::Confirm) is due; `None` means that no timer runs.
#[must_use]
pub fn deadline(state: &UnitState) -> Option<Timestamp> {
    state.excursion.as_ref()?.confirm_at
}
