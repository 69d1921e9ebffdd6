//! The live path by its behaviour: a log and hubs in memory, real actors, driven by messages.

mod admission;
mod hubs;
mod lifecycle;
mod order;
mod panics;
mod progress;
mod support;
