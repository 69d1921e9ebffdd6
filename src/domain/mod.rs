//! The words of the field, as values: what a sensor measures, what may spoil, who may do what.
//!
//! Lowest room: everything imports it, it imports nothing of the project. No IO, no clock, no randomness.

mod text;

pub mod alert;
pub mod code;
pub mod dev_eui;
pub mod device;
pub mod downlink;
pub mod email;
pub mod id;
pub mod json;
pub mod name;
pub mod reading;
pub mod resolution;
pub mod role;
pub mod rule;
pub mod schema;
pub mod summary;
pub mod temperature_unit;
pub mod time;
pub mod timezone;
pub mod unit;

pub use alert::{
    Alert, AlertKind, AlertStatus, AlertTransition, Direction, Person, ResolutionReason, Resolver,
    Severity, SystemName,
};
pub use code::Code;
pub use dev_eui::{DevEui, InvalidDevEui};
pub use device::{DeviceRole, DoorPolarity, Probe};
pub use downlink::DownlinkRoute;
pub use email::{Email, InvalidEmail};
pub use id::{
    AlertId, AreaId, DeviceId, GatewayId, OrganizationId, ReadingId, RuleId, SessionId, SiteId,
    UnitId, UserId,
};
pub use json::InvalidJson;
pub use name::{InvalidName, Name};
pub use reading::Reading;
pub use resolution::{Bucket, Resolution};
pub use role::{Action, Role};
pub use rule::{EffectiveRule, Rule, RuleLimits, RuleScope};
pub use summary::Summary;
pub use temperature_unit::TemperatureUnit;
pub use text::UnknownText;
pub(crate) use text::text_enum;
pub use time::{InvalidTimestamp, Timestamp};
pub use timezone::{InvalidTimezone, Timezone};
pub use unit::{UnitKind, UnitStatus};
