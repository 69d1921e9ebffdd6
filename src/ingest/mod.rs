//! What comes in: whose it is, which device sent it, what it measured; then to the writer.
//!
//! http (webhook) -> [ingest] -> `storage`'s writer. Decoding is `devices`'. Nothing is kept here but how many
//! messages each organization sent this second; what cannot be used goes to quarantine.

mod direct;
mod error;
mod rate;

use std::sync::Arc;

use crate::{
    auth::SecretHash,
    clock::Clock,
    devices::{self, Envelope, Measurement, Message, OtherKind, Profile, ReadingKeys, Unusable},
    domain::{DeviceId, DownlinkRoute, OrganizationId, ReadingId, Timestamp, UnitId},
    storage::{
        Database, StoreError,
        devices::FoundDevice,
        downlinks, organizations,
        quarantine::{self, KeptMessage, Reason},
        writer::job::{NewReading, Stored, Uplink},
    },
};

pub use direct::{Direct, DirectDevice, DirectOutcome};
pub use error::IngestError;
use rate::Rates;

/// A timestamp further ahead of its arrival is not believed, milliseconds.
const AHEAD_MS: i64 = 5 * 60 * 1000;

/// The longest secret that is looked up, bytes; The Things Stack allows header values of 4,096.
const LONGEST_SECRET: usize = 4_096;

/// What a sender is told of a message that was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Receipt {
    /// It is durable.
    Stored {
        /// New readings.
        stored: usize,
        /// Whether all of it was known before.
        duplicate: bool,
    },
    /// It could not be used and is kept for an operator.
    Kept {
        /// Why.
        reason: Reason,
    },
}

/// One message of The Things Stack's webhook.
#[derive(Debug, Clone)]
pub struct TtnMessage<'a> {
    /// The body of the request.
    pub body: &'a [u8],
    /// The way back to the device, if the request told one; remembered for the device.
    pub downlink: Option<DownlinkRoute>,
}

/// What may be configured.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Messages per second and organization above which a full queue is the sender's fault.
    pub organization_rate: u32,
    /// Messages per organization in quarantine.
    pub quarantine_rows: i64,
}

/// The way in; cheap to clone.
#[derive(Clone)]
pub struct Ingest {
    database: Database,
    clock: Clock,
    limits: Limits,
    rates: Arc<Rates>,
}

impl Ingest {
    /// A way into this database.
    #[must_use]
    pub fn new(database: Database, clock: Clock, limits: Limits) -> Self {
        Self {
            database,
            clock,
            limits,
            rates: Arc::default(),
        }
    }

    /// Whose this webhook secret is: found by its hash, then compared in constant time.
    ///
    /// # Errors
    /// [`StoreError`] if the database cannot answer.
    pub async fn organization_of(
        &self,
        secret: &str,
    ) -> Result<Option<OrganizationId>, StoreError> {
        if secret.len() > LONGEST_SECRET {
            return Ok(None);
        }
        let presented = SecretHash::of(secret.as_bytes());
        let found =
            organizations::by_secret_hash(&mut self.database.read().await?, &presented.0).await?;
        let same = |stored: &[u8]| {
            <[u8; 32]>::try_from(stored).is_ok_and(|stored| SecretHash(stored) == presented)
        };
        Ok(found
            .filter(|(_, stored)| same(stored))
            .map(|(organization, _)| organization))
    }

    /// Takes one message of The Things Stack. What is not [`Receipt::Stored`] is in quarantine.
    ///
    /// # Errors
    /// [`IngestError::InvalidJson`] for a body that is no JSON object, else only if it could not be made durable.
    pub async fn ttn(
        &self,
        organization: OrganizationId,
        request: TtnMessage<'_>,
    ) -> Result<Receipt, IngestError> {
        let arrived_at = self.clock.now();
        if self.is_over_rate(organization) {
            return Err(IngestError::RateLimited);
        }
        let envelope = devices::parse(request.body)?;
        let message = || KeptMessage {
            id: self.clock.new_id(),
            dev_eui: envelope.identity.dev_eui.clone(),
            body: String::from_utf8_lossy(request.body).into_owned(),
            keep: self.limits.quarantine_rows,
        };
        let from = |unit| Arrival {
            organization,
            unit,
            arrived_at,
            envelope: &envelope,
        };
        let reason = match &envelope.message {
            Message::Unknown => Reason::UnknownMessage,
            Message::Undecodable { .. } => Reason::Undecodable,
            Message::Other(kind) => {
                // It was heard, though it measured nothing.
                if *kind == OtherKind::JoinAccept
                    && let Some((device, unit)) = self.device(organization, &envelope).await?
                {
                    let joined = from(unit).uplink(&device, Vec::new(), message());
                    self.database.writer().store(joined).await?;
                }
                return Ok(Receipt::Stored {
                    stored: 0,
                    duplicate: false,
                });
            }
            Message::Uplink(uplink) => match self.device(organization, &envelope).await? {
                None => Reason::UnknownDevice,
                Some((device, unit)) => {
                    if let Some(route) = &request.downlink {
                        self.remember(organization, device.id, route, arrived_at)
                            .await?;
                    }
                    let arrival = from(unit);
                    match self.uplink(&arrival, &device, uplink, message()).await? {
                        Ok(receipt) => return Ok(receipt),
                        Err(reason) => reason,
                    }
                }
            },
        };
        let row = quarantine::NewRow {
            organization_id: organization,
            received_at: arrived_at,
            reason,
            message: message(),
        };
        self.database.writer().run(quarantine::insert(row)).await?;
        Ok(Receipt::Kept { reason })
    }

