//! The two organizations of `serve --demo`.

/// One of the seeded organizations, as its users know it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Organization {
    /// The owner's login.
    pub(crate) email: &'static str,
    /// The owner's password.
    pub(crate) password: &'static str,
    /// Secret of its webhook.
    pub(crate) webhook_secret: &'static str,
    /// A fridge, by name, with its sensor.
    pub(crate) fridge: Unit,
    /// Fridges, that one first.
    pub(crate) fridges: &'static [Unit],
    /// The unit that marks are measured in; tests use it for nothing else.
    pub(crate) marks: Unit,
}

impl Organization {
    /// The same organization, seen by another of its users; all have the same password.
    pub(crate) const fn seen_by(self, email: &'static str) -> Self {
        Self { email, ..self }
    }
}

/// A seeded unit with its temperature sensor.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Unit {
    /// Its name within the organization.
    pub(crate) name: &'static str,
    /// Its sensor.
    pub(crate) dev_eui: &'static str,
}

const FRIDGES: [Unit; 4] = [
    Unit {
        name: "Fridge 1",
        dev_eui: "A840410000000001",
    },
    Unit {
        name: "Fridge 2",
        dev_eui: "A840410000000002",
    },
    Unit {
        name: "Fridge 3",
        dev_eui: "A840410000000003",
    },
    Unit {
        name: "Fridge 4",
        dev_eui: "A840410000000004",
    },
];

const RIVAL_FRIDGES: [Unit; 1] = [Unit {
    name: "Fridge A",
    dev_eui: "A840410000000201",
}];

/// Eight units in Berlin.
pub(crate) const DEMO: Organization = Organization {
    email: "demo@freshtrack.local",
    password: "freshtrack",
    webhook_secret: "demo-webhook-secret",
    fridge: FRIDGES[0],
    fridges: &FRIDGES,
    marks: Unit {
        name: "Display",
        dev_eui: "A840410000000008",
    },
};

/// Three units in Lisbon.
pub(crate) const RIVAL: Organization = Organization {
    email: "rival@freshtrack.local",
    password: "freshtrack",
    webhook_secret: "rival-webhook-secret",
    fridge: RIVAL_FRIDGES[0],
    fridges: &RIVAL_FRIDGES,
    marks: Unit {
        name: "Fridge C",
        dev_eui: "A840410000000203",
    },
};
