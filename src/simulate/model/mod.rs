//! How a refrigerated unit behaves: air, product, evaporator and moisture under what acts on them.
//!
//! `cabinet` says what a unit is made of, `climate` what is in it at a moment, `conditions` what acts on it,
//! `routine` what does so on ordinary days, `incident` and `scenario` what goes wrong. Pure and by value: time is
//! handed in as seconds since the play began, chance comes from a seed. Above: `site` plays several units at once.

mod cabinet;
mod climate;
mod conditions;
mod incident;
mod routine;
mod scenario;

#[cfg(test)]
mod tests;

pub(super) use cabinet::Cabinet;
pub(super) use climate::Climate;
pub(super) use conditions::Conditions;
pub(super) use incident::{Fault, Incident, Reach};
pub(super) use routine::Routine;
pub use scenario::Scenario;

/// Seconds of the physical world since the play began.
pub(super) type Seconds = u64;

/// How finely a play cuts time, seconds: shorter than what happens at a door.
pub(super) const TICK: Seconds = 5;
