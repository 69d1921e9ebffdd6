//! What the writer is asked to do, and what it answers.

use uuid::Uuid;

use crate::{
    domain::{
        Alert, AlertId, DeviceId, OrganizationId, Person, ReadingId, Rule, RuleScope, SiteId,
        Timestamp, UnitId, UnitKind,
    },
    storage::{StoreError, quarantine::KeptMessage, statements::Statements},
};

/// The identity of a frame: 16 bytes of a digest.
pub type FrameKey = [u8; 16];

/// One measurement to store.
#[derive(Debug, Clone, PartialEq)]
pub struct NewReading {
    /// Made before the first try, so that a repetition is the same reading.
    pub id: ReadingId,
    /// The row's key: the same for all messages that tell of one frame.
    pub frame_key: FrameKey,
    /// What tells a repeated delivery; other than `frame_key` for a part that the frame's own message replaces.
    pub seen_key: FrameKey,
    /// From a backlog: never live.
    pub history: bool,
    /// From a test button: counts for nothing.
    pub simulated: bool,
    /// When it was measured.
    pub measured_at: Timestamp,
    /// °C.
    pub temperature: Option<f64>,
    /// Relative, %.
    pub humidity: Option<f64>,
    /// Whether the door stands open.
    pub door_open: Option<bool>,
    /// %.
    pub battery_percent: Option<f64>,
    /// V.
    pub battery_volts: Option<f64>,
    /// dBm.
    pub signal: Option<f64>,
    /// The sensor reported a value that cannot be.
    pub fault: bool,
    /// LoRaWAN port of the frame.
    pub f_port: Option<i32>,
    /// The frame's raw bytes.
    pub payload: Option<Vec<u8>>,
}

/// One message of one device, with its readings in the order of the message.
#[derive(Debug, Clone)]
pub struct Uplink {
    /// Whose.
    pub organization_id: OrganizationId,
    /// The sensor.
    pub device_id: DeviceId,
    /// The unit that the device belonged to when it was looked up; read again under the lock.
    pub unit_id: UnitId,
    /// When it reached us.
    pub arrived_at: Timestamp,
    /// When the network heard the device, or `arrived_at` if that is earlier.
    pub seen_at: Timestamp,
    /// From a test button: the device was not heard.
    pub simulated: bool,
    /// At most 256; none if the device was heard and told nothing.
    pub readings: Vec<NewReading>,
    /// What to keep in quarantine if the database refuses the data.
    pub message: KeptMessage,
}

/// What became of an uplink.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stored {
    /// It is durable: so many readings new, so many known before.
    Readings {
        /// New.
        stored: usize,
        /// Known before.
        duplicates: usize,
    },
    /// The database refused its data: it is in quarantine.
    Quarantined,
    /// Its device is gone, or belongs to no unit.
    UnknownDevice,
}

/// Somebody takes an alert on.
#[derive(Debug, Clone)]
pub struct Acknowledgement {
    /// Whose.
    pub organization_id: OrganizationId,
    /// The alert's subject.
    pub unit_id: UnitId,
    /// The alert.
    pub alert_id: AlertId,
    /// Who.
    pub by: Person,
    /// What they wrote.
    pub note: Option<String>,
    /// When.
    pub now: Timestamp,
}

/// What became of an acknowledgement.
#[derive(Debug, Clone, PartialEq)]
pub enum Acknowledged {
    /// The alert as it stands: by this call or by an earlier one.
    Alert(Box<Alert>),
    /// The alert is resolved already.
    Resolved,
}

/// A rule is made or changed; every unit in its scope is judged anew.
#[derive(Debug, Clone)]
pub struct RuleEdit {
    /// Whose.
    pub organization_id: OrganizationId,
    /// What is done.
    pub write: RuleWrite,
    /// When.
    pub now: Timestamp,
}

/// What is done to a rule.
#[derive(Debug, Clone)]
pub enum RuleWrite {
    /// A new one; its scope must have none yet.
    Create(Rule),
    /// An existing one replaced; only if it still is what the writer of the change has seen.
    Replace {
        /// As it was read.
        seen: Rule,
        /// As it shall be; same id and scope.
        new: Rule,
    },
    /// An existing one removed; likewise.
    Delete {
        /// As it was read.
        seen: Rule,
    },
}

impl RuleWrite {
    /// The rule as it shall be, or was.
    #[must_use]
    pub const fn rule(&self) -> &Rule {
        match self {
            Self::Create(rule) | Self::Replace { new: rule, .. } | Self::Delete { seen: rule } => {
                rule
            }
        }
    }

    /// The scope whose units are judged anew.
    #[must_use]
    pub const fn scope(&self) -> (RuleScope, Uuid) {
        (self.rule().scope, self.rule().scope_id)
    }
}

/// What became of an edit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edited {
    /// It holds.
    Done,
    /// The scope has a rule already, or what was to be changed is not as it was read.
    Conflict,
}

/// A unit is changed or archived under its lock: it is judged anew, or what is open of it ends.
pub struct UnitEdit {
    /// Whose.
    pub organization_id: OrganizationId,
    /// The unit.
    pub unit_id: UnitId,
    /// What is written, [guarded](Statements::guarded).
    pub statements: Statements,
    /// What it is then.
    pub becomes: UnitBecomes,
    /// When.
    pub now: Timestamp,
}

/// What becomes of a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UnitBecomes {
    /// It is watched as this from now on.
    Watched(WatchedUnit),
    /// It is watched no more.
    Archived,
}

/// What decisions need to know of a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchedUnit {
    /// Its site.
    pub site_id: SiteId,
    /// Shown name.
    pub name: String,
    /// Decides the built-in limits.
    pub kind: UnitKind,
    /// The sensor that sets its temperature.
    pub primary_device_id: Option<DeviceId>,
}

/// A deadline of one unit that may be due; read again under the lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Due {
    /// Whose.
    pub organization_id: OrganizationId,
    /// The unit.
    pub unit_id: UnitId,
    /// The server's clock when it was found due.
    pub now: Timestamp,
}

/// One piece of work, with the way back to who asked.
pub(in crate::storage) enum Job {
    /// `moves`: how often the device was found on another unit.
    Uplink {
        uplink: Box<Uplink>,
        moves: u8,
        reply: Reply<Stored>,
    },
    Due(Due, Reply<()>),
    Acknowledge(Box<Acknowledgement>, Reply<Acknowledged>),
    Rule(Box<RuleEdit>, Reply<Edited>),
    Unit(Box<UnitEdit>, Reply<Edited>),
    Statements(Statements, Reply<Vec<usize>>),
}

impl Job {
    /// Whose; statements are of no single one.
    pub(super) fn organization(&self) -> Option<OrganizationId> {
        match self {
            Self::Uplink { uplink, .. } => Some(uplink.organization_id),
            Self::Due(due, _) => Some(due.organization_id),
            Self::Acknowledge(acknowledgement, _) => Some(acknowledgement.organization_id),
            Self::Rule(edit, _) => Some(edit.organization_id),
            Self::Unit(edit, _) => Some(edit.organization_id),
            Self::Statements(..) => None,
        }
    }
}

/// Answered after the commit, or with what went wrong.
pub(in crate::storage) type Reply<T> = tokio::sync::oneshot::Sender<Result<T, StoreError>>;
