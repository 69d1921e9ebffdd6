//! The events that clients get: each a name and one payload.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize, Serializer};
use uuid::Uuid;

use crate::domain::{Alert, DeviceId, Reading, SiteId, Timestamp, UnitId, UnitStatus};

/// What happened, as clients are told. Its own serde form is the log's: `{"name":"unit:status","payload":{...}}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "name", content = "payload")]
pub enum Event {
    /// A unit's status changed.
    #[serde(rename = "unit:status")]
    UnitStatus(UnitStatusChange),
    /// An alert began.
    #[serde(rename = "alert:triggered")]
    AlertTriggered(Box<Alert>),
    /// An alert changed.
    #[serde(rename = "alert:updated")]
    AlertUpdated(Box<Alert>),
    /// Somebody took an alert on.
    #[serde(rename = "alert:acknowledged")]
    AlertAcknowledged(Box<Alert>),
    /// An alert ended.
    #[serde(rename = "alert:resolved")]
    AlertResolved(Box<Alert>),
    /// A resource was changed by REST: fetch it again.
    #[serde(rename = "data:updated")]
    DataUpdated(DataUpdated),
    /// What one unit's sensors measured within a tick. Made from the log's readings, never in the log itself.
    #[serde(rename = "sensor:readings:batch")]
    ReadingsBatch(ReadingsBatch),
    /// The newest live reading of one unit within a tick. Made from the log's readings, never in the log itself.
    #[serde(rename = "sensor:reading")]
    SensorReading(Box<SensorReading>),
    /// Everything up to a moment was sent. Not in the log; carries an offset, so that idle clients have one too.
    #[serde(rename = "stream:position")]
    StreamPosition(StreamPosition),
    /// Something was left out: fetch the snapshot again. Carries no offset.
    #[serde(rename = "stream:gap")]
    StreamGap(StreamGap),
}

impl Event {
    /// The event's name on the wire.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::UnitStatus(_) => "unit:status",
            Self::AlertTriggered(_) => "alert:triggered",
            Self::AlertUpdated(_) => "alert:updated",
            Self::AlertAcknowledged(_) => "alert:acknowledged",
            Self::AlertResolved(_) => "alert:resolved",
            Self::DataUpdated(_) => "data:updated",
            Self::ReadingsBatch(_) => "sensor:readings:batch",
            Self::SensorReading(_) => "sensor:reading",
            Self::StreamPosition(_) => "stream:position",
            Self::StreamGap(_) => "stream:gap",
        }
    }

    /// Of the events with this key that wait for a client which reads too slowly, the newest is enough, if the client
    /// is told of the gap. None: it must not be left out.
    #[must_use]
    pub fn superseded_by_key(&self) -> Option<String> {
        match self {
            Self::ReadingsBatch(batch) => Some(format!("batch {}", batch.unit_id)),
            Self::SensorReading(reading) => Some(format!("newest {}", reading.unit_id)),
            Self::UnitStatus(_)
            | Self::AlertTriggered(_)
            | Self::AlertUpdated(_)
            | Self::AlertAcknowledged(_)
            | Self::AlertResolved(_)
            | Self::DataUpdated(_)
            | Self::StreamPosition(_)
            | Self::StreamGap(_) => None,
        }
    }

    /// The event's one argument, to be serialized.
    #[must_use]
    pub const fn payload(&self) -> Payload<'_> {
        Payload(self)
    }
}

/// Serializes as the payload of an event alone, without its name.
#[derive(Debug, Clone, Copy)]
pub struct Payload<'a>(&'a Event);

impl Serialize for Payload<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Event::UnitStatus(payload) => payload.serialize(serializer),
            Event::AlertTriggered(alert)
            | Event::AlertUpdated(alert)
            | Event::AlertAcknowledged(alert)
            | Event::AlertResolved(alert) => alert.serialize(serializer),
            Event::DataUpdated(payload) => payload.serialize(serializer),
            Event::ReadingsBatch(payload) => payload.serialize(serializer),
            Event::SensorReading(payload) => payload.serialize(serializer),
            Event::StreamPosition(payload) => payload.serialize(serializer),
            Event::StreamGap(payload) => payload.serialize(serializer),
        }
    }
}

