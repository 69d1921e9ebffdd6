//! What a client is told when its session ends, or soon will. The server disconnects it then: it is not to come
//! back by itself with the same token.

use actix_socketio::Socket;
use log::{debug, info};
use serde::Serialize;

use crate::domain::Timestamp;

/// Why a session is over.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Ending {
    /// The token's time is up.
    Expired,
    /// The login was ended, or the person is no member any more.
    Revoked,
}

/// `42["session:expiring",{"expiresAt":"2026-11-24T05:40:12.000Z"}]`
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct SessionExpiring {
    expires_at: Timestamp,
}

/// `42["session:expired",{"reason":"expired"}]`
#[derive(Debug, Serialize)]
struct SessionExpired {
    reason: Ending,
}

/// Its token ends at this time.
pub(super) fn warn(socket: &Socket, expires_at: Timestamp) {
    tell(socket, "session:expiring", &SessionExpiring { expires_at });
}

/// Its session is over.
pub(super) fn end(socket: &Socket, reason: Ending) {
    info!(socket = socket.id(), reason:? = reason; "session over: disconnecting");
    tell(socket, "session:expired", &SessionExpired { reason });
    socket.disconnect(true);
}

fn tell(socket: &Socket, name: &str, payload: &impl Serialize) {
    if let Err(error) = socket.emit(name, payload) {
        debug!(socket = socket.id(), error:% = error; "{name} not sent");
    }
}
