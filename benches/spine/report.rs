//! Figures to a table, the required bound beside each that has one.

use std::time::Duration;

use crate::latency::{self, Latencies};
use crate::load::{self, Load};
use crate::machine::Machine;
use crate::memory::{self, Memory};

/// Where most, nearly all and all of the measured lie.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spread {
    p50: Duration,
    p99: Duration,
    max: Duration,
}

impl Spread {
    /// By the nearest rank; zero of nothing.
    pub(crate) fn of(mut measured: Vec<Duration>) -> Self {
        measured.sort_unstable();
        let percentile = |percent: usize| {
            let rank = (measured.len() * percent).div_ceil(100);
            let at = measured.get(rank.saturating_sub(1));
            at.copied().unwrap_or_default()
        };
        Self {
            p50: percentile(50),
            p99: percentile(99),
            max: percentile(100),
        }
    }
}

/// What was measured, where and with what.
pub(crate) fn print_machine(machine: &Machine, sync: Spread) {
    let profile = if cfg!(debug_assertions) {
        "debug build: these figures say nothing"
    } else {
        "optimized build"
    };
    let sqlite = libsqlite3_sys::SQLITE_VERSION.to_string_lossy();
    println!(
        "FreshTrack {}, {profile}, SQLite {sqlite}",
        env!("CARGO_PKG_VERSION"),
    );
    println!(
        "{machine}; 4 KiB to the disk: p50 {}, p99 {}",
        millis(sync.p50),
        millis(sync.p99),
    );
    println!("The load comes from this machine too and takes its share of the cores.\n");
}

/// The names of the columns.
pub(crate) fn print_head() {
    println!(
        "| {:<46} | {:>9} | {:>9} | {:>9} | {:>8} |",
        "", "p50", "p99", "max", "required"
    );
    println!("|-{0:-<46}-|-{0:->9}:|-{0:->9}:|-{0:->9}:|-{0:->8}:|", "-");
}

/// From the webhook to the client.
pub(crate) fn print_latencies(latencies: &Latencies) {
    let half = latency::UPLINKS / 2;
    let alerts = format!("uplink to `alert:triggered`, {half} alerts");
    print_spread(&alerts, latencies.alerts, "< 1 s");
    let batches = format!("uplink to its batch, {} readings", latency::UPLINKS);
    print_spread(&batches, latencies.batches, "< 2 s");
}

/// The webhook under load.
pub(crate) fn print_load(load: &Load) {
    let answers = format!("webhook's answer to one of {} callers", load::CALLERS);
    print_spread(&answers, load.answers, "");
    let accepted = format!("readings stored per second, of {}", load::READINGS);
    print_value(&accepted, &format!("{:.0}", load.per_second), "");
}

/// The server with its clients.
pub(crate) fn print_memory(memory: &Memory) {
    let clients = memory::CLIENTS;
    let growth = |after: u64| megabytes(after.saturating_sub(memory.before));
    print_value("memory before, MB", &megabytes(memory.before), "");
    let idle = format!("growth with {clients} idle clients, MB");
    print_value(&idle, &growth(memory.connected), "< 100");
    print_value(
        "growth once each was sent a batch, MB",
        &growth(memory.served),
        "< 100",
    );
    let connecting = format!("{clients} clients connect in");
    print_value(&connecting, &millis(memory.connecting), "");
}

fn print_spread(name: &str, spread: Spread, required: &str) {
    let [p50, p99, max] = [spread.p50, spread.p99, spread.max].map(millis);
    println!("| {name:<46} | {p50:>9} | {p99:>9} | {max:>9} | {required:>8} |");
}

fn print_value(name: &str, value: &str, required: &str) {
    println!(
        "| {name:<46} | {value:>9} | {0:>9} | {0:>9} | {required:>8} |",
        ""
    );
}

fn millis(duration: Duration) -> String {
    format!("{:.1} ms", duration.as_secs_f64() * 1e3)
}

fn megabytes(bytes: u64) -> String {
    format!("{:.1}", bytes as f64 / 1e6)
}
