//! What a client's event is answered with: as its ack if it asked for one, an error otherwise as event `error`.

use actix_socketio::{Ack, EmitError, Socket};
use log::{debug, warn};
use serde::Serialize;

use crate::{
    domain::{Alert, Timestamp},
    events::SensorReading,
};

use super::error::{AnswerCode, CommandError};
use super::payload::shown;

/// What was asked for.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Reply {
    /// `{}`
    Done {},
    /// `{"latest":[{"unitId":"…",…}]}`
    Latest {
        /// Newest reading of each unit concerned that has one, as `sensor:reading` would tell it.
        latest: Vec<SensorReading>,
    },
    /// `{"alert":{"alertId":"…",…}}`
    Alert {
        /// As it stands now.
        alert: Box<Alert>,
    },
    /// `{"expiresAt":"2026-11-24T05:55:12.000Z"}`
    #[serde(rename_all = "camelCase")]
    Renewed {
        /// When the new token ends.
        expires_at: Timestamp,
    },
}

/// `43<id>[{"ok":true,…}]`
#[derive(Debug, Serialize)]
struct Done<'a> {
    ok: bool,
    #[serde(flatten)]
    reply: &'a Reply,
}

/// `43<id>[{"ok":false,"error":{"code":"not_found","message":"not found"}}]`
#[derive(Debug, Serialize)]
struct Failed<'a> {
    ok: bool,
    error: Failure<'a>,
}

/// `42["error",{"event":"subscribe:unit","code":"not_found","message":"not found"}]`
#[derive(Debug, Serialize)]
struct Failure<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<&'a str>,
    code: AnswerCode,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
}

impl<'a> Failure<'a> {
    fn new(event: Option<&'a str>, error: &'a CommandError) -> Self {
        Self {
            event,
            code: error.code(),
            message: error.message(),
            field: error.field(),
        }
    }
}

/// Answers the event called `event`. A client that is gone gets nothing.
pub(super) fn answer<D>(
    socket: &Socket<D>,
    event: &str,
    ack: Option<Ack>,
    outcome: &Result<Reply, CommandError>,
) {
    if let Err(error @ (CommandError::Operation(_) | CommandError::Store(_))) = outcome
        && error.code() == AnswerCode::Unavailable
    {
        warn!(socket = socket.id(), event = shown(event), error:% = error; "event not done");
    }
    if let Err(error) = send(socket, event, ack, outcome) {
        debug!(socket = socket.id(), event = shown(event), error:% = error; "answer not sent");
    }
}

fn send<D>(
    socket: &Socket<D>,
    event: &str,
    ack: Option<Ack>,
    outcome: &Result<Reply, CommandError>,
) -> Result<(), EmitError> {
    match (ack, outcome) {
        (Some(ack), Ok(reply)) => ack.send(&Done { ok: true, reply }),
        (Some(ack), Err(error)) => ack.send(&Failed {
            ok: false,
            error: Failure::new(None, error),
        }),
        (None, Ok(_)) => Ok(()),
        (None, Err(error)) => socket.emit("error", &Failure::new(Some(shown(event)), error)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{json, to_value};

    use super::*;

    #[test]
    fn what_was_done_is_ok_with_its_fields_beside() {
        let latest = Reply::Latest { latest: vec![] };
        for (reply, expected) in [
            (&Reply::Done {}, json!({"ok": true})),
            (&latest, json!({"ok": true, "latest": []})),
        ] {
            let done = Done { ok: true, reply };
            assert_eq!(to_value(&done).expect("serializes"), expected);
        }
    }

    #[test]
    fn a_failure_names_what_it_has_and_nothing_else() {
        let invalid = CommandError::invalid("note", "must be a string");
        for (event, error, expected) in [
            (
                None,
                &invalid,
                json!({"code": "invalid_payload", "message": "`note` must be a string", "field": "note"}),
            ),
            (
                Some("subscribe:unit"),
                &CommandError::NotFound,
                json!({"event": "subscribe:unit", "code": "not_found", "message": "not found"}),
            ),
        ] {
            let failure = Failure::new(event, error);
            assert_eq!(to_value(&failure).expect("serializes"), expected);
        }
    }
}
