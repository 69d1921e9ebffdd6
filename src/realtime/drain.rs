//! Tells clients that this server stops, and spreads their return.

use std::time::Duration;

use actix_socketio::Socket;
use log::debug;
use serde::Serialize;

/// Before that nobody is asked back: the stop itself takes a while.
const EARLIEST: Duration = Duration::from_millis(500);

/// Over how long the returns are spread.
const SPREAD: Duration = Duration::from_secs(5);

/// `42["server:draining",{"reconnectAfterMs":1240}]`
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ServerDraining {
    reconnect_after_ms: u128,
}

/// Tells each of them a time of its own.
pub(super) fn announce(sockets: &[Socket]) {
    for (place, socket) in sockets.iter().enumerate() {
        let draining = ServerDraining {
            reconnect_after_ms: reconnect_after(place, sockets.len()).as_millis(),
        };
        if let Err(error) = socket.emit("server:draining", &draining) {
            debug!(socket = socket.id(), error:% = error; "server:draining not sent");
        }
    }
}

/// Evenly spread over [`SPREAD`], by the place among `total`.
fn reconnect_after(place: usize, total: usize) -> Duration {
    let share = u32::try_from(place).unwrap_or(u32::MAX);
    let total = u32::try_from(total).unwrap_or(u32::MAX).max(1);
    EARLIEST + SPREAD / total * share
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn returns_are_spread_evenly() {
        for (place, total, millis) in [(0, 1, 500), (0, 2, 500), (1, 2, 3_000), (999, 1_000, 5_495)]
        {
            assert_eq!(
                reconnect_after(place, total),
                Duration::from_millis(millis),
                "{place} of {total}"
            );
        }
    }
}
