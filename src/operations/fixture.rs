//! For the tests of this room and of `http`: a real database in a folder of its own, with two organizations.

use std::{num::NonZeroUsize, sync::Arc, time::Duration};

use argon2::{Argon2, Params, PasswordHasher as _};
use tempfile::TempDir;
use uuid::Uuid;

use crate::{
    auth::{Identity, PasswordHasher, SecretHash, TokenKey},
    clock::{Clock, ManualClock},
    domain::{
        Alert, AreaId, DeviceId, DeviceRole, DoorPolarity, OrganizationId, Probe, ReadingId, Role,
        SiteId, Timestamp, UnitId, UnitKind, UserId,
    },
    storage::{
        Database, Hooks, Location, Options,
        alerts::{self, AlertFilter},
        devices::{self, DeviceSettings, NewDevice},
        organizations,
        quarantine::KeptMessage,
        sites::{self, Site},
        statements::Statements,
        units::{self, NewUnit},
        users::{self, Member},
        writer::job::{NewReading, Stored, Uplink},
    },
};

use super::{Operations, Setup};

/// The organization that the tests act in.
pub(crate) const DEMO: OrganizationId = OrganizationId(Uuid::from_u128(0xd0));
/// Another one.
pub(crate) const RIVAL: OrganizationId = OrganizationId(Uuid::from_u128(0xe0));
/// A site of each.
pub(crate) const SITE: SiteId = SiteId(Uuid::from_u128(0xd1));
pub(crate) const RIVAL_SITE: SiteId = SiteId(Uuid::from_u128(0xe1));
/// Three fridges of [`DEMO`], each with a sensor, and one of [`RIVAL`].
pub(crate) const FRIDGES: [UnitId; 3] = [
    UnitId(Uuid::from_u128(0xd11)),
    UnitId(Uuid::from_u128(0xd12)),
    UnitId(Uuid::from_u128(0xd13)),
];
pub(crate) const RIVAL_FRIDGE: UnitId = UnitId(Uuid::from_u128(0xe11));
/// Everybody's password.
pub(crate) const PASSWORD: &str = "freshtrack";
/// The webhook secret of [`DEMO`].
pub(crate) const WEBHOOK_SECRET: &str = "demo-webhook-secret";
/// Life of an access token, seconds.
pub(crate) const ACCESS_TTL: i64 = 900;

pub(crate) struct Fixture {
    pub(crate) operations: Operations,
    pub(crate) database: Database,
    pub(crate) hand: ManualClock,
    pub(crate) clock: Clock,
    _folder: TempDir,
}

impl Fixture {
    /// Demo has a member of each role, called `<role>@demo.example`; Rival an owner, `owner@rival.example`.
    pub(crate) async fn open() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let hand = Clock::manual(Timestamp::parse("2026-05-01T12:00:00Z").expect("a moment"));
        let clock = hand.clock();
        let options = Options {
            location: Location::Sqlite(folder.path().join("freshtrack.db")),
            readers: 2,
            queue: 64,
            group: 16,
        };
        let hooks = Hooks {
            entry: Arc::new(|_, _| {}),
            deadline: Arc::new(|_| {}),
        };
        let database = Database::open(options, clock.clone(), hooks)
            .await
            .expect("a database");
        seed(&database, clock.now()).await;
        let operations = Operations::new(Setup {
            database: database.clone(),
            clock: clock.clone(),
            passwords: PasswordHasher::new(NonZeroUsize::MIN, 16),
            tokens: TokenKey::hs256(b"a secret of at least 32 bytes, for tests"),
            access_ttl: Duration::from_secs(ACCESS_TTL.unsigned_abs()),
            refresh_ttl: Duration::from_secs(30 * 86_400),
        });
        Self {
            operations,
            database,
            hand,
            clock,
            _folder: folder,
        }
    }

    /// A member of [`DEMO`], as a token would name them.
    pub(crate) fn member(&self, role: Role) -> Identity {
        Identity {
            user_id: Some(user_of(DEMO, role)),
            subject: user_of(DEMO, role).to_string(),
            organization_id: DEMO,
            role,
            email: None,
            name: None,
            session: None,
            expires_at: Timestamp::MAX,
        }
    }

    /// The owner of [`RIVAL`].
    pub(crate) fn rival(&self) -> Identity {
        let user = user_of(RIVAL, Role::Owner);
        Identity {
            user_id: Some(user),
            subject: user.to_string(),
            organization_id: RIVAL,
            ..self.member(Role::Owner)
        }
    }

    /// Stores one live reading of a fridge of [`DEMO`], measured now.
    pub(crate) async fn measure(&self, unit: UnitId, celsius: f64) {
        let now = self.clock.now();
        let id = self.clock.new_id();
        let reading = NewReading {
            id: ReadingId(id),
            frame_key: *id.as_bytes(),
            seen_key: *id.as_bytes(),
            history: false,
            simulated: false,
            measured_at: now,
            temperature: Some(celsius),
            humidity: None,
            door_open: None,
            battery_percent: None,
            battery_volts: None,
            signal: None,
            fault: false,
            f_port: None,
            payload: None,
        };
        let uplink = Uplink {
            organization_id: DEMO,
            device_id: DeviceId(unit.0),
            unit_id: unit,
            arrived_at: now,
            seen_at: now,
            simulated: false,
            readings: vec![reading],
            message: KeptMessage {
                id,
                dev_eui: None,
                body: String::new(),
                keep: 10,
            },
        };
        let stored = self.database.writer().store(uplink).await;
        let one = Stored::Readings {
            stored: 1,
            duplicates: 0,
        };
        assert_eq!(stored.expect("stored"), one);
    }

    /// Makes a fridge of [`DEMO`] too warm; the alert that it raises.
    pub(crate) async fn alert(&self, unit: UnitId) -> Alert {
        self.measure(unit, 9.0).await;
        let filter = AlertFilter {
            open: true,
            unit_id: Some(unit),
            ..AlertFilter::default()
        };
        let mut conn = self.database.read().await.expect("a connection");
        let open = alerts::list(&mut conn, DEMO, filter, None, 1).await;
        open.expect("read").pop().expect("an open alert")
    }
}