/// `{"unitId":"…","siteId":"…","status":"excursion","since":"2026-11-24T05:40:12.318Z","previous":"ok"}`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct UnitStatusChange {
    /// The unit.
    pub unit_id: UnitId,
    /// Its site.
    pub site_id: SiteId,
    /// What it is now.
    pub status: UnitStatus,
    /// Since when.
    pub since: Timestamp,
    /// What it was before.
    pub previous: UnitStatus,
}

/// `{"resource":"rules","id":"…"}`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DataUpdated {
    /// The kind of resource, as its route is called.
    pub resource: Resource,
    /// Which one.
    pub id: Uuid,
}

/// A kind of resource; its text is the last part of its route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Resource {
    /// The organization itself.
    Organization,
    /// Sites.
    Sites,
    /// Areas.
    Areas,
    /// Units.
    Units,
    /// Devices.
    Devices,
    /// Gateways.
    Gateways,
    /// Rules.
    Rules,
    /// Users.
    Users,
}

/// `{"unitId":"…","siteId":"…","readings":[{…}],"count":1}`, readings in time order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReadingsBatch {
    /// The unit.
    pub unit_id: UnitId,
    /// Its site.
    pub site_id: SiteId,
    /// At most [`UnitBatch::MAX_READINGS`](super::UnitBatch::MAX_READINGS), the oldest first.
    pub readings: Vec<Reading>,
    /// How many there are.
    pub count: usize,
}

/// `{"unitId":"…","siteId":"…","deviceId":"…","temperature":3.41,"timestamp":"2026-11-24T05:40:12.318Z"}`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SensorReading {
    /// The unit.
    pub unit_id: UnitId,
    /// Its site.
    pub site_id: SiteId,
    /// The sensor.
    pub device_id: DeviceId,
    /// °C.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    /// Relative, %.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub humidity: Option<f64>,
    /// Whether the door stands open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub door_open: Option<bool>,
    /// Battery charge, %.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub battery: Option<f64>,
    /// Battery voltage, V.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub battery_volts: Option<f64>,
    /// Best received signal strength over all gateways, dBm.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signal: Option<f64>,
    /// The sensor reported a value that cannot be; that quantity is left out.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub fault: bool,
    /// When it was measured.
    pub timestamp: Timestamp,
}

impl SensorReading {
    /// The event's form of a stored reading.
    #[must_use]
    pub fn new(unit_id: UnitId, site_id: SiteId, reading: &Reading) -> Self {
        Self {
            unit_id,
            site_id,
            device_id: reading.device_id,
            temperature: reading.temperature,
            humidity: reading.humidity,
            door_open: reading.door_open,
            battery: reading.battery,
            battery_volts: reading.battery_volts,
            signal: reading.signal,
            fault: reading.fault,
            timestamp: reading.timestamp,
        }
    }
}

/// `{"position":"00000000deadbeef-1042.0-1041","completeThrough":"2026-11-24T05:40:12.318Z"}`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StreamPosition {
    /// Opaque; of the kind that a snapshot has.
    pub position: String,
    /// Whatever was committed up to then has been sent.
    pub complete_through: Timestamp,
}

/// `{"reason":"log_restarted"}`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StreamGap {
    /// Why something is missing.
    pub reason: GapReason,
}

/// Why a client did not get everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GapReason {
    /// A unit had more readings within a tick than a batch holds; the oldest were left out.
    BatchOverflow,
    /// The log no longer holds what comes next.
    LogRestarted,
    /// Something in the log could not be encoded and was left out.
    EntrySkipped,
    /// The server's thread that holds the socket took nothing for too long.
    FellBehind,
    /// The client reads too slowly: of some units only the newest readings were kept for it.
    SlowClient,
}

#[cfg(test)]
mod tests {
    use serde_json::{json, to_value};

    use super::*;
    use crate::{
        domain::{AlertKind, AlertStatus, Severity},
        events::log::fixtures::reading,
    };

    const ID: Uuid = Uuid::from_u128(7);

