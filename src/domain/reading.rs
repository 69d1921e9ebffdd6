//! One measurement of one sensor, as it is stored and as it is sent.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{DeviceId, ReadingId, Timestamp};

/// A stored measurement. On the wire an element of `sensor:readings:batch` and of
/// `GET /units/{id}/readings`: absent fields are left out.
///
/// ```json
/// {"id":"…","deviceId":"…","temperature":3.41,"humidity":59.8,"batteryVolts":2.998,"signal":-71,
///  "timestamp":"2026-11-24T05:40:12.318Z"}
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Reading {
    /// Made before the first try to store it.
    pub id: ReadingId,
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
    /// Older than what was already known of the device: moves no "latest", raises no live alert.
    #[serde(default, skip_serializing_if = "is_false")]
    pub late: bool,
    /// The sensor reported a value that cannot be; that quantity is left out.
    #[serde(default, skip_serializing_if = "is_false")]
    pub fault: bool,
    /// Sent by a test button, not a sensor: counts for nothing.
    #[serde(default, skip_serializing_if = "is_false")]
    pub simulated: bool,
    /// When it was measured.
    pub timestamp: Timestamp,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_false(flag: &bool) -> bool {
    !*flag
}
