//! HTTP: The Things Stack's webhook, the REST API, health, the page at `/`.
//!
//! `app` puts [`configure`] and [`node_header`] on its server, beside `realtime`. Handlers read by `storage`,
//! act by `operations`, take uplinks in by `ingest`; they decide nothing themselves. actix-web stays in here.
//! Bounds: 256 KiB of a webhook's body, 1 MiB of any other, 30 s for either to arrive, 1,000 items a page.

mod answer;
mod api;
mod body;
mod body_schema;
mod call;
mod cors;
mod cursor;
mod dashboard;
mod docs;
mod downlink_headers;
mod endpoint;
mod etag;
mod fields;
mod from_json;
mod health;
mod origin;
mod openapi;
mod page;
mod problem;
mod query;
mod routes;
mod state;
mod ttn_webhook;
mod webhook_secret;
mod who;

pub use health::Check;
pub use openapi::document as openapi;
pub use origin::own_pages_only;
pub use routes::{configure, node_header};
pub use state::{Draining, Probes, State};

#[cfg(test)]
mod tests;