/// The member of this role.
pub(crate) fn user_of(organization: OrganizationId, role: Role) -> UserId {
    let number = Role::ALL.iter().position(|known| *known == role);
    let number = u128::try_from(number.unwrap_or_default()).unwrap_or_default();
    UserId(Uuid::from_u128((organization.0.as_u128() << 8) + number))
}

async fn seed(database: &Database, now: Timestamp) {
    let mut statements = Statements::new();
    organization(&mut statements, (DEMO, "Demo"), SITE, &FRIDGES, now);
    organization(
        &mut statements,
        (RIVAL, "Rival"),
        RIVAL_SITE,
        &[RIVAL_FRIDGE],
        now,
    );
    let hash = SecretHash::of(WEBHOOK_SECRET.as_bytes()).0;
    organizations::insert_secret(&mut statements, Uuid::from_u128(1), DEMO, "ttn", &hash, now);
    let cheap = Params::new(64, 1, 1, None).expect("parameters");
    let hash = Argon2::from(cheap)
        .hash_password(PASSWORD.as_bytes())
        .expect("hashed")
        .to_string();
    let member = |organization_id, email: String, role: Role| Member {
        id: user_of(organization_id, role),
        email,
        name: format!("The {role}"),
        password_hash: Some(hash.clone()),
        organization_id,
        role,
    };
    for role in Role::ALL {
        let email = format!("{role}@demo.example");
        users::insert(&mut statements, member(DEMO, email, *role), now);
    }
    let rival = member(RIVAL, "owner@rival.example".to_owned(), Role::Owner);
    users::insert(&mut statements, rival, now);
    database.writer().run(statements).await.expect("seeded");
}

fn organization(
    statements: &mut Statements,
    (id, name): (OrganizationId, &str),
    site_id: SiteId,
    fridges: &[UnitId],
    now: Timestamp,
) {
    organizations::insert(statements, id, name, now);
    let site = Site {
        id: site_id,
        name: "Main Street".to_owned(),
        timezone: "Europe/Berlin".to_owned(),
    };
    sites::insert(statements, id, site, now);
    let area_id = AreaId(site_id.0);
    sites::insert_area(statements, id, (site_id, area_id), "Kitchen", now);
    for (number, unit) in fridges.iter().enumerate() {
        let new = NewUnit {
            id: *unit,
            organization_id: id,
            site_id,
            area_id,
            name: format!("Fridge {}", number + 1),
            kind: UnitKind::Fridge,
        };
        units::insert(statements, new, now);
        devices::insert(statements, sensor(id, *unit), now);
        units::set_primary_device(statements, id, *unit, DeviceId(unit.0));
    }
}

/// The sensor of a fridge has the fridge's id; its EUI is the last 16 digits of it.
fn sensor(organization_id: OrganizationId, unit: UnitId) -> NewDevice {
    NewDevice {
        id: DeviceId(unit.0),
        organization_id,
        unit_id: Some(unit),
        dev_eui: Some(format!("{:016X}", unit.0.as_u128())),
        ttn_device_id: None,
        application_id: None,
        model: "LHT65N".to_owned(),
        role: DeviceRole::Temperature,
        expected_interval_seconds: 600,
        settings: DeviceSettings {
            probe: Probe::Internal,
            door_polarity: DoorPolarity::Normal,
        },
    }
}