    fn alert() -> Box<Alert> {
        Box::new(Alert {
            id: ID.into(),
            version: 1,
            unit_id: Some(ID.into()),
            site_id: ID.into(),
            kind: AlertKind::TemperatureExcursion,
            severity: Severity::Warning,
            status: AlertStatus::Active,
            direction: None,
            message: "Fridge 1: 8.2 °C, above 5 °C".to_owned(),
            value: Some(8.2),
            limit: Some(5.0),
            triggered_at: Timestamp::from_millis(0),
            updated_at: Timestamp::from_millis(0),
            acknowledged_at: None,
            acknowledged_by: None,
            note: None,
            resolved_at: None,
            resolved_by: None,
            reason: None,
            escalation_level: 0,
            suppressed: false,
            peak: None,
            duration_seconds: None,
            seconds_outside: None,
        })
    }

    fn every_event() -> Vec<Event> {
        let mut measured = reading(1, 3.5);
        measured.door_open = Some(false);
        vec![
            Event::UnitStatus(UnitStatusChange {
                unit_id: ID.into(),
                site_id: ID.into(),
                status: UnitStatus::Excursion,
                since: Timestamp::from_millis(12_318),
                previous: UnitStatus::Pending,
            }),
            Event::AlertTriggered(alert()),
            Event::AlertUpdated(alert()),
            Event::AlertAcknowledged(alert()),
            Event::AlertResolved(alert()),
            Event::DataUpdated(DataUpdated {
                resource: Resource::Rules,
                id: ID,
            }),
            Event::ReadingsBatch(ReadingsBatch {
                unit_id: ID.into(),
                site_id: ID.into(),
                readings: vec![measured.clone()],
                count: 1,
            }),
            Event::SensorReading(Box::new(SensorReading::new(
                ID.into(),
                ID.into(),
                &measured,
            ))),
            Event::StreamGap(StreamGap {
                reason: GapReason::LogRestarted,
            }),
            Event::StreamPosition(StreamPosition {
                position: "p".to_owned(),
                complete_through: Timestamp::from_millis(7),
            }),
        ]
    }

    #[test]
    fn the_logs_form_is_the_wires_name_and_payload_and_comes_back() {
        for event in every_event() {
            let stored = to_value(&event).expect("serializes");
            assert_eq!(
                stored,
                json!({"name": event.name(), "payload": event.payload()})
            );
            assert_eq!(
                serde_json::from_value::<Event>(stored).expect("reads back"),
                event
            );
        }
    }

    #[test]
    fn readings_alone_may_be_left_out_for_a_slow_client_and_unit_by_unit() {
        let id = ID.to_string();
        for event in every_event() {
            let expected = match event.name() {
                "sensor:readings:batch" => Some(format!("batch {id}")),
                "sensor:reading" => Some(format!("newest {id}")),
                _ => None,
            };
            assert_eq!(event.superseded_by_key(), expected, "{}", event.name());
        }
    }

    #[test]
    fn every_event_is_described() {
        let described = crate::events::document::events();
        let mut names: Vec<&str> = described.iter().map(|event| event.name).collect();
        let mut expected: Vec<&str> = every_event().iter().map(Event::name).collect();
        names.sort_unstable();
        expected.sort_unstable();
        assert_eq!(names, expected);
    }

    #[test]
    fn payloads_have_the_fields_of_the_contract_and_no_others() {
        let id = ID.to_string();
        let payload = |index: usize| to_value(every_event()[index].payload()).expect("serializes");
        assert_eq!(
            payload(0),
            json!({"unitId": id, "siteId": id, "status": "excursion", "since": "1970-01-01T00:00:12.318Z", "previous": "pending"})
        );
        assert_eq!(payload(5), json!({"resource": "rules", "id": id}));
        let reading = json!({"id": Uuid::from_u128(1), "deviceId": Uuid::nil(), "temperature": 3.5, "doorOpen": false,
            "timestamp": "1970-01-01T00:00:01.000Z"});
        assert_eq!(
            payload(6),
            json!({"unitId": id, "siteId": id, "readings": [reading], "count": 1})
        );
        assert_eq!(
            payload(7),
            json!({"unitId": id, "siteId": id, "deviceId": Uuid::nil(), "temperature": 3.5, "doorOpen": false,
                "timestamp": "1970-01-01T00:00:01.000Z"})
        );
        assert_eq!(payload(8), json!({"reason": "log_restarted"}));
        assert_eq!(
            payload(9),
            json!({"position": "p", "completeThrough": "1970-01-01T00:00:00.007Z"})
        );
    }
}
