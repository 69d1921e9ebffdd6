//! What a stretch of time cost the server, and whether the load kept up.

use tokio::time::Instant;

use crate::failure::Failure;
use crate::figures::Sample;
use crate::server::Server;
use crate::swarm::Swarm;
use crate::usage::{self, Processor};

/// Part of the time from which on the load counts as busy all the time.
const BUSY: f64 = 0.95;

/// The beginning of a stretch.
pub(crate) struct Meter {
    at: Instant,
    server: Processor,
    load: Processor,
    delivered: u64,
}

impl Meter {
    /// # Errors
    /// If the server is gone.
    pub(crate) fn start(server: &Server, swarm: &Swarm) -> Result<Self, Failure> {
        Ok(Self {
            at: Instant::now(),
            server: server.processor()?,
            load: usage::processor(std::process::id())?,
            delivered: swarm.delivered(),
        })
    }

    /// Processor of the server since the start, µs for each of `count`.
    ///
    /// # Errors
    /// If the server is gone.
    pub(crate) fn micros_each(&self, server: &Server, count: u64) -> Result<f64, Failure> {
        let used = server.processor()?.since(self.server).running;
        Ok(used.as_secs_f64() * 1e6 / count as f64)
    }

    /// The same for each message that was delivered since.
    ///
    /// # Errors
    /// If the server is gone, or nothing was delivered.
    pub(crate) fn per_message(&self, server: &Server, swarm: &Swarm) -> Result<f64, Failure> {
        match swarm.delivered() - self.delivered {
            0 => Err(Failure::protocol("messages", b"none")),
            delivered => self.micros_each(server, delivered),
        }
    }

    /// As [`Meter::per_message`], limited if the load never rested: it ran, or waited for its core.
    ///
    /// # Errors
    /// As there.
    pub(crate) fn saturated(&self, server: &Server, swarm: &Swarm) -> Result<Sample, Failure> {
        let load = usage::processor(std::process::id())?.since(self.load);
        let busy = load.running + load.waiting;
        Ok(Sample {
            value: self.per_message(server, swarm)?,
            limited: busy.as_secs_f64() > BUSY * self.at.elapsed().as_secs_f64(),
        })
    }
}
