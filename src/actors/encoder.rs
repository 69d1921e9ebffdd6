//! From values to what leaves: the two steps of the live path that look at every value. Passed in at the
//! start, so that a test can pass one that fails.

use actix_socketio::{EncodeError, Frame};

use crate::events::{Event, UnitBatch, UnitOutput};

/// Makes what clients get.
pub trait Encoder: Send + Sync + 'static {
    /// A unit's collected readings as events.
    fn compose(&self, batch: UnitBatch) -> UnitOutput {
        batch.into_output()
    }

    /// An event as the frame that every socket shares: `42["unit:status",{…}]`
    ///
    /// # Errors
    /// If the payload has no JSON form.
    fn encode(&self, event: &Event) -> Result<Frame, EncodeError> {
        Frame::event(event.name(), &event.payload())
    }
}

/// The encoder that the server uses.
#[derive(Debug, Clone, Copy, Default)]
pub struct WireEncoder;

impl Encoder for WireEncoder {}
