//! What the writer stores in a second: both backends, 64 and 512 callers, in groups and one transaction per request.
//!
//! No HTTP, no decoding: each caller hands an uplink to the writer and waits until it is durable, as the webhook does.
//! `fleet` is what is seeded, `place` a new database, `load` the callers. `docs/performance.md` tells how to read it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "what it stands on panics where it cannot go on, as in the tests"
)]

mod fleet;
mod load;
mod place;
#[path = "../../tests/it/support/postgres.rs"]
mod postgres;

use std::process::ExitCode;

use actix_web::rt::System;

use fleet::Fleet;
use load::Load;
use place::Place;

/// Callers, each with one uplink under way.
const CALLERS: [usize; 2] = [64, 512];

/// Jobs of one commit, as `ingest.group` is by default.
const GROUP: usize = 256;

/// Writers that share PostgreSQL when each transaction holds one request.
const CONNECTIONS: usize = 16;

fn main() -> ExitCode {
    match System::new().block_on(run()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn std::error::Error>> {
    // Names of backends to measure; all without any.
    let chosen: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    println!(
        "| {:<52} | {:>10} | {:>9} | {:>9} | {:>9} |",
        "", "readings/s", "p50", "p99", "alerts"
    );
    println!("|-{0:-<52}-|-{0:->10}:|-{0:->9}:|-{0:->9}:|-{0:->9}:|", "-");
    for place in [Place::sqlite(), Place::postgres()] {
        if !chosen.is_empty() && !chosen.iter().any(|name| name == place.name()) {
            continue;
        }
        let fleet = Fleet::seed(&place).await?;
        for callers in CALLERS {
            let grouped = place.open(GROUP).await?;
            let load = Load::run(std::slice::from_ref(&grouped), &fleet, callers).await?;
            grouped.close().await;
            print(place.name(), callers, "in groups", &load);
            let single = place
                .open_many(1, place.single_writers(CONNECTIONS))
                .await?;
            let load = Load::run(&single, &fleet, callers).await?;
            for database in single {
                database.close().await;
            }
            print(place.name(), callers, "a transaction each", &load);
        }
    }
    Ok(())
}

fn print(backend: &str, callers: usize, how: &str, load: &Load) {
    let name = format!("{backend}, {callers} callers, {how}");
    let millis = |duration: std::time::Duration| format!("{:.1} ms", duration.as_secs_f64() * 1e3);
    println!(
        "| {name:<52} | {:>10.0} | {:>9} | {:>9} | {:>9} |",
        load.per_second,
        millis(load.p50),
        millis(load.p99),
        load.alerts
    );
}
