//! Identifiers: UUIDv7, one type per kind of thing, so that a site's id cannot stand for a unit's.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl schemars::JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                Uuid::json_schema(generator)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::try_parse(text).map(Self)
            }
        }
    )+};
}

ids! {
    /// A tenant: nothing is read or sent across it.
    OrganizationId,
    /// A person with a login.
    UserId,
    /// One login of a person: the family of its refresh tokens, the claim `sid`.
    SessionId,
    /// A place with one timezone.
    SiteId,
    /// A part of a site.
    AreaId,
    /// A fridge, freezer, ...: what is judged.
    UnitId,
    /// A LoRaWAN sensor.
    DeviceId,
    /// A LoRaWAN gateway.
    GatewayId,
    /// One stored measurement.
    ReadingId,
    /// One incident, from its trigger to its resolution.
    AlertId,
    /// The limits of one scope.
    RuleId,
}
