//! 50 organizations of 100 fridges, each with one thermometer, and the uplinks that these send.

use std::cell::Cell;
use std::collections::BTreeSet;

use freshtrack::clock::Clock;
use freshtrack::domain::{
    AreaId, DeviceId, DeviceRole, OrganizationId, ReadingId, SiteId, Timestamp, UnitId, UnitKind,
};
use freshtrack::storage::devices::{self, DeviceSettings, NewDevice};
use freshtrack::storage::quarantine::KeptMessage;
use freshtrack::storage::sites::{self, Site};
use freshtrack::storage::statements::Statements;
use freshtrack::storage::units::{self, NewUnit};
use freshtrack::storage::writer::job::{NewReading, Uplink};
use freshtrack::storage::{StoreError, organizations};

use crate::place::Place;

const ORGANIZATIONS: usize = 50;
const UNITS_OF_EACH: usize = 100;

/// One reading of so many is too warm: it triggers an alert, which the unit's next one resolves.
const WARM_EVERY: u64 = 997;

/// An uneven step through the units, so that neighbours in time are of different organizations.
const STEP: usize = 1009;

/// Everything that sends.
pub(crate) struct Fleet {
    clock: Clock,
    sensors: Vec<(OrganizationId, UnitId, DeviceId)>,
    sent: Cell<u64>,
}

impl Fleet {
    /// Makes it all in a new database.
    pub(crate) async fn seed(place: &Place) -> Result<Self, StoreError> {
        let clock = Clock::system();
        let database = place.open(1).await?;
        let mut sensors = Vec::new();
        for number in 0..ORGANIZATIONS {
            let (statements, own) = organization(&clock, number);
            database.writer().run(statements).await?;
            sensors.extend(own);
        }
        database.close().await;
        Ok(Self {
            clock,
            sensors,
            sent: Cell::new(0),
        })
    }

    /// Whose units they are.
    pub(crate) fn organizations(&self) -> BTreeSet<OrganizationId> {
        let sensors = self.sensors.iter();
        sensors.map(|(organization, ..)| *organization).collect()
    }

    /// The next frame.
    pub(crate) fn uplink(&self) -> Uplink {
        let number = self.sent.get();
        self.sent.set(number + 1);
        let place = usize::try_from(number)
            .unwrap_or_default()
            .wrapping_mul(STEP);
        let (organization_id, unit_id, device_id) = self.sensors[place % self.sensors.len()];
        let now = self.clock.now();
        Uplink {
            organization_id,
            device_id,
            unit_id,
            arrived_at: now,
            seen_at: now,
            simulated: false,
            readings: vec![self.reading(number, now)],
            message: KeptMessage {
                id: self.clock.new_id(),
                dev_eui: None,
                body: String::new(),
                keep: 1,
            },
        }
    }

    fn reading(&self, number: u64, now: Timestamp) -> NewReading {
        let key = *self.clock.new_id().as_bytes();
        let is_warm = number.is_multiple_of(WARM_EVERY);
        NewReading {
            id: ReadingId(self.clock.new_id()),
            frame_key: key,
            seen_key: key,
            history: false,
            simulated: false,
            measured_at: now,
            temperature: Some(if is_warm { 9.0 } else { 3.5 }),
            humidity: Some(61.0),
            door_open: None,
            battery_percent: None,
            battery_volts: Some(3.05),
            signal: Some(-91.0),
            fault: false,
            f_port: Some(2),
            payload: Some(vec![0xCB; 11]),
        }
    }
}

type Sensors = Vec<(OrganizationId, UnitId, DeviceId)>;

fn organization(clock: &Clock, number: usize) -> (Statements, Sensors) {
    let now = clock.now();
    let (organization, site, area) = (
        OrganizationId(clock.new_id()),
        SiteId(clock.new_id()),
        AreaId(clock.new_id()),
    );
    let mut statements = Statements::new();
    organizations::insert(
        &mut statements,
        organization,
        &format!("Organization {number}"),
        now,
    );
    let row = Site {
        id: site,
        name: "Site".to_owned(),
        timezone: "Europe/Berlin".to_owned(),
    };
    sites::insert(&mut statements, organization, row, now);
    sites::insert_area(&mut statements, organization, (site, area), "Area", now);
    let mut sensors = Vec::new();
    for number in 0..UNITS_OF_EACH {
        let (unit, device) = (UnitId(clock.new_id()), DeviceId(clock.new_id()));
        let fridge = NewUnit {
            id: unit,
            organization_id: organization,
            site_id: site,
            area_id: area,
            name: format!("Fridge {number}"),
            kind: UnitKind::Fridge,
        };
        units::insert(&mut statements, fridge, now);
        let thermometer = NewDevice {
            id: device,
            organization_id: organization,
            unit_id: Some(unit),
            dev_eui: Some(format!("{number:016X}")),
            ttn_device_id: None,
            application_id: None,
            model: "LHT65N".to_owned(),
            role: DeviceRole::Temperature,
            expected_interval_seconds: 600,
            settings: DeviceSettings::default(),
        };
        devices::insert(&mut statements, thermometer, now);
        units::set_primary_device(&mut statements, organization, unit, device);
        sensors.push((organization, unit, device));
    }
    (statements, sensors)
}
