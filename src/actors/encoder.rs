//! From values to what leaves: the two steps of the live path that look at every value. Passed in at the
//! start, so that a test can pass one that fails.

use actix_socketio::{EncodeError, Frame};

use crate::events::{Event, Offset, UnitBatch, UnitOutput};

/// Makes what clients get.
pub trait Encoder: Send + Sync + 'static {
    /// A unit's collected readings as events.
    fn compose(&self, batch: UnitBatch) -> UnitOutput {
        batch.into_output()
    }

    /// An event as the frame that every socket shares, with the offset that says it was sent, if it has one:
    /// `42["unit:status",{…},"00000000deadbeef-1042.1-1040"]`
    ///
    /// # Errors
    /// If the payload has no JSON form.
    fn encode(&self, event: &Event, offset: Option<&Offset>) -> Result<Frame, EncodeError> {
        frame(event, offset)
    }
}

pub(super) fn frame(event: &Event, offset: Option<&Offset>) -> Result<Frame, EncodeError> {
    let frame = Frame::event(event.name(), &event.payload())?;
    let offset = offset.map(Offset::to_string);
    let numbered = offset.and_then(|offset| frame.with_offset(&offset));
    Ok(numbered.unwrap_or(frame))
}

/// The encoder that the server uses.
#[derive(Debug, Clone, Copy, Default)]
pub struct WireEncoder;

impl Encoder for WireEncoder {}
