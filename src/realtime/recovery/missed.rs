//! From where on a client that comes back missed something: what it says, against what its pid says. Pure.

use crate::{
    auth::Pid,
    events::{InvalidOffset, Offset},
};

/// The later of what the socket began with and what its client says it has. A client never forgets its last offset:
/// that may be of an earlier session, or of another log, and says nothing then.
pub(super) fn from(pid: &Pid, shown: Option<&str>) -> Result<Offset, InvalidOffset> {
    let Some(shown) = shown else {
        return Ok(pid.at);
    };
    let shown: Offset = shown.parse()?;
    if shown.log != pid.at.log {
        return Ok(pid.at);
    }
    let readings = if shown.flushed >= pid.at.flushed {
        shown
    } else {
        pid.at
    };
    Ok(Offset {
        events: shown.events.max(pid.at.events),
        ..readings
    })
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::events::{LogId, Partial, Position, Step};

    fn at(log: u64, applied: i64, flushed: i64) -> Offset {
        let log = LogId(log);
        Position {
            log,
            applied,
            flushed,
        }
        .offset()
    }

    #[test]
    fn the_later_of_pid_and_client_counts() {
        let inside = Offset {
            partial: Some(Partial {
                through: 8,
                unit: Uuid::from_u128(1).into(),
                step: Step::Batch,
            }),
            ..at(1, 9, 7)
        };
        let pid = Pid {
            sid: "socket".to_owned(),
            subject: "somebody".to_owned(),
            organization_id: Uuid::nil().into(),
            at: at(1, 6, 5),
        };
        for (name, shown, expected) in [
            ("nothing yet", None, at(1, 6, 5)),
            ("further", Some(at(1, 9, 8)), at(1, 9, 8)),
            ("inside a flush", Some(inside), inside),
            ("of an earlier session", Some(at(1, 4, 4)), at(1, 6, 5)),
            ("events alone are further", Some(at(1, 7, 4)), at(1, 7, 5)),
            ("of another log", Some(at(2, 99, 99)), at(1, 6, 5)),
        ] {
            let shown = shown.map(|shown| shown.to_string());
            assert_eq!(from(&pid, shown.as_deref()), Ok(expected), "{name}");
        }
        for garbage in ["", "1", "00000000000000ff-1.0"] {
            assert_eq!(from(&pid, Some(garbage)), Err(InvalidOffset), "{garbage}");
        }
    }
}
