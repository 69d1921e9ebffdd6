//! What the AsyncAPI document says of the events: the name, who gets it, the payload's schema.

use crate::domain::{
    Alert,
    schema::{SchemaOf, schema_of},
};

use super::{
    DataUpdated, ReadingsBatch, SensorReading, StreamGap, StreamPosition, UnitStatusChange,
};

/// One event that clients get.
#[derive(Clone, Copy)]
pub struct Described {
    /// Its name on the wire.
    pub name: &'static str,
    /// When it comes, and to whom.
    pub summary: &'static str,
    /// Its one argument.
    pub payload: SchemaOf,
}

/// Every event of this room.
#[must_use]
pub fn events() -> Vec<Described> {
    let event = |name, summary, payload| Described {
        name,
        summary,
        payload,
    };
    let alert: SchemaOf = schema_of::<Alert>;
    vec![
        event(
            "sensor:readings:batch",
            "To the organization's readings room: what a unit measured, at most once a second",
            schema_of::<ReadingsBatch>,
        ),
        event(
            "sensor:reading",
            "To the rooms of the site and the unit: the newest live reading of a second",
            schema_of::<SensorReading>,
        ),
        event(
            "unit:status",
            "To the organization: a unit's status changed",
            schema_of::<UnitStatusChange>,
        ),
        event(
            "alert:triggered",
            "To the organization: an alert began",
            alert,
        ),
        event(
            "alert:updated",
            "To the organization: an alert changed",
            alert,
        ),
        event(
            "alert:acknowledged",
            "To the organization: somebody took an alert on",
            alert,
        ),
        event(
            "alert:resolved",
            "To the organization: an alert ended",
            alert,
        ),
        event(
            "data:updated",
            "To the organization: a resource was changed by REST, fetch it again",
            schema_of::<DataUpdated>,
        ),
        event(
            "stream:position",
            "To the organization, every 10 seconds: whatever was committed up to that time has been sent",
            schema_of::<StreamPosition>,
        ),
        event(
            "stream:gap",
            "To one socket: something was left out, fetch the snapshot again",
            schema_of::<StreamGap>,
        ),
    ]
}
