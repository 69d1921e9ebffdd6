//! One sensor unit: organization -> **unit** -> organization. Only `registry` starts it.
//!
//! Holds what was committed since the last flush, at most [`UnitBatch::MAX_READINGS`] readings. After a
//! panic it has lost them and says so at the next flush: the organization then takes them from the log.

use std::sync::Arc;

use actix::{Actor, Context, Handler, Message, Supervised};
use tokio::sync::oneshot;

use super::{
    encoder::Encoder,
    supervision::{Guarded, guarded},
};
use crate::{
    domain::{Reading, SiteId, UnitId},
    events::{UnitBatch, UnitOutput},
};

/// Messages that wait for a unit at most; over it the organization takes its readings from the log.
const MAILBOX: usize = 64;

/// The readings of one log entry for this unit. Sent in the order of the log.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub struct Collect {
    /// The unit's site.
    pub site_id: SiteId,
    /// In the entry's order.
    pub readings: Vec<Reading>,
}

/// Hands in everything collected since the last one. The answer is dropped where the mailbox refuses it: it waits
/// nowhere, so what is collected after it is not handed in.
#[derive(Debug, Message)]
#[rtype(result = "()")]
pub struct HandIn(pub oneshot::Sender<Result<UnitOutput, Incomplete>>);

/// Something of what was collected is lost; from here on it is complete again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the unit restarted since the last flush")]
pub struct Incomplete;

/// See the module.
pub struct UnitActor {
    unit_id: UnitId,
    encoder: Arc<dyn Encoder>,
    batch: Option<UnitBatch>,
    complete: bool,
}

impl UnitActor {
    /// One that has collected nothing yet.
    pub(super) fn new(unit_id: UnitId, encoder: Arc<dyn Encoder>) -> Self {
        Self {
            unit_id,
            encoder,
            batch: None,
            complete: true,
        }
    }

    fn collect(&mut self, Collect { site_id, readings }: Collect) {
        let batch = self
            .batch
            .get_or_insert_with(|| UnitBatch::new(self.unit_id, site_id));
        batch.set_site(site_id);
        for reading in readings {
            batch.consider(&reading);
            batch.push(reading);
        }
    }

    fn hand_in(&mut self) -> Result<UnitOutput, Incomplete> {
        let complete = std::mem::replace(&mut self.complete, true);
        let batch = self.batch.take().filter(|_| complete).ok_or(Incomplete)?;
        Ok(self.encoder.compose(batch))
    }
}

impl Actor for UnitActor {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.set_mailbox_capacity(MAILBOX);
    }
}

impl Supervised for UnitActor {
    fn restarting(&mut self, _: &mut Self::Context) {
        self.batch = None;
        self.complete = false;
    }
}

impl Guarded for UnitActor {
    const KIND: &'static str = "unit";

    fn id(&self) -> String {
        self.unit_id.to_string()
    }
}

impl Handler<Collect> for UnitActor {
    type Result = ();

    fn handle(&mut self, collect: Collect, ctx: &mut Self::Context) {
        guarded(self, ctx, |unit, _| unit.collect(collect));
    }
}

impl Handler<HandIn> for UnitActor {
    type Result = ();

    fn handle(&mut self, HandIn(answer): HandIn, ctx: &mut Self::Context) {
        let handed_in = guarded(self, ctx, |unit, _| unit.hand_in()).unwrap_or(Err(Incomplete));
        // An organization that no longer waits takes it from the log.
        drop(answer.send(handed_in));
    }
}
