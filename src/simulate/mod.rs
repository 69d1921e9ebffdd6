//! The demo: two organizations with well-known logins, and sensors that are played against a webhook.
//!
//! `app` seeds and plays them for `serve --demo`, `cli` plays them for `simulate`. `fleet` says which devices there
//! are, `site` lets them live in the units of `model` and send `payload`s; `story` says when; `player` wraps them by
//! `envelope` and posts them to a `webhook`, counted in a `tally`. Only `seed` knows the database: sensors come in by
//! HTTP, like any. Everything but `seed`, `webhook` and `player` is pure.

mod envelope;
mod eui;
mod fleet;
mod model;
mod noise;
mod payload;
mod player;
mod sensors;
mod site;
mod story;
mod tally;
mod webhook;

pub mod seed;

pub use eui::{DevEui, InvalidEui};
pub use fleet::Fleet;
pub use model::Scenario;
pub use player::{Play, Progress, play};
pub use sensors::Sensors;
pub use story::{InvalidRate, Rate};
pub use tally::Tally;
pub use webhook::{InvalidUrl, Webhook, WebhookUrl};
