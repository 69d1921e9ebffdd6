//! The words of the field, as values: what a sensor measures, what may spoil, who may do what.
//!
//! Lowest room: everything imports it, it imports nothing of the project. No IO, no clock, no randomness.

mod text;

pub mod alert;
pub mod code;
pub mod id;
pub mod json;
pub mod reading;
pub mod role;
pub mod rule;
pub mod time;
pub mod unit;

pub use alert::{Alert, AlertKind, AlertStatus, Direction, Person, Resolver, Severity};
pub use code::Code;
pub use id::{
    AlertId, AreaId, DeviceId, GatewayId, OrganizationId, ReadingId, RuleId, SiteId, UnitId, UserId,
};
pub use json::InvalidJson;
pub use reading::Reading;
pub use role::{Action, Role};
pub use rule::{EffectiveRule, Rule, RuleLimits, RuleScope};
pub use text::UnknownText;
pub use time::{InvalidTimestamp, Timestamp};
pub use unit::{UnitKind, UnitStatus};
