//! The demo's two organizations: fixed names, logins and sensors, no readings, no alerts, no rules.

use crate::{
    auth::{PasswordHash, SecretHash},
    clock::Clock,
    domain::{
        AreaId, DeviceId, DeviceRole, GatewayId, OrganizationId, Role, SiteId, Timestamp, UnitId,
        UnitKind, UserId,
    },
    storage::{
        Database, StoreError,
        devices::{self, DeviceSettings, NewDevice},
        gateways::{self, NewGateway},
        organizations, sites,
        sites::Site,
        statements::Statements,
        units::{self, NewUnit},
        users::{self, Member},
    },
};

/// The password of every login of the demo.
pub const PASSWORD: &str = "freshtrack";

/// Seconds between two uplinks of an LHT65N.
const THERMOMETER_INTERVAL: i32 = 600;

/// Seconds between two uplinks of an LDS02 whose door rests.
const DOOR_INTERVAL: i32 = 86_400;

/// Why the demo could not be seeded.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// The database refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The password could not be hashed.
    #[error(transparent)]
    Auth(#[from] crate::auth::AuthError),
}

/// One of the demo's organizations.
pub(super) struct Organization {
    name: &'static str,
    secret: &'static str,
    site: (&'static str, &'static str),
    areas: &'static [&'static str],
    gateway: Option<&'static str>,
    /// Application in the network.
    pub(super) application: &'static str,
    /// Begins the network's names of the devices.
    pub(super) device_prefix: &'static str,
    /// Low bits of the first thermometer's EUI; the others follow in the order of the units.
    pub(super) first_eui: u64,
    /// Name, kind, index of the area.
    pub(super) units: &'static [(&'static str, UnitKind, usize)],
    door_on_first: bool,
    users: &'static [(&'static str, &'static str, Role)],
}

/// All EUIs of the demo begin so; Dragino's block.
pub(super) const EUI_BASE: u64 = 0xA840_4100_0000_0000;

/// Low bits of the EUI of a door sensor.
pub(super) const DOOR_EUI: u64 = 0x101;

/// The webhook secret of Demo Foods.
pub const WEBHOOK_SECRET: &str = "demo-webhook-secret";

/// The gateway of Demo Foods.
pub(super) const GATEWAY: &str = "demo-gateway-1";

/// The organization whose sensors are played.
pub(super) const DEMO_FOODS: Organization = Organization {
    name: "Demo Foods",
    secret: WEBHOOK_SECRET,
    site: ("Main Street", "Europe/Berlin"),
    areas: &["Kitchen", "Store"],
    gateway: Some(GATEWAY),
    application: "freshtrack-demo",
    device_prefix: "demo",
    first_eui: 0x001,
    units: &[
        ("Fridge 1", UnitKind::Fridge, 0),
        ("Fridge 2", UnitKind::Fridge, 0),
        ("Fridge 3", UnitKind::Fridge, 0),
        ("Fridge 4", UnitKind::Fridge, 0),
        ("Freezer 1", UnitKind::Freezer, 1),
        ("Freezer 2", UnitKind::Freezer, 1),
        ("Walk-in", UnitKind::WalkInCooler, 1),
        ("Display", UnitKind::DisplayCase, 0),
    ],
    door_on_first: true,
    users: &[
        ("demo@freshtrack.local", "Dana Owner", Role::Owner),
        ("admin@freshtrack.local", "Alex Admin", Role::Admin),
        ("manager@freshtrack.local", "Mara Manager", Role::Manager),
        ("staff@freshtrack.local", "Sam Staff", Role::Staff),
        ("viewer@freshtrack.local", "Vera Viewer", Role::Viewer),
        (
            "inspector@freshtrack.local",
            "Ina Inspector",
            Role::Inspector,
        ),
    ],
};

const RIVAL_KITCHEN: Organization = Organization {
    name: "Rival Kitchen",
    secret: "rival-webhook-secret",
    site: ("Harbour", "Europe/Lisbon"),
    areas: &["Kitchen"],
    gateway: None,
    application: "freshtrack-rival",
    device_prefix: "rival",
    first_eui: 0x201,
    units: &[
        ("Fridge A", UnitKind::Fridge, 0),
        ("Fridge B", UnitKind::Fridge, 0),
        ("Fridge C", UnitKind::Fridge, 0),
    ],
    door_on_first: false,
    users: &[("rival@freshtrack.local", "Rita Rival", Role::Owner)],
};

/// Makes what is not there yet; each organization whole, in one transaction.
///
/// # Errors
/// [`SeedError`] if a name or login is taken by something else, or the database is away.
pub async fn seed(database: &Database, clock: &Clock) -> Result<(), SeedError> {
    let mut password = None;
    for organization in [&DEMO_FOODS, &RIVAL_KITCHEN] {
        if organizations::by_name(&mut database.read().await?, organization.name)
            .await?
            .is_some()
        {
            continue;
        }
        let hash = match password.take() {
            Some(hash) => hash,
            None => PasswordHash::of(PASSWORD)?,
        };
        let statements = Seeding::new(organization, clock).statements(&hash);
        password = Some(hash);
        database.writer().run(statements).await?;
        log::info!(organization = organization.name; "demo organization made");
    }
    Ok(())
}

