//! Readings that somebody hands in ready-made, not as a message of The Things Stack.

use std::collections::HashMap;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use sha2::{Digest as _, Sha256};

use crate::{
    domain::{Code, DevEui, DeviceId, OrganizationId, ReadingId, Timestamp, UnitId},
    storage::{
        Conn, StoreError, devices,
        quarantine::KeptMessage,
        writer::job::{FrameKey, NewReading, Stored, Uplink},
    },
};

use super::{AHEAD_MS, Ingest, IngestError};

/// Readings of one request that wait for the writer at a time.
const IN_FLIGHT: usize = 64;

/// Which device measured.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum DirectDevice {
    /// The one with this EUI.
    Eui(DevEui),
    /// The one with this id of ours.
    Id(DeviceId),
}

/// One measurement; its values are within what the tables allow.
#[derive(Debug, Clone, PartialEq)]
pub struct Direct {
    /// The sensor.
    pub device: DirectDevice,
    /// °C.
    pub temperature: Option<f64>,
    /// Relative, %.
    pub humidity: Option<f64>,
    /// Whether the door stands open.
    pub door_open: Option<bool>,
    /// %.
    pub battery_percent: Option<f64>,
    /// When it was measured; by default at its arrival.
    pub timestamp: Option<Timestamp>,
    /// The sender's name of it, by which a repetition is known.
    pub id: Option<String>,
}

/// What became of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DirectOutcome {
    /// It is durable.
    Stored,
    /// It was known before.
    Duplicate,
    /// It could not be used.
    Rejected(Code),
}

impl Direct {
    /// Whether it says nothing.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.temperature.is_none()
            && self.humidity.is_none()
            && self.door_open.is_none()
            && self.battery_percent.is_none()
    }

    /// The same for a repetition: by the sender's id, else by the time; one with neither is like no other.
    fn key(&self, device: DeviceId, own: ReadingId) -> FrameKey {
        let mut hash = Sha256::new().chain_update(device.0.as_bytes());
        match (&self.id, self.timestamp) {
            (Some(id), _) => hash.update([b"id", id.as_bytes()].concat()),
            (None, Some(at)) => hash.update([&b"at"[..], &at.as_millis().to_be_bytes()].concat()),
            (None, None) => hash.update([b"own", own.0.as_bytes().as_slice()].concat()),
        }
        let digest = hash.finalize();
        std::array::from_fn(|index| digest[index])
    }
}

impl Ingest {
    /// Takes readings of one organization; what became of each, in their order. What was refused before it came
    /// here stays refused.
    ///
    /// # Errors
    /// [`IngestError::RateLimited`], or [`IngestError::Store`] if they could not all be made durable; those that were
    /// are duplicates the next time.
    pub async fn readings(
        &self,
        organization: OrganizationId,
        readings: Vec<Result<Direct, Code>>,
    ) -> Result<Vec<DirectOutcome>, IngestError> {
        if self.is_over_rate(organization) {
            return Err(IngestError::RateLimited);
        }
        let arrived_at = self.clock.now();
        let mut uplinks = Vec::with_capacity(readings.len());
        let mut known = HashMap::new();
        let mut conn = self.database.read().await?;
        for reading in readings {
            uplinks.push(match reading {
                Err(code) => Err(code),
                Ok(reading) => find(&mut conn, &mut known, organization, &reading.device)
                    .await?
                    .ok_or(Code::NotFound)
                    .map(|place| self.direct_uplink(organization, place, &reading, arrived_at)),
            });
        }
        drop(conn);
        stream::iter(uplinks)
            .map(|uplink| self.store_direct(uplink))
            .buffered(IN_FLIGHT)
            .try_collect()
            .await
            .map_err(IngestError::from)
    }

    async fn store_direct(
        &self,
        uplink: Result<Uplink, Code>,
    ) -> Result<DirectOutcome, StoreError> {
        let uplink = match uplink {
            Ok(uplink) => uplink,
            Err(code) => return Ok(DirectOutcome::Rejected(code)),
        };
        Ok(match self.database.writer().store(uplink).await? {
            Stored::Readings { stored: 0, .. } => DirectOutcome::Duplicate,
            Stored::Readings { .. } => DirectOutcome::Stored,
            Stored::Quarantined => DirectOutcome::Rejected(Code::InvalidPayload),
            Stored::UnknownDevice => DirectOutcome::Rejected(Code::NotFound),
        })
    }

    fn direct_uplink(
        &self,
        organization_id: OrganizationId,
        (device_id, unit_id): (DeviceId, UnitId),
        reading: &Direct,
        arrived_at: Timestamp,
    ) -> Uplink {
        let id = ReadingId(self.clock.new_id());
        let key = reading.key(device_id, id);
        let measured_at = reading
            .timestamp
            .filter(|told| told.millis_since(arrived_at) <= AHEAD_MS)
            .unwrap_or(arrived_at);
        let message = KeptMessage {
            id: self.clock.new_id(),
            dev_eui: None,
            body: serde_json::json!({"deviceId": device_id, "temperature": reading.temperature,
                "humidity": reading.humidity, "doorOpen": reading.door_open,
                "battery": reading.battery_percent, "timestamp": measured_at})
            .to_string(),
            keep: self.limits.quarantine_rows,
        };
        let reading = NewReading {
            id,
            frame_key: key,
            seen_key: key,
            history: false,
            simulated: false,
            measured_at,
            temperature: reading.temperature,
            humidity: reading.humidity,
            door_open: reading.door_open,
            battery_percent: reading.battery_percent,
            battery_volts: None,
            signal: None,
            fault: false,
            f_port: None,
            payload: None,
        };
        Uplink {
            organization_id,
            device_id,
            unit_id,
            arrived_at,
            seen_at: measured_at.min(arrived_at),
            simulated: false,
            readings: vec![reading],
            message,
        }
    }
}

/// The device and the unit that it hangs on, asked once per request.
async fn find(
    conn: &mut Conn,
    known: &mut HashMap<DirectDevice, Option<(DeviceId, UnitId)>>,
    organization: OrganizationId,
    device: &DirectDevice,
) -> Result<Option<(DeviceId, UnitId)>, StoreError> {
    if let Some(found) = known.get(device) {
        return Ok(*found);
    }
    let found = match device {
        DirectDevice::Eui(eui) => {
            devices::find(conn, organization, Some(eui.as_str()), None).await?
        }
        DirectDevice::Id(id) => devices::find_by_id(conn, organization, *id).await?,
    };
    let place = found.and_then(|device| Some((device.id, device.unit_id?)));
    known.insert(device.clone(), place);
    Ok(place)
}
