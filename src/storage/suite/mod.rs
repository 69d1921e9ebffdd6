//! What any backend must do, tried on a real database: a file in a temporary folder, or a database of a PostgreSQL
//! server that the tests start.

/// Makes a test of each function for each backend: `name::sqlite`, `name::postgres`.
macro_rules! on_both_backends {
    ($($test:ident),+ $(,)?) => {$(
        mod $test {
            use crate::storage::suite::{Backend, Store};

            #[actix::test]
            async fn sqlite() {
                super::$test(Store::open(Backend::sqlite()).await).await;
            }

            #[actix::test]
            async fn postgres() {
                super::$test(Store::open(Backend::postgres()).await).await;
            }
        }
    )+};
}

mod alerts;
mod groups;
#[path = "../../../tests/it/support/postgres.rs"]
mod postgres_server;
mod quarantine;
mod recovery;
mod retention;
mod rollups;
mod rules;
mod schema;
mod statements;
mod two_writers;
mod uplinks;

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use uuid::Uuid;

use super::{
    Conn, Database, Hooks, Location, Options,
    devices::{self, DeviceSettings, NewDevice},
    organizations, postgres,
    quarantine::KeptMessage,
    sites::{self, Site},
    statements::Statements,
    units::{self, NewUnit, Unit},
    writer::job::{NewReading, Stored, Uplink},
};
use crate::{
    clock::{Clock, ManualClock},
    domain::{
        AreaId, DeviceId, DeviceRole, OrganizationId, ReadingId, SiteId, Timestamp, UnitId,
        UnitKind,
    },
    events::{Event, LogEntry, LogItem},
};

/// 2026-05-01T12:00:00Z
const NOON: i64 = 1_777_636_800_000;

/// Entries told after their commit.
type Told = Arc<Mutex<Vec<(OrganizationId, Arc<LogEntry>)>>>;

/// A database with two organizations, each with one site and two fridges of one thermometer.
struct Store {
    database: Database,
    time: ManualClock,
    told: Told,
    ours: Place,
    theirs: Place,
    backend: Backend,
}

/// A database of a test, gone with it.
enum Backend {
    Sqlite(tempfile::TempDir),
    Postgres(postgres_server::TestDatabase),
}

impl Backend {
    fn sqlite() -> Self {
        Self::Sqlite(tempfile::tempdir().expect("a folder"))
    }

    fn postgres() -> Self {
        Self::Postgres(postgres_server::TestDatabase::create())
    }

    fn location(&self) -> Location {
        match self {
            Self::Sqlite(folder) => Location::Sqlite(folder.path().join("freshtrack.db")),
            Self::Postgres(database) => Location::Postgres(database.url()),
        }
    }
}

/// One organization of a [`Store`].
#[derive(Debug, Clone, Copy)]
struct Place {
    organization: OrganizationId,
    site: SiteId,
    area: AreaId,
    fridges: [UnitId; 2],
    thermometers: [DeviceId; 2],
}

impl Place {
    fn new(clock: &Clock) -> Self {
        let id = || clock.new_id();
        Self {
            organization: OrganizationId(id()),
            site: SiteId(id()),
            area: AreaId(id()),
            fridges: [UnitId(id()), UnitId(id())],
            thermometers: [DeviceId(id()), DeviceId(id())],
        }
    }

    fn statements(&self, name: &str, now: Timestamp) -> Statements {
        let mut statements = Statements::new();
        organizations::insert(&mut statements, self.organization, name, now);
        let site = Site {
            id: self.site,
            name: "Site".to_owned(),
            timezone: "Europe/Berlin".to_owned(),
        };
        sites::insert(&mut statements, self.organization, site, now);
        sites::insert_area(
            &mut statements,
            self.organization,
            (self.site, self.area),
            "Area",
            now,
        );
        for (number, (unit, device)) in self.fridges.into_iter().zip(self.thermometers).enumerate()
        {
            let fridge = NewUnit {
                id: unit,
                organization_id: self.organization,
                site_id: self.site,
                area_id: self.area,
                name: format!("Fridge {}", number + 1),
                kind: UnitKind::Fridge,
            };
            units::insert(&mut statements, fridge, now);
            devices::insert(
                &mut statements,
                thermometer(self.organization, unit, device, number),
                now,
            );
            units::set_primary_device(&mut statements, self.organization, unit, device);
        }
        statements
    }
}

fn thermometer(
    organization_id: OrganizationId,
    unit: UnitId,
    id: DeviceId,
    number: usize,
) -> NewDevice {
    NewDevice {
        id,
        organization_id,
        unit_id: Some(unit),
        dev_eui: Some(format!("A8404100000000{number:02X}")),
        ttn_device_id: Some(format!("sensor-{number}")),
        application_id: Some("app".to_owned()),
        model: "LHT65N".to_owned(),
        role: DeviceRole::Temperature,
        expected_interval_seconds: 600,
        settings: DeviceSettings::default(),
    }
}

