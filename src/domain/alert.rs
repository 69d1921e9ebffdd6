//! An alert: one incident of one subject, from its trigger to its resolution.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{AlertId, SiteId, Timestamp, UnitId, UserId, text::text_enum};

text_enum! {
    /// What an alert is about.
    AlertKind {
        /// Temperature outside the limits.
        TemperatureExcursion = "temperature_excursion",
    }
}

text_enum! {
    /// How bad it is; ordered.
    Severity {
        /// To know.
        Info = "info",
        /// To look at.
        Warning = "warning",
        /// To act on now.
        Critical = "critical",
    }
}

text_enum! {
    /// Where an alert stands. Never closed or acknowledged by the clock alone.
    AlertStatus {
        /// Nobody has taken it on.
        Active = "active",
        /// Somebody has.
        Acknowledged = "acknowledged",
        /// Over.
        Resolved = "resolved",
    }
}

text_enum! {
    /// What just happened to an alert; names the event `alert:<transition>`.
    AlertTransition {
        /// It began.
        Triggered = "triggered",
        /// It became worse, changed its direction, or was worked on.
        Updated = "updated",
        /// Somebody took it on.
        Acknowledged = "acknowledged",
        /// It ended.
        Resolved = "resolved",
    }
}

text_enum! {
    /// On which side of the limits.
    Direction {
        /// Too warm.
        High = "high",
        /// Too cold.
        Low = "low",
    }
}

text_enum! {
    /// Why an alert ended, where it is not that the cause is gone.
    ResolutionReason {
        /// The unit is watched no more.
        UnitRemoved = "unit_removed",
    }
}

/// Who did it, by id and the name at that time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Person {
    /// The user.
    pub id: UserId,
    /// Shown name.
    pub name: String,
}

/// Who ended an alert: `"system"` or `{id,name}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Resolver {
    /// A person, by hand.
    Person(Person),
    /// The server: the cause is gone.
    System(SystemName),
}

/// The text `"system"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum SystemName {
    /// The server itself.
    #[serde(rename = "system")]
    System,
}

/// An alert as stored and as sent; absent fields are left out. `version` grows by one with each change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Alert {
    /// Made before the first try to store it.
    #[serde(rename = "alertId")]
    pub id: AlertId,
    /// 1 at the trigger, then one more with each change; clients keep the higher.
    pub version: i64,
    /// The unit concerned, if the subject is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit_id: Option<UnitId>,
    /// Its site.
    pub site_id: SiteId,
    /// What it is about.
    pub kind: AlertKind,
    /// How bad it is now.
    pub severity: Severity,
    /// Where it stands.
    pub status: AlertStatus,
    /// Too warm or too cold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub direction: Option<Direction>,
    /// For a person: `Fridge 1: 8.2 °C, above 5 °C`.
    pub message: String,
    /// The value that triggered it, turned it, or resolved it; °C for temperatures.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// The limit that was crossed; °C for temperatures.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<f64>,
    /// Time of the reading that triggered it.
    pub triggered_at: Timestamp,
    /// Time of the last change.
    pub updated_at: Timestamp,
    /// When somebody took it on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acknowledged_at: Option<Timestamp>,
    /// Who did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acknowledged_by: Option<Person>,
    /// What they wrote.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolved_at: Option<Timestamp>,
    /// Who ended it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolved_by: Option<Resolver>,
    /// Why, if not that the cause is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<ResolutionReason>,
    /// Step of the escalation chain; 0 before the first.
    pub escalation_level: i32,
    /// Recorded, not told.
    pub suppressed: bool,
    /// The value farthest outside so far, °C.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peak: Option<f64>,
    /// From trigger to resolution, seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_seconds: Option<i64>,
    /// Known time outside the limits, seconds: a reading stands until the next, at most two intervals.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds_outside: Option<i64>,
}
