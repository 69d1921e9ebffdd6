//! What the writer needs of a backend: one transaction, in plain values.
//!
//! Implemented once per backend, because here speed is decided: a statement per row where that is fastest,
//! one for all rows where the network would cost. [`process`](super::process) uses it and knows no database.

use std::future::Future;

use uuid::Uuid;

use crate::{
    alerts::UnitState,
    domain::{
        Alert, AlertId, AlertTransition, DeviceId, EffectiveRule, OrganizationId, Rule, RuleScope,
        Timestamp, UnitId, UnitKind,
    },
    events::LogItem,
    storage::{StoreError, statements::AnyStatement},
};

use super::job::{FrameKey, NewReading};

/// A unit under the lock.
#[derive(Debug, Clone)]
pub(crate) struct LockedUnit {
    /// What decisions read and write.
    pub state: UnitState,
    /// Decides the built-in limits.
    pub kind: UnitKind,
    /// The sensor that sets the unit's temperature; none: any does.
    pub primary_device_id: Option<DeviceId>,
    /// The newest live reading of that sensor: its time and row key.
    pub latest: Option<(Timestamp, FrameKey)>,
}

/// A device, read after the lock of its unit.
#[derive(Debug, Clone)]
pub(crate) struct LockedDevice {
    /// The device.
    pub id: DeviceId,
    /// Whose.
    pub organization_id: OrganizationId,
    /// Where it hangs now.
    pub unit_id: Option<UnitId>,
    /// Expected seconds between uplinks.
    pub interval_seconds: i32,
    /// What its uplinks told last.
    pub state: DeviceState,
}

/// What the uplinks of a device told last.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct DeviceState {
    /// When the network last heard it.
    pub last_seen_at: Option<Timestamp>,
    /// Time of its newest stored reading, late ones included.
    pub newest_at: Option<Timestamp>,
    /// %.
    pub battery_percent: Option<f64>,
    /// V.
    pub battery_volts: Option<f64>,
    /// dBm.
    pub signal: Option<f64>,
}

/// A frame that may have come before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Frame {
    /// Whose it says to be.
    pub organization_id: OrganizationId,
    /// Where its sensor was thought to hang; if it does not, the frame is not noted.
    pub unit_id: UnitId,
    /// The sensor.
    pub device_id: DeviceId,
    /// The row's key.
    pub frame_key: FrameKey,
    /// What tells a repeated delivery.
    pub seen_key: FrameKey,
    /// For cleaning by age.
    pub received_at: Timestamp,
}

/// A reading to insert; if its row is there already (from a part of the same frame), the row is completed.
#[derive(Debug, Clone)]
pub(crate) struct ReadingRow {
    /// Whose.
    pub organization_id: OrganizationId,
    /// Where.
    pub unit_id: UnitId,
    /// Which sensor.
    pub device_id: DeviceId,
    /// What was measured.
    pub reading: NewReading,
    /// Older than what was already known of the device.
    pub late: bool,
    /// When it reached us.
    pub received_at: Timestamp,
}

/// One change of an alert.
#[derive(Debug, Clone)]
pub(crate) struct AlertRow {
    /// Whose.
    pub organization_id: OrganizationId,
    /// What happened.
    pub transition: AlertTransition,
    /// The alert after it.
    pub alert: Alert,
    /// The limits that were judged by.
    pub rule: EffectiveRule,
}

/// The one deadline of a unit, as it stands now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DeadlineRow {
    /// Whose.
    pub organization_id: OrganizationId,
    /// The unit.
    pub unit_id: UnitId,
    /// When; none any more.
    pub due_at: Option<Timestamp>,
}

/// Everything that one group changes.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    /// Rules made or replaced, and when.
    pub rules: Vec<(OrganizationId, Rule, Timestamp)>,
    /// New measurements.
    pub readings: Vec<ReadingRow>,
    /// In order of the changes; one alert may be in it more than once.
    pub alerts: Vec<AlertRow>,
    /// Units as they stand now, in id order.
    pub units: Vec<LockedUnit>,
    /// Deadlines that were set, moved or ended, in id order.
    pub deadlines: Vec<DeadlineRow>,
    /// Devices as they stand now, in id order.
    pub devices: Vec<LockedDevice>,
    /// What onlookers are told, per organization in id order.
    pub log: Vec<(OrganizationId, Vec<LogItem>)>,
}

impl Changes {
    /// The last state of each alert, and whether it is new: updates must run before inserts, so that the place
    /// of a resolved alert is free for the next.
    #[must_use]
    pub(crate) fn final_alerts(&self) -> (Vec<&AlertRow>, Vec<&AlertRow>) {
        let mut last: std::collections::BTreeMap<AlertId, (&AlertRow, bool)> =
            std::collections::BTreeMap::new();
        for row in &self.alerts {
            let born = row.transition == AlertTransition::Triggered;
            let slot = last.entry(row.alert.id).or_insert((row, born));
            *slot = (row, slot.1 || born);
        }
        let (mut updated, mut inserted) = (Vec::new(), Vec::new());
        for (row, born) in last.into_values() {
            if born {
                inserted.push(row);
            } else {
                updated.push(row);
            }
        }
        (updated, inserted)
    }
}

/// What a group reads under the lock, ids in order.
#[derive(Debug, Default)]
pub(crate) struct Claim {
    /// Units to lock.
    pub units: Vec<UnitId>,
    /// Devices to read after it.
    pub devices: Vec<DeviceId>,
    /// Organizations whose rules are read after it.
    pub organizations: Vec<OrganizationId>,
    /// Frames to note after it, in the order of the jobs.
    pub frames: Vec<Frame>,
}

/// What was found under the lock; what is not known is left out.
#[derive(Debug, Default)]
pub(crate) struct Locked {
    /// Locked until the end of the transaction.
    pub units: Vec<LockedUnit>,
    /// As they are after the lock.
    pub devices: Vec<LockedDevice>,
    /// As they are after the lock.
    pub rules: Vec<(OrganizationId, Rule)>,
    /// For each frame of the claim: true if it had not come before and its sensor hangs where it was thought to.
    pub fresh: Vec<bool>,
}

/// How long a transaction waits for a lock that another node holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Patience {
    /// As long as a group may.
    Usual,
    /// Hardly: it has waited before, and others wait behind it.
    Brief,
}

/// One transaction at a time on the writing connection. Any error leaves it to [`UnitOfWork::rollback`].
///
/// Few and large steps, because each may be a way to a server and back.
pub(crate) trait UnitOfWork {
    /// The units of a rule's scope, before a transaction begins.
    fn units_in_scope(
        &mut self,
        organization: OrganizationId,
        scope: RuleScope,
        scope_id: Uuid,
    ) -> impl Future<Output = Result<Vec<UnitId>, StoreError>>;
    /// Begins, locks the units in id order, reads what decisions need by statements after the lock, and notes the
    /// frames.
    fn begin(
        &mut self,
        claim: &Claim,
        patience: Patience,
    ) -> impl Future<Output = Result<Locked, StoreError>>;
    /// Runs a statement that needs no decision.
    fn run(
        &mut self,
        statement: &dyn AnyStatement,
    ) -> impl Future<Output = Result<usize, StoreError>>;
    /// Writes all changes, numbers the log, last, and makes it durable; the numbers in the order of `changes.log`.
    /// `at` is the log's own time, for its retention.
    fn commit(
        &mut self,
        changes: &Changes,
        at: Timestamp,
    ) -> impl Future<Output = Result<Vec<i64>, StoreError>>;
    /// Forgets it.
    fn rollback(&mut self) -> impl Future<Output = ()>;
}
