//! What integration tests stand on: the real server on a port of its own, HTTP and Socket.IO clients that know nothing of its insides.
//!
//! Nothing here sleeps: a client waits for a condition with [`DEADLINE`], and shows that something
//! did not come by a mark that comes later.

mod app;
#[macro_use]
mod backend;
mod command;
mod demo;
mod http;
mod postgres;
mod process;
pub(crate) mod schema;
mod socket;
mod uplink;

use std::time::Duration;

pub(crate) use app::TestApp;
pub(crate) use backend::{database_url, postgres_rows, run_on_postgres};
pub(crate) use command::{freshtrack, printed};
pub(crate) use demo::{DEMO, RIVAL};
pub(crate) use http::{Answer, Http};
pub(crate) use postgres::Server;
pub(crate) use process::ServerProcess;
pub(crate) use socket::{Client, ConnectError, Identity, Lost, Transport};
pub(crate) use uplink::Uplink;

/// After that a wait has failed. Far above what a slow machine needs, far below the test runner's own limit.
pub(crate) const DEADLINE: Duration = Duration::from_secs(15);

/// Names the database.
pub(crate) const DATABASE_URL: &str = "FRESHTRACK__DATABASE__URL";
