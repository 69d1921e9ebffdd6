//! What one event to many clients costs: ours beside other servers of Socket.IO, and beside a floor.
//!
//! `scripts/bench fanout [SERVER...]`: with names only those are measured, and nothing is written to `docs/`. Each
//! server is a process on one core; the load is this process on the other. From below: `wire`, `frame` and `token`
//! are what is said, `client` and `swarm` say it, `usage` and `server` watch a process, `measure` has the scenarios,
//! `figures`, `table`, `picture` and `page` tell what came out. `floor` is this program in another role.

mod client;
mod failure;
mod figures;
mod floor;
mod frame;
#[path = "../support/machine.rs"]
mod machine;
mod measure;
mod meter;
mod page;
mod peer;
mod picture;
mod server;
mod swarm;
mod table;
mod token;
mod usage;
mod wire;

use std::env;
use std::process::ExitCode;

use failure::Failure;
use figures::{Figures, Measure, Sample};
use machine::Machine;
use peer::Peer;
use server::Server;

/// The argument that makes this program the floor.
const FLOOR: &str = "serve-the-floor";

/// How often each server is measured, in turns.
const REPEATS: usize = 3;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Failure> {
    // Cargo adds `--bench`.
    let names = env::args().skip(1).filter(|name| !name.starts_with("--"));
    let names: Vec<String> = names.collect();
    if names.iter().any(|name| name == FLOOR) {
        return floor::serve(port()?);
    }
    let peers: Vec<Peer> = match names.as_slice() {
        [] => Peer::ALL.to_vec(),
        names => names
            .iter()
            .map(|name| Peer::named(name))
            .collect::<Result<_, _>>()?,
    };
    let machine = Machine::look();
    server::stand_aside()?;
    let mut figures = Figures::default();
    for repeat in 0..REPEATS {
        for peer in &peers {
            measure_one(*peer, repeat, &mut figures)?;
        }
    }
    let tables = format!(
        "{}\n{}",
        conditions(&machine, &figures),
        table::of(&figures)
    );
    println!("\n{tables}");
    if names.is_empty() {
        page::write(&tables, &picture::of(&figures))?;
    }
    Ok(())
}

fn port() -> Result<u16, Failure> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the floor takes its port as its peers do"
    )]
    let port = env::var("PORT").ok().and_then(|port| port.parse().ok());
    port.ok_or_else(|| Failure::protocol("PORT", b"no number"))
}

/// All scenarios, each on a new server.
fn measure_one(peer: Peer, repeat: usize, figures: &mut Figures) -> Result<(), Failure> {
    let mut add = |measure: Measure, sample: Sample| {
        let value = table::short(sample.value);
        let mark = if sample.limited {
            ", the load was the limit"
        } else {
            ""
        };
        eprintln!("{:>17}  {}: {value}{mark}", peer.name(), measure.title());
        figures.add(peer, measure, sample);
    };
    let [steady, few, many] = measure::crowd(&Server::start(peer)?)?;
    add(Measure::Steady, steady);
    add(Measure::Saturated4, few);
    add(Measure::Saturated32, many);
    add(Measure::Rooms, measure::rooms(&Server::start(peer)?)?);
    let idle = measure::idle(&Server::start(peer)?, repeat == 0)?;
    add(Measure::Connect, idle.connect);
    add(Measure::Memory, idle.memory);
    if let Some(pings) = idle.pings {
        add(Measure::Idle, pings);
    }
    Ok(())
}

/// Where and with what.
fn conditions(machine: &Machine, figures: &Figures) -> String {
    let versions = figures
        .peers()
        .into_iter()
        .map(|peer| format!("{} {}", peer.name(), peer.version()));
    let versions: Vec<String> = versions.map(|text| text.trim().to_owned()).collect();
    let worst = Measure::ALL
        .map(|measure| figures.spread(measure))
        .into_iter()
        .fold(0.0, f64::max);
    format!(
        "`scripts/bench fanout` on {machine}; {}. Medians of {REPEATS} repeats in turns (the last row: one); \
         the repeats of a cell lie at most {:.0} % of it apart.\n",
        versions.join(", "),
        worst * 100.0,
    )
}
