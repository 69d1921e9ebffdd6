//! Temperature excursions, decided: `storage`'s writer asks, inside its transaction and under the unit's lock.
//!
//! Imports `domain` only. No IO, no clock, no randomness: times and new ids come with the input. One unit
//! at a time, inputs in time order, and live readings only: late, simulated and history ones never come here.
//! State is a handful of columns; nothing grows with the number of readings.

mod decide;
mod excursion;
mod limits;
mod message;
mod state;

#[cfg(test)]
mod tests;

pub use decide::{Input, Output, decide};
pub use excursion::Excursion;
pub use state::{LastTemperature, UnitIdentity, UnitState, deadline};
