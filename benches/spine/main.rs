//! What the line from an uplink to a client costs: latency, readings per second, memory per client.
//!
//! Starts the real binary, drives it over loopback and prints a table. Nothing is judged but that every answer is
//! a 200 and that everything expected arrives. From below: `server` is the process, `http` and `socket` speak to
//! it, `uplink` is what sensors say, `latency`, `load` and `memory` measure one thing each on a server of their
//! own, `machine`, `disk` and `report` say it. Every wait has a deadline; `docs/performance.md` tells how to read it.

mod disk;
mod failure;
mod http;
mod latency;
mod load;
#[path = "../support/machine.rs"]
mod machine;
mod memory;
mod report;
mod server;
mod socket;
mod uplink;

use std::future::Future;
use std::process::ExitCode;
use std::time::Duration;

use actix_web::rt::System;
use actix_web::rt::time::timeout;

use failure::Failure;
use machine::Machine;
use server::Server;

/// For a single call or an event that is due.
const DEADLINE: Duration = Duration::from_secs(15);

fn main() -> ExitCode {
    match System::new().block_on(run()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Failure> {
    report::print_machine(&Machine::look(), disk::sync(server::data_folder()?.path())?);
    report::print_head();
    report::print_latencies(&latency::measure(&Server::start().await?).await?);
    report::print_load(&load::measure(&Server::start().await?).await?);
    report::print_memory(&memory::measure(&Server::start().await?).await?);
    Ok(())
}

/// `work`, or a failure that names it if it takes longer than the deadline.
async fn in_time<T>(
    what: &'static str,
    work: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    within(DEADLINE, what, work).await
}

/// As [`in_time`], for what takes longer.
async fn within<T>(
    limit: Duration,
    what: &'static str,
    work: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    timeout(limit, work)
        .await
        .map_err(|_| Failure::Overdue { what, limit })?
}