struct Seeding<'a> {
    organization: &'a Organization,
    id: OrganizationId,
    site: SiteId,
    clock: &'a Clock,
    now: Timestamp,
    statements: Statements,
}

impl<'a> Seeding<'a> {
    fn new(organization: &'a Organization, clock: &'a Clock) -> Self {
        Self {
            organization,
            id: OrganizationId(clock.new_id()),
            site: SiteId(clock.new_id()),
            clock,
            now: clock.now(),
            statements: Statements::new(),
        }
    }

    fn statements(mut self, password: &PasswordHash) -> Statements {
        let Organization { name, secret, .. } = self.organization;
        organizations::insert(&mut self.statements, self.id, name, self.now);
        let hash = SecretHash::of(secret.as_bytes());
        organizations::insert_secret(
            &mut self.statements,
            self.clock.new_id(),
            self.id,
            "demo",
            &hash.0,
            self.now,
        );
        self.users(password);
        let areas = self.places();
        for (index, unit) in (0..).zip(self.organization.units) {
            self.unit(index, unit, &areas);
        }
        self.statements
    }

    fn users(&mut self, password: &PasswordHash) {
        for (email, name, role) in self.organization.users {
            let member = Member {
                id: UserId(self.clock.new_id()),
                email: (*email).to_owned(),
                name: (*name).to_owned(),
                password_hash: Some(password.as_str().to_owned()),
                organization_id: self.id,
                role: *role,
            };
            users::insert(&mut self.statements, member, self.now);
        }
    }

    fn places(&mut self) -> Vec<AreaId> {
        let (name, timezone) = self.organization.site;
        let site = Site {
            id: self.site,
            name: name.to_owned(),
            timezone: timezone.to_owned(),
        };
        sites::insert(&mut self.statements, self.id, site, self.now);
        if let Some(gateway_id) = self.organization.gateway {
            let gateway = NewGateway {
                id: GatewayId(self.clock.new_id()),
                organization_id: self.id,
                site_id: self.site,
                gateway_id: gateway_id.to_owned(),
                name: gateway_id.to_owned(),
            };
            gateways::insert(&mut self.statements, gateway, self.now);
        }
        let mut areas = Vec::new();
        for name in self.organization.areas {
            let area = AreaId(self.clock.new_id());
            sites::insert_area(
                &mut self.statements,
                self.id,
                (self.site, area),
                name,
                self.now,
            );
            areas.push(area);
        }
        areas
    }

    fn unit(&mut self, index: u64, (name, kind, area): &(&str, UnitKind, usize), areas: &[AreaId]) {
        let Some(area_id) = areas.get(*area).copied() else {
            return;
        };
        let unit = NewUnit {
            id: UnitId(self.clock.new_id()),
            organization_id: self.id,
            site_id: self.site,
            area_id,
            name: (*name).to_owned(),
            kind: *kind,
        };
        let unit_id = unit.id;
        units::insert(&mut self.statements, unit, self.now);
        let Organization {
            device_prefix,
            first_eui,
            door_on_first,
            ..
        } = self.organization;
        let thermometer = self.device(
            unit_id,
            first_eui + index,
            "LHT65N",
            DeviceRole::Temperature,
            format!("{device_prefix}-lht65n-{}", index + 1),
        );
        units::set_primary_device(&mut self.statements, self.id, unit_id, thermometer);
        if index == 0 && *door_on_first {
            self.device(
                unit_id,
                DOOR_EUI,
                "LDS02",
                DeviceRole::Door,
                format!("{device_prefix}-lds02-1"),
            );
        }
    }

    fn device(
        &mut self,
        unit_id: UnitId,
        eui: u64,
        model: &str,
        role: DeviceRole,
        ttn_device_id: String,
    ) -> DeviceId {
        let device = NewDevice {
            id: DeviceId(self.clock.new_id()),
            organization_id: self.id,
            unit_id: Some(unit_id),
            dev_eui: Some(format!("{:016X}", EUI_BASE + eui)),
            ttn_device_id: Some(ttn_device_id),
            application_id: Some(self.organization.application.to_owned()),
            model: model.to_owned(),
            role,
            expected_interval_seconds: match role {
                DeviceRole::Temperature => THERMOMETER_INTERVAL,
                DeviceRole::Door => DOOR_INTERVAL,
            },
            settings: DeviceSettings::default(),
        };
        let id = device.id;
        devices::insert(&mut self.statements, device, self.now);
        id
    }
}
