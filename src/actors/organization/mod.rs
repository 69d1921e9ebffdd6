//! One organization on this node: bus -> **organization** -> units and hubs. Only `registry` starts it.
//!
//! Applies the log entry by entry: events leave at once, readings go to their units; at the tick the units
//! hand in and everything leaves in one turn. After a panic it goes on from what every hub has got and reads
//! the rest from the log again. Bounds: `MAILBOX`, `Collectors`, `Window`, `Gate`.

mod beacon;
mod collectors;
mod flight;
mod follow;
mod gate;
mod outlet;
mod returns;
mod window;

use std::{any::Any, sync::Arc};

use actix::{Actor, AsyncContext, Context, Handler, Message, ResponseFuture, Supervised};
use log::{error, warn};
use tokio::sync::oneshot;

use self::{
    beacon::Beacon,
    collectors::Collectors,
    flight::{Answer, HandedIn, complete, hand_in, read, ticks},
    follow::{More, Page, Verdict, judge},
    gate::Gate,
    outlet::Outlet,
    window::Window,
};
pub(super) use self::{returns::REACH_SECONDS, window::MAX_ITEMS};
use super::{
    history::{Beginning, KEPT_SECONDS},
    parts::{Parts, Ticks},
    supervision::{Guarded, guarded, message},
};
use crate::{
    bus::{Subscription, Wake},
    domain::{OrganizationId, Timestamp},
    events::{
        GapReason, Head, Heard, LogEntry, LogUnreadable, Outgoing, Position, flush, progress, route,
    },
};

/// Wakes that wait at most; over it they are dropped and the log is read.
const MAILBOX: usize = 1_024;

/// A second has passed: what was collected leaves.
#[derive(Debug, Clone, Copy, Message)]
#[rtype(result = "()")]
pub struct Tick;

/// The polled head of this organization's log.
#[derive(Debug, Clone, Copy, Message)]
#[rtype(result = "()")]
pub struct HeadSeen {
    /// Number of its newest entry.
    pub seq: i64,
    /// When the poll began: what was committed before is in it.
    pub at: Timestamp,
}

/// Sends everything that is committed, without waiting for the tick. Answered when it has left.
#[derive(Debug, Clone, Copy, Message)]
#[rtype(result = "()")]
pub struct Empty;

/// Nobody watches any more: nothing leaves after the answer, and the actor ends with its last address.
#[derive(Debug, Clone, Copy, Message)]
#[rtype(result = "()")]
pub struct Retire;

/// See the module.
pub struct OrganizationActor {
    organization: OrganizationId,
    parts: Arc<Parts>,
    position: Position,
    window: Window,
    collectors: Collectors,
    outlet: Outlet,
    gate: Gate,
    beacon: Beacon,
    /// A read of the log is under way; another must follow it, or not.
    reading: Option<More>,
    /// The number of the flush under way.
    flushing: Option<u64>,
    flushes: u64,
    /// Entries were left in the log because the units hold enough.
    held: bool,
    /// Dropped when everything has left.
    emptying: Vec<oneshot::Sender<()>>,
    subscription: Option<Subscription>,
    /// Dropped to end the ticks.
    ticking: Option<oneshot::Sender<()>>,
    retired: bool,
}

impl OrganizationActor {
    /// One that goes on from a head. If another one got lost before it, its sockets are told.
    pub(super) fn new(
        organization: OrganizationId,
        parts: Arc<Parts>,
        Beginning { head, history }: Beginning,
        lost: bool,
    ) -> Self {
        let mut outlet = Outlet::new(
            organization,
            Arc::clone(&parts.hubs),
            Arc::clone(&parts.encoder),
        );
        if lost {
            outlet.lose(GapReason::LogRestarted);
            (parts.heard)(organization, Heard::Missed);
        }
        Self {
            organization,
            position: Position::at(head.log, head.seq),
            window: Window::of_history(history, head.seq),
            collectors: Collectors::new(Arc::clone(&parts.encoder)),
            outlet,
            gate: Gate::default(),
            beacon: Beacon::default(),
            reading: None,
            flushing: None,
            flushes: 0,
            held: false,
            emptying: Vec::new(),
            subscription: None,
            ticking: None,
            retired: false,
            parts,
        }
    }

    /// Does it unless retired; restarts after a panic.
    fn act(&mut self, ctx: &mut Context<Self>, work: impl FnOnce(&mut Self, &mut Context<Self>)) {
        if !self.retired {
            guarded(self, ctx, work);
        }
    }

