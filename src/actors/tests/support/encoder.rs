//! An encoder that fails when told to.

use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use actix_socketio::{EncodeError, Frame};
use uuid::Uuid;

use super::{POISON, POISONED_EVENT};
use crate::{
    actors::encoder::{self, Encoder},
    domain::Reading,
    events::{Event, Offset, UnitBatch, UnitOutput},
};

/// An encoder that panics on what is marked, as often as it is told to.
#[derive(Default)]
pub(in crate::actors::tests) struct Fussy {
    pub(in crate::actors::tests) compose: AtomicUsize,
    pub(in crate::actors::tests) encode: AtomicUsize,
}

impl Fussy {
    fn check(budget: &AtomicUsize, marked: bool) {
        if marked
            && budget
                .fetch_update(SeqCst, SeqCst, |left| left.checked_sub(1))
                .is_ok()
        {
            panic!("marked to fail");
        }
    }
}

impl Encoder for Fussy {
    fn compose(&self, batch: UnitBatch) -> UnitOutput {
        let output = batch.into_output();
        Self::check(&self.compose, output.batch.as_ref().is_some_and(is_marked));
        output
    }

    fn encode(&self, event: &Event, offset: Option<&Offset>) -> Result<Frame, EncodeError> {
        Self::check(&self.encode, is_marked(event));
        encoder::frame(event, offset)
    }
}

fn is_marked(event: &Event) -> bool {
    let poisoned = |reading: &Reading| reading.temperature == Some(POISON);
    match event {
        Event::DataUpdated(changed) => changed.id == Uuid::from_u128(POISONED_EVENT),
        Event::ReadingsBatch(batch) => batch.readings.iter().any(poisoned),
        _ => false,
    }
}
