//! Whether this node works: for balancers (`ready`), supervisors (`live`) and people.

use std::time::Duration;

use actix_web::{
    HttpResponse,
    http::StatusCode,
    web::{self, Data},
};
use schemars::JsonSchema;
use serde::Serialize;

use crate::domain::{Timestamp, text_enum};

use super::{
    answer,
    endpoint::{Access, Endpoint},
    problem::Problem,
    state::State,
};

/// How long the database may take to answer.
const DATABASE_DEADLINE: Duration = Duration::from_secs(1);

text_enum! {
    /// How a part that this node needs stands.
    Check {
        /// It works.
        Ok = "ok",
        /// It works in part: nothing is lost, something is late.
        Degraded = "degraded",
        /// It does not.
        Down = "down",
    }
}

/// How the node stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Status {
    /// All is well.
    Ok,
    /// It works, a part of it does not.
    Degraded,
    /// It is about to stop.
    Draining,
    /// It cannot work.
    Down,
}

/// Mounted at `/health`.
pub(super) fn endpoints() -> Vec<Endpoint> {
    let state = |path, route| {
        Endpoint::get(path, route)
            .open_to(Access::Open)
            .gives::<Health<'_>>()
            .or_with_status(503)
    };
    vec![
        state("", web::to(health)).says("How this node stands; 503 only if it cannot work"),
        Endpoint::get("/live", web::to(live))
            .open_to(Access::Open)
            .says("Whether the process answers: 200 always")
            .gives::<Health<'_>>(),
        state("/ready", web::to(ready))
            .says("Whether to send requests here: 503 while draining, too"),
    ]
}

/// ```json
/// {"status":"ok","timestamp":"2026-11-24T05:40:12.318Z","version":"0.1.0","nodeId":"node-1f","uptimeSeconds":86,
///  "socketConnections":12,"memory":{"residentBytes":41943040},"checks":{"database":"ok","bus":"ok"}}
/// ```
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Health<'a> {
    status: Status,
    timestamp: Timestamp,
    version: &'static str,
    node_id: &'a str,
    uptime_seconds: u64,
    socket_connections: usize,
    memory: Memory,
    checks: Checks,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Memory {
    #[serde(skip_serializing_if = "Option::is_none")]
    resident_bytes: Option<u64>,
}

#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
struct Checks {
    database: Check,
    bus: Check,
}

/// `/health`: 503 only if the node cannot work.
async fn health(state: Data<State>) -> Result<HttpResponse, Problem> {
    answer_by(&state, |status| status != Status::Down).await
}

/// `/health/live`: the process answers, whatever it needs; nobody should restart it for that.
async fn live(state: Data<State>) -> Result<HttpResponse, Problem> {
    answer_by(&state, |_| true).await
}

/// `/health/ready`: whether to send requests here.
async fn ready(state: Data<State>) -> Result<HttpResponse, Problem> {
    answer_by(&state, |status| {
        matches!(status, Status::Ok | Status::Degraded)
    })
    .await
}

async fn answer_by(
    state: &State,
    good: impl FnOnce(Status) -> bool,
) -> Result<HttpResponse, Problem> {
    let checks = Checks {
        database: database(state).await,
        bus: (state.probes.bus)(),
    };
    let status = status(state.draining.has_begun(), checks);
    let health = Health {
        status,
        timestamp: state.clock.now(),
        version: env!("CARGO_PKG_VERSION"),
        node_id: state.node_id.as_str(),
        uptime_seconds: state.clock.monotonic().as_secs(),
        socket_connections: (state.probes.socket_connections)(),
        memory: Memory {
            resident_bytes: resident_bytes(),
        },
        checks,
    };
    let code = if good(status) {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    answer::json_with(code, &health)
}

async fn database(state: &State) -> Check {
    match tokio::time::timeout(DATABASE_DEADLINE, state.database.ping()).await {
        Ok(Ok(())) => Check::Ok,
        Ok(Err(_)) | Err(_) => Check::Down,
    }
}

/// Without its database a node can do nothing; without its bus it is late.
fn status(draining: bool, checks: Checks) -> Status {
    match (draining, checks.database, checks.bus) {
        (true, _, _) => Status::Draining,
        (false, Check::Down, _) => Status::Down,
        (false, Check::Ok, Check::Ok) => Status::Ok,
        (false, _, _) => Status::Degraded,
    }
}

/// Memory of this process that is not swapped out, bytes; where the system tells it (proc(5), `VmRSS`).
fn resident_bytes() -> Option<u64> {
    let told = std::fs::read_to_string("/proc/self/status").ok()?;
    resident_of(&told)
}

fn resident_of(told: &str) -> Option<u64> {
    let line = told.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kibibytes.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_that_matters_is_told() {
        use Check::{Degraded, Down, Ok};
        for (draining, database, bus, expected) in [
            (false, Ok, Ok, Status::Ok),
            (false, Ok, Down, Status::Degraded),
            (false, Ok, Degraded, Status::Degraded),
            (false, Degraded, Ok, Status::Degraded),
            (false, Down, Ok, Status::Down),
            (true, Ok, Ok, Status::Draining),
            (true, Down, Ok, Status::Draining),
        ] {
            let checks = Checks { database, bus };
            assert_eq!(status(draining, checks), expected, "{draining} {checks:?}");
        }
    }

    #[test]
    fn resident_memory_is_read_in_bytes() {
        let told = "Name:\tfreshtrack\nVmRSS:\t   40960 kB\nThreads:\t4\n";
        assert_eq!(resident_of(told), Some(40_960 * 1024));
        for other in ["", "VmRSS:\tmuch", "VmRSS:\t5 MB", "VmHWM:\t5 kB"] {
            assert_eq!(resident_of(other), None, "{other}");
        }
    }
}