    fn begin(&mut self, ctx: &mut Context<Self>) {
        self.subscription = Some(
            self.parts
                .bus
                .follow(self.organization, ctx.address().recipient()),
        );
        if self.parts.ticks == Ticks::EverySecond {
            let (ticking, stopped) = oneshot::channel();
            self.ticking = Some(ticking);
            ctx.add_message_stream(ticks(self.organization, stopped));
        }
        self.read(ctx);
    }

    fn wake(&mut self, seq: i64, entry: Option<Arc<LogEntry>>, ctx: &mut Context<Self>) {
        match entry {
            Some(entry) if seq == self.position.applied + 1 && !self.is_full() => {
                self.apply(entry);
            }
            _ if seq > self.position.applied => self.read(ctx),
            _ => {}
        }
    }

    fn read(&mut self, ctx: &mut Context<Self>) {
        if self.reading.is_some() {
            self.reading = Some(More::Yes);
        } else if self.is_full() {
            self.held = true;
        } else {
            self.reading = Some(More::No);
            let reader = Arc::clone(&self.parts.reader);
            read(ctx, self, reader, self.organization, self.position.applied);
        }
    }

    fn read_done(&mut self, answer: Answer<Result<Page, LogUnreadable>>, ctx: &mut Context<Self>) {
        let again = self.reading.take() == Some(More::Yes);
        match answer {
            Ok(Ok(page)) => match judge(self.position, page) {
                Verdict::Apply(entries, more) => {
                    let all = self.apply_page(entries);
                    if !all || again || more == More::Yes {
                        self.read(ctx);
                    }
                }
                Verdict::Restart(head) => self.restart_at(head),
            },
            Ok(Err(error)) => {
                warn!(organization_id:% = self.organization, error:% = error; "log not read: trying again");
            }
            Err(panic) => self.report(panic.as_ref(), "log not read: trying again"),
        }
        self.settle(ctx);
    }

    /// Whether all were applied.
    fn apply_page(&mut self, entries: Vec<LogEntry>) -> bool {
        entries.into_iter().all(|entry| {
            let room = !self.is_full();
            if room {
                self.apply(Arc::new(entry));
            }
            room
        })
    }

    fn apply(&mut self, entry: Arc<LogEntry>) {
        let outgoing = route(self.organization, self.position, &entry);
        let after = Position {
            applied: entry.seq,
            ..self.position
        };
        for notice in entry.notices() {
            (self.parts.heard)(self.organization, Heard::Notice(notice));
        }
        self.collectors.collect(&entry);
        self.window.push(entry);
        self.turn(after, &outgoing);
    }

    fn turn(&mut self, after: Position, outgoing: &[Outgoing]) {
        self.outlet
            .turn(self.position, after, outgoing, &self.window);
        self.position = after;
        let needed = self
            .outlet
            .lowest()
            .map_or(after.flushed, |lowest| lowest.flushed.min(after.flushed));
        self.window.release(needed);
        if self.window.is_over() {
            self.outlet.lose_laggards(after);
            self.window.release(after.flushed);
        }
        let now = self.parts.clock.unskewed();
        self.window.forget(now.plus_seconds(-KEPT_SECONDS));
    }

    fn restart_at(&mut self, head: Head) {
        warn!(organization_id:% = self.organization, applied = self.position.applied, head = head.seq;
            "log cannot be followed on: going on from its head");
        self.window.clear(head.seq);
        self.beacon.forget();
        self.collectors.clear();
        self.flushing = None;
        self.held = false;
        self.position = Position::at(head.log, head.seq);
        self.outlet.lose(GapReason::LogRestarted);
        (self.parts.heard)(self.organization, Heard::Missed);
        self.turn(self.position, &[]);
    }

    fn tick(&mut self, ctx: &mut Context<Self>) {
        if self.flushing.is_some() {
            return;
        }
        let through = self.position.applied;
        let units = self.collectors.begin_flush();
        if units.is_empty() {
            self.leave(through, &[], ctx);
        } else {
            self.flushes += 1;
            self.flushing = Some(self.flushes);
            hand_in(ctx, self, units, self.flushes, through);
        }
    }