    /// Counts a message; whether the organization sends more than its share while the queue is full.
    fn is_over_rate(&self, organization: OrganizationId) -> bool {
        let count = self.rates.count(organization, self.clock.monotonic());
        count > self.limits.organization_rate && self.database.writer().is_full()
    }

    /// The device of a message, if it hangs on a unit.
    async fn device(
        &self,
        organization: OrganizationId,
        envelope: &Envelope,
    ) -> Result<Option<(FoundDevice, UnitId)>, StoreError> {
        let identity = &envelope.identity;
        let ttn = identity
            .application_id
            .as_deref()
            .zip(identity.device_id.as_deref());
        let mut conn = self.database.read().await?;
        let found = crate::storage::devices::find(
            &mut conn,
            organization,
            identity.dev_eui.as_deref(),
            ttn,
        )
        .await?;
        Ok(found.and_then(|device| device.unit_id.map(|unit| (device, unit))))
    }

    /// Keeps the way back to a device; a write only when the network tells another one than before.
    async fn remember(
        &self,
        organization: OrganizationId,
        device: DeviceId,
        route: &DownlinkRoute,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut conn = self.database.read().await?;
        let known = downlinks::get(&mut conn, organization, device).await?;
        drop(conn);
        if known.as_ref() != Some(route) {
            let put = downlinks::put(organization, device, route, now);
            self.database.writer().run(put).await?;
        }
        Ok(())
    }

    /// Stores what was measured, or says why nothing was. A device without a measurement was heard all the same.
    async fn uplink(
        &self,
        arrival: &Arrival<'_>,
        device: &FoundDevice,
        uplink: &devices::Uplink,
        message: KeptMessage,
    ) -> Result<Result<Receipt, Reason>, StoreError> {
        let profile = Profile {
            model: &device.model,
            probe: device.probe,
            door_polarity: device.door_polarity,
        };
        let measured = devices::measure(uplink, &profile);
        let readings = measured.as_deref().unwrap_or_default();
        let readings = arrival.readings(device, uplink, readings, &self.clock);
        let stored = self
            .database
            .writer()
            .store(arrival.uplink(device, readings, message))
            .await?;
        Ok(match (measured, stored) {
            (Err(Unusable::NoMeasurement), _) => Err(Reason::NoMeasurement),
            (Err(Unusable::Undecodable), _) => Err(Reason::Undecodable),
            (Ok(_), Stored::UnknownDevice) => Err(Reason::UnknownDevice),
            (Ok(_), Stored::Quarantined) => Ok(Receipt::Kept {
                reason: Reason::Undecodable,
            }),
            (Ok(_), Stored::Readings { stored, duplicates }) => Ok(Receipt::Stored {
                stored,
                duplicate: stored == 0 && duplicates > 0,
            }),
        })
    }
}

/// A message of a known device, on its way.
struct Arrival<'a> {
    organization: OrganizationId,
    unit: UnitId,
    arrived_at: Timestamp,
    envelope: &'a Envelope,
}

impl Arrival<'_> {
    /// The time of the network, as far as it can be believed.
    fn network_time(&self) -> Timestamp {
        self.believed(self.envelope.network_time())
    }

    fn believed(&self, told: Option<Timestamp>) -> Timestamp {
        told.filter(|told| told.millis_since(self.arrived_at) <= AHEAD_MS)
            .unwrap_or(self.arrived_at)
    }

    fn readings(
        &self,
        device: &FoundDevice,
        uplink: &devices::Uplink,
        measured: &[Measurement],
        clock: &Clock,
    ) -> Vec<NewReading> {
        let outer = self.envelope.received_at.unwrap_or(self.arrived_at);
        let keys = devices::reading_keys(device.id, uplink, outer, measured);
        let reading = |(measurement, keys): (&Measurement, ReadingKeys)| NewReading {
            id: ReadingId(clock.new_id()),
            frame_key: keys.frame.0,
            seen_key: keys.seen.0,
            history: measurement.history,
            simulated: self.envelope.simulated,
            measured_at: measurement
                .at
                .map_or(self.network_time(), |at| self.believed(Some(at))),
            temperature: measurement.temperature,
            humidity: measurement.humidity,
            door_open: measurement.door_open,
            battery_percent: measurement.battery_percent,
            battery_volts: measurement.battery_volts,
            signal: uplink.signal,
            fault: measurement.fault,
            f_port: Some(i32::from(uplink.f_port)),
            payload: Some(uplink.frm_payload.clone()),
        };
        measured.iter().zip(keys).map(reading).collect()
    }

    fn uplink(
        &self,
        device: &FoundDevice,
        readings: Vec<NewReading>,
        message: KeptMessage,
    ) -> Uplink {
        Uplink {
            organization_id: self.organization,
            device_id: device.id,
            unit_id: self.unit,
            arrived_at: self.arrived_at,
            seen_at: self.network_time().min(self.arrived_at),
            simulated: self.envelope.simulated,
            readings,
            message,
        }
    }
}
