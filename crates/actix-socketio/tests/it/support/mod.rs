//! A server whose handler tells the test what it saw, and a client that speaks the wire by hand.

mod application;
mod client;
mod greeter;
mod server;

pub(crate) use application::Seen;
pub(crate) use client::{Polling, Wire, packets};
pub(crate) use greeter::Greeter;
pub(crate) use server::{Mount, TestServer, serve, serve_all};

use std::future::Future;
use std::time::Duration;

/// Longer than anything here takes, short enough to notice a test that hangs.
const DEADLINE: Duration = Duration::from_secs(5);

/// The output of the future, or a failed test that says what did not come.
pub(crate) async fn within<F: Future>(what: &str, future: F) -> F::Output {
    match tokio::time::timeout(DEADLINE, future).await {
        Ok(output) => output,
        Err(_) => panic!("no {what} within {DEADLINE:?}"),
    }
}
