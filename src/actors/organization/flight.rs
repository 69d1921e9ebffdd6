//! What an organization waits for: the clock, the log, its units. Each ends in one of its methods.

use std::{
    any::Any,
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::Duration,
};

use actix::{ActorFutureExt, Addr, AsyncContext, Context, WrapFuture};
use futures_util::{FutureExt, Stream, StreamExt, future::join_all, stream::unfold};
use log::error;
use tokio::{
    sync::oneshot,
    time::{MissedTickBehavior, interval, sleep, timeout},
};

use super::{OrganizationActor, Tick, follow::Page};
use crate::{
    actors::{
        encoder::Encoder,
        supervision::message,
        unit::{HandIn, Incomplete, UnitActor},
    },
    domain::{OrganizationId, UnitId},
    events::{
        GapReason, LogReader, Outgoing, Room, UnitBatch, UnitOutput, gap, routing::newest_rooms,
    },
};

/// Between two flushes: what the contract calls at most one batch per unit and second.
const TICK: Duration = Duration::from_secs(1);

/// A unit that has not handed in by then is taken from the log.
const PATIENCE: Duration = Duration::from_millis(100);

/// The result of something that may have panicked.
pub(super) type Answer<T> = Result<T, Box<dyn Any + Send>>;

/// What came of asking a unit.
pub(super) struct HandedIn {
    pub(super) unit_id: UnitId,
    pub(super) output: Option<UnitOutput>,
    /// It was asked and did not answer.
    pub(super) silent: bool,
}

/// A tick a second, by the monotonic clock, at a phase of the organization's own, until `stopped`.
pub(super) fn ticks(
    organization: OrganizationId,
    stopped: oneshot::Receiver<()>,
) -> impl Stream<Item = Tick> {
    let phase = Duration::from_millis(organization.0.as_u64_pair().1 % 1_000);
    let ticks = unfold(None, move |running| async move {
        let mut running = match running {
            Some(running) => running,
            None => {
                sleep(phase).await;
                let mut begun = interval(TICK);
                begun.set_missed_tick_behavior(MissedTickBehavior::Delay);
                begun
            }
        };
        running.tick().await;
        Some((Tick, Some(running)))
    });
    ticks.take_until(stopped)
}

/// Reads a page of the log after number `after`.
pub(super) fn read(
    ctx: &mut Context<OrganizationActor>,
    actor: &OrganizationActor,
    reader: Arc<dyn LogReader>,
    organization: OrganizationId,
    after: i64,
) {
    let page = async move {
        let head = reader.head(organization).await?;
        let entries = reader.entries(organization, after, Page::LIMIT).await?;
        Ok(Page {
            after,
            head,
            entries,
        })
    };
    let answer = AssertUnwindSafe(page).catch_unwind().into_actor(actor);
    ctx.spawn(
        answer.map(|answer, this, ctx| this.act(ctx, |this, ctx| this.read_done(answer, ctx))),
    );
}

/// Asks the units, all at once, before anything more is collected: what comes later is of the next flush.
pub(super) fn hand_in(
    ctx: &mut Context<OrganizationActor>,
    actor: &OrganizationActor,
    units: BTreeMap<UnitId, Option<Addr<UnitActor>>>,
    number: u64,
    through: i64,
) {
    // Not inside the futures: those are polled first when other messages have been handled.
    let asked = units
        .into_iter()
        .map(|(unit_id, unit)| (unit_id, unit.map(|unit| ask(&unit))));
    let asked: Vec<_> = asked.collect();
    let answers = asked.into_iter().map(|(unit_id, asked)| async move {
        let Some(asked) = asked else {
            return HandedIn {
                unit_id,
                output: None,
                silent: false,
            };
        };
        let answer = timeout(PATIENCE, asked).await.ok().and_then(Result::ok);
        HandedIn {
            unit_id,
            silent: answer.is_none(),
            output: answer.and_then(Result::ok),
        }
    });
    let answers = join_all(answers).into_actor(actor);
    ctx.spawn(answers.map(move |answers, this, ctx| {
        this.act(ctx, |this, ctx| {
            this.handed_in(number, through, answers, ctx);
        });
    }));
}

fn ask(unit: &Addr<UnitActor>) -> oneshot::Receiver<Result<UnitOutput, Incomplete>> {
    let (answer, handed_in) = oneshot::channel();
    // One that is refused is as good as one that is not answered.
    drop(unit.try_send(HandIn(answer)));
    handed_in
}

/// The units' outputs in order, those that are missing made from the log. What cannot be made there either
/// is left out, and its rooms are told.
pub(super) fn complete(
    organization: OrganizationId,
    encoder: &dyn Encoder,
    answers: Vec<HandedIn>,
    mut from_log: BTreeMap<UnitId, UnitBatch>,
) -> (Vec<UnitOutput>, Vec<Outgoing>) {
    let mut gaps = Vec::new();
    let outputs = answers.into_iter().filter_map(|HandedIn { unit_id, output, .. }| {
        if output.is_some() {
            return output;
        }
        let batch = from_log.remove(&unit_id)?;
        let site_id = batch.site();
        let made = catch_unwind(AssertUnwindSafe(|| encoder.compose(batch)));
        made.inspect_err(|panic| {
            error!(actor = "unit", id:% = unit_id, panic = message(panic.as_ref()); "readings left out after panic");
            let mut rooms = newest_rooms(site_id, unit_id);
            rooms.push(Room::Readings(organization));
            gaps.push(gap(rooms, GapReason::EntrySkipped));
        })
        .ok()
    });
    let outputs = outputs.collect();
    (outputs, gaps)
}