impl Store {
    async fn open(backend: Backend) -> Self {
        let time = Clock::manual(Timestamp::from_millis(NOON));
        let told = Arc::default();
        let database = open(&backend, &time, &told).await;
        let clock = time.clock();
        let (ours, theirs) = (Place::new(&clock), Place::new(&clock));
        for (place, name) in [(ours, "Ours"), (theirs, "Theirs")] {
            database
                .writer()
                .run(place.statements(name, clock.now()))
                .await
                .expect("seeded");
        }
        Self {
            database,
            time,
            told,
            ours,
            theirs,
            backend,
        }
    }

    /// Closes the database and opens it again, as a restart does.
    async fn reopen(self) -> Self {
        self.database.close().await;
        let database = open(&self.backend, &self.time, &self.told).await;
        Self { database, ..self }
    }

    fn now(&self) -> Timestamp {
        self.time.clock().now()
    }

    fn pass(&self, seconds: u64) {
        self.time.advance(Duration::from_secs(seconds));
    }

    async fn read(&self) -> Conn {
        self.database.read().await.expect("a connection")
    }

    /// A frame of our first thermometer, measured now.
    fn reading(&self, temperature: f64) -> NewReading {
        let key = *self.time.clock().new_id().as_bytes();
        NewReading {
            id: ReadingId(self.time.clock().new_id()),
            frame_key: key,
            seen_key: key,
            history: false,
            simulated: false,
            measured_at: self.now(),
            temperature: Some(temperature),
            humidity: None,
            door_open: None,
            battery_percent: None,
            battery_volts: Some(3.0),
            signal: Some(-70.0),
            fault: false,
            f_port: Some(2),
            payload: Some(vec![1, 2, 3]),
        }
    }

    fn uplink(&self, readings: Vec<NewReading>) -> Uplink {
        self.uplink_of(self.ours, 0, readings)
    }

    fn uplink_of(&self, place: Place, number: usize, readings: Vec<NewReading>) -> Uplink {
        Uplink {
            organization_id: place.organization,
            device_id: place.thermometers[number],
            unit_id: place.fridges[number],
            arrived_at: self.now(),
            seen_at: self.now(),
            simulated: readings.iter().any(|reading| reading.simulated),
            readings,
            message: KeptMessage {
                id: self.time.clock().new_id(),
                dev_eui: None,
                body: "{}".to_owned(),
                keep: 10,
            },
        }
    }

    async fn store(&self, readings: Vec<NewReading>) -> Stored {
        self.database
            .writer()
            .store(self.uplink(readings))
            .await
            .expect("stored")
    }

    /// Stores one reading of our first fridge, measured now.
    async fn measure(&self, temperature: f64) {
        let stored = self.store(vec![self.reading(temperature)]).await;
        assert_eq!(
            stored,
            Stored::Readings {
                stored: 1,
                duplicates: 0
            }
        );
    }

    async fn unit(&self) -> Unit {
        let found = units::get(
            &mut self.read().await,
            self.ours.organization,
            self.ours.fridges[0],
        )
        .await;
        found.expect("read").expect("is there")
    }

    async fn count(&self, table: &'static str) -> i64 {
        // The suite counts rows of any table; queries of the room never name one by text.
        let query = diesel::sql_query(format!("SELECT count(*) AS count FROM {table}"));
        let counted = self.read().await.first::<Count>(query).await;
        counted.expect("read").expect("a row").count
    }

    /// The events told so far, as `name` or `batch reading °C`, of our organization.
    fn told(&self) -> Vec<String> {
        let told = self.told.lock().expect("not poisoned");
        let ours = told
            .iter()
            .filter(|(organization, _)| *organization == self.ours.organization);
        ours.flat_map(|(_, entry)| entry.items.iter().map(describe))
            .collect()
    }
}

#[derive(diesel::QueryableByName)]
struct Count {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    count: i64,
}

fn describe(item: &LogItem) -> String {
    match item {
        LogItem::Reading { reading, .. } => {
            let late = if reading.late { " late" } else { "" };
            format!(
                "{}{late}",
                reading
                    .temperature
                    .map_or("-".to_owned(), |celsius| celsius.to_string())
            )
        }
        LogItem::Event {
            event: Event::UnitStatus(change),
            ..
        } => format!("{} -> {}", change.previous, change.status),
        LogItem::Event { event, .. } => event.name().to_owned(),
        LogItem::Notice(notice) => format!("{notice:?}"),
    }
}

async fn open(backend: &Backend, time: &ManualClock, told: &Told) -> Database {
    let options = Options {
        location: backend.location(),
        readers: 2,
        queue: 1024,
        group: 64,
    };
    let told = Arc::clone(told);
    let hooks = Hooks {
        entry: Arc::new(move |organization, entry| {
            told.lock()
                .expect("not poisoned")
                .push((organization, entry));
        }),
        deadline: Arc::new(|_| ()),
    };
    Database::open(options, time.clock(), hooks)
        .await
        .expect("opens")
}

/// A key that no frame has.
fn key() -> [u8; 16] {
    *Uuid::from_u128(7).as_bytes()
}
