//! What a socket that comes back missed, put together from the window. Pure, but for the encoder.

use std::panic::{AssertUnwindSafe, catch_unwind};

use actix_socketio::Frame;
use log::error;

use super::window::Window;
use crate::{
    actors::{admission::Entry, encoder::Encoder, supervision::message},
    domain::{OrganizationId, Timestamp},
    events::{Listener, Offset, Outgoing, Position, ReplayError, replay},
};

/// How far back a replay reaches, seconds.
pub(in crate::actors) const REACH_SECONDS: i64 = 120;

/// Why there is nothing to go on from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoReturn {
    /// It has got more than this node has sent: to be tried again after the next flush.
    Ahead,
    /// Too much, too old, or of another log.
    Lost,
}

/// What an entrant has to get before what its hub, which is at `until`, will be handed next.
pub(super) fn missed(
    organization: OrganizationId,
    entry: &Entry,
    window: &Window,
    until: Position,
    now: Timestamp,
    encoder: &dyn Encoder,
) -> Result<Vec<Frame>, NoReturn> {
    let Entry::Return { rooms, from, limit } = entry else {
        return Ok(Vec::new());
    };
    if is_too_old(from, window, until, now) {
        return Err(NoReturn::Lost);
    }
    let listener = Listener::Rooms(rooms);
    let outgoing = replay(organization, window.entries(), from, listener, until);
    let frames = encode(&outgoing?, encoder).ok_or(NoReturn::Lost)?;
    if frames.iter().map(Frame::size).sum::<usize>() > *limit {
        return Err(NoReturn::Lost);
    }
    Ok(frames)
}

fn is_too_old(from: &Offset, window: &Window, until: Position, now: Timestamp) -> bool {
    let first = from.first_needed();
    first <= until.applied
        && window
            .written(first)
            .is_some_and(|at| at < now.plus_seconds(-REACH_SECONDS))
}

/// None if one cannot be encoded. That costs this socket its return, and nobody else anything.
fn encode(outgoing: &[Outgoing], encoder: &dyn Encoder) -> Option<Vec<Frame>> {
    let frames = || {
        let frame = |outgoing: &Outgoing| encoder.encode(&outgoing.event, outgoing.offset.as_ref());
        outgoing.iter().map(frame).collect::<Result<Vec<_>, _>>()
    };
    match catch_unwind(AssertUnwindSafe(frames)) {
        Ok(frames) => frames.ok(),
        Err(panic) => {
            error!(actor = "organization", panic = message(panic.as_ref()); "replay not encoded after panic");
            None
        }
    }
}

impl From<ReplayError> for NoReturn {
    fn from(error: ReplayError) -> Self {
        match error {
            ReplayError::Ahead => Self::Ahead,
            ReplayError::Gone | ReplayError::OtherLog => Self::Lost,
        }
    }
}
