//! The decision by value (`scenarios`, `record`) and by what must hold whatever happens (`properties`).

mod play;
mod properties;
mod record;
mod scenarios;