    fn handed_in(
        &mut self,
        number: u64,
        through: i64,
        answers: Vec<HandedIn>,
        ctx: &mut Context<Self>,
    ) {
        if self.flushing != Some(number) {
            return;
        }
        for answer in answers.iter().filter(|answer| answer.silent) {
            self.collectors.distrust(answer.unit_id);
        }
        let missing = answers
            .iter()
            .filter(|answer| answer.output.is_none())
            .map(|answer| answer.unit_id);
        let from_log = self
            .window
            .collect(&missing.collect(), self.position.flushed, through);
        let (units, mut outgoing) =
            complete(self.organization, &*self.parts.encoder, answers, from_log);
        outgoing.extend(flush(self.organization, self.position, through, units));
        self.leave(through, &outgoing, ctx);
    }

    fn leave(&mut self, through: i64, outgoing: &[Outgoing], ctx: &mut Context<Self>) {
        self.turn(
            Position {
                flushed: through,
                ..self.position
            },
            outgoing,
        );
        self.flushing = None;
        self.tell_progress();
        self.admit_waiting();
        if std::mem::take(&mut self.held) {
            self.read(ctx);
        }
        self.settle(ctx);
    }

    fn tell_progress(&mut self) {
        let now = self.parts.clock.monotonic();
        if let Some(complete_through) = self.beacon.due(self.position, now) {
            let told = progress(self.organization, self.position, complete_through);
            self.turn(self.position, &[told]);
        }
    }

    /// Lets those go who wait for everything to have left, once it has.
    fn settle(&mut self, ctx: &mut Context<Self>) {
        if self.emptying.is_empty() || self.reading.is_some() {
            return;
        }
        if self.position.flushed < self.position.applied {
            self.tick(ctx);
        } else {
            self.turn(self.position, &[]);
            self.emptying.clear();
        }
    }

    /// Whether more must wait for the next flush.
    const fn is_full(&self) -> bool {
        self.collectors.is_full() || self.window.is_over()
    }

    fn retire(&mut self) {
        self.retired = true;
        self.subscription = None;
        self.ticking = None;
        self.collectors.clear();
        self.window.clear(self.position.applied);
        self.gate = Gate::default();
        self.emptying.clear();
    }

    fn report(&self, panic: &(dyn Any + Send), what: &str) {
        error!(organization_id:% = self.organization, panic = message(panic); "{what}");
    }
}

impl Actor for OrganizationActor {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.set_mailbox_capacity(MAILBOX);
        self.act(ctx, Self::begin);
    }
}

impl Supervised for OrganizationActor {
    /// Back to what every hub has got: those that have more skip what they have.
    fn restarting(&mut self, _: &mut Self::Context) {
        self.outlet.after_panic();
        let sent = self.outlet.lowest().unwrap_or(self.position);
        self.position = Position::at(sent.log, sent.flushed);
        self.collectors.clear();
        self.reading = None;
        self.flushing = None;
        self.held = false;
        self.subscription = None;
        self.ticking = None;
    }
}

impl Guarded for OrganizationActor {
    const KIND: &'static str = "organization";

    fn id(&self) -> String {
        self.organization.to_string()
    }
}

impl Handler<Wake> for OrganizationActor {
    type Result = ();

    fn handle(&mut self, wake: Wake, ctx: &mut Self::Context) {
        self.act(ctx, |this, ctx| this.wake(wake.seq, wake.entry, ctx));
    }
}

impl Handler<HeadSeen> for OrganizationActor {
    type Result = ();

    /// A head behind us is either old news or a failover that lost commits: the read tells which.
    fn handle(&mut self, HeadSeen { seq, at }: HeadSeen, ctx: &mut Self::Context) {
        self.beacon.polled(seq, at);
        if seq != self.position.applied {
            self.act(ctx, Self::read);
        }
    }
}

impl Handler<Tick> for OrganizationActor {
    type Result = ();

    fn handle(&mut self, _: Tick, ctx: &mut Self::Context) {
        self.act(ctx, Self::tick);
    }
}

impl Handler<Empty> for OrganizationActor {
    type Result = ResponseFuture<()>;

    fn handle(&mut self, _: Empty, ctx: &mut Self::Context) -> Self::Result {
        let (done, wait) = oneshot::channel();
        self.act(ctx, |this, ctx| {
            this.emptying.push(done);
            this.read(ctx);
        });
        Box::pin(async { wait.await.unwrap_or_default() })
    }
}

impl Handler<Retire> for OrganizationActor {
    type Result = ();

    fn handle(&mut self, _: Retire, ctx: &mut Self::Context) {
        self.act(ctx, |this, _| this.retire());
    }
}
