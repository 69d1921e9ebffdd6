//! What the server says of itself. Now: log lines on standard error, one each, `key=value`.
//!
//! Above: `app` calls [`init`] once. `line` is the form of a line.

mod line;

use std::io::Write;

use log::LevelFilter;

use crate::clock::Clock;
use crate::config::Log;

/// Crates of this project; what others say below a warning is of no use to an operator.
const OURS: &[&str] = &["freshtrack", "actix_socketio", "socketio_proto"];

/// Starts logging for the whole process; a second call changes nothing.
pub fn init(log: &Log, clock: Clock) {
    let mut builder = env_logger::Builder::new();
    builder.filter_level(log.level.min(LevelFilter::Warn));
    for module in OURS {
        builder.filter_module(module, log.level);
    }
    builder.format(move |out, record| writeln!(out, "{}", line::format(clock.now(), record)));
    // Refused only where a logger is set already, which is what the caller wants.
    let _ = builder.try_init();
}
