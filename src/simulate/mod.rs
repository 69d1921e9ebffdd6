//! The demo: two organizations with well-known logins, and sensors that are played against a webhook.
//!
//! `app` seeds and plays them for `serve --demo`, `cli` plays them for `simulate`. `fleet` says which devices there
//! are, `site` lets each `sensor` live in a unit of `model` and send its `payload`; `story` says when; `player` wraps
//! what is heard by `envelope` and posts it to a `webhook`, counted in a `tally`; `demo` is the server's own play.
//! Only `seed` knows the database: sensors come in by HTTP, like any. Everything but `seed`, `webhook`, `player` and
//! `demo` is pure.

mod demo;
mod envelope;
mod eui;
mod fleet;
mod model;
mod noise;
mod payload;
mod player;
mod sensor;
mod site;
mod story;
mod tally;
mod webhook;

pub mod seed;

pub use demo::Sensors;
pub use eui::{DevEui, InvalidEui};
pub use fleet::Fleet;
pub use model::Scenario;
pub use player::{Play, Progress, play};
pub use story::{InvalidRate, Rate};
pub use tally::Tally;
pub use webhook::{InvalidUrl, Webhook, WebhookUrl};
