//! Starts and stops the actors of organizations that somebody watches; nothing else starts them.
//!
//! The connect handler asks for a [`Watch`] and keeps the guard as long as the socket lives; the first one
//! starts the organization at its log's head before it is answered. Once a second one query tells all
//! of them how far their logs are, so that a lost wake costs a second at most.
//! Bound: an organization per connected socket at most, and a waiting answer per connecting one.

use std::{collections::HashMap, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use actix::{
    Actor, ActorFutureExt, Addr, Arbiter, AsyncContext, Context, Handler, Message, ResponseFuture,
    Supervised, Supervisor, WrapFuture,
};
use futures_util::{FutureExt, future::join_all};
use log::{error, warn};
use tokio::sync::oneshot;

use super::{
    admission::{Admit, Admitted, NotAdmitted},
    encoder::Encoder,
    history::{self, Beginning},
    organization::{Empty, HeadSeen, OrganizationActor, Retire},
    parts::{Parts, Ticks},
    supervision::{Guarded, guarded},
    unit::UnitActor,
};
use crate::{
    domain::{OrganizationId, Timestamp, UnitId},
    events::LogUnreadable,
};

/// Requests that wait at most; over it senders wait themselves.
const MAILBOX: usize = 1_024;

/// Between two polls of the heads.
const POLL: Duration = Duration::from_secs(1);

/// Polls without a watcher after which an organization is stopped: a page that is loaded again finds it.
const IDLE_POLLS: u32 = 10;

/// Keeps an organization's actors running until it is dropped.
#[derive(Debug)]
#[must_use = "dropping it ends the watch"]
pub struct WatchGuard {
    _watchers: Arc<()>,
}

/// Somebody wants to get an organization's events from now on.
#[derive(Debug, Clone, Copy, Message)]
#[rtype(result = "Result<WatchGuard, WatchError>")]
pub struct Watch(pub OrganizationId);

/// The log cannot be followed now. Worth another try later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the organization's log cannot be followed now")]
pub struct WatchError;

/// Sends everything that is committed, without waiting for ticks. Answered when it has left: for a stop in order.
#[derive(Debug, Clone, Copy, Message)]
#[rtype(result = "()")]
pub struct Drain;

/// A second has passed: look at the heads and at who is idle.
#[derive(Debug, Clone, Copy, Message)]
#[rtype(result = "()")]
pub struct Poll;

type Waiting = Vec<oneshot::Sender<Result<WatchGuard, WatchError>>>;

enum Slot {
    /// The head is being read. `lost`: an actor was here and failed beyond repair.
    Starting {
        watchers: Arc<()>,
        waiting: Waiting,
        lost: bool,
    },
    Running {
        actor: Addr<OrganizationActor>,
        watchers: Arc<()>,
        idle: u32,
    },
    /// Retiring; these came too late for it.
    Stopping { waiting: Waiting },
    /// Failed beyond repair: the next poll starts another one.
    Dead { watchers: Arc<()> },
}

/// See the module.
pub struct Registry {
    parts: Arc<Parts>,
    organizations: HashMap<OrganizationId, Slot>,
    polling: bool,
}

/// Starts a unit's actor on this thread.
pub(super) fn start_unit(unit_id: UnitId, encoder: Arc<dyn Encoder>) -> Addr<UnitActor> {
    Supervisor::start(move |_| UnitActor::new(unit_id, encoder))
}

impl Registry {
    /// Starts the registry on this thread.
    #[must_use]
    pub fn start(parts: Parts) -> Addr<Self> {
        let parts = Arc::new(parts);
        Supervisor::start(move |_| Self {
            parts,
            organizations: HashMap::new(),
            polling: false,
        })
    }

    fn watch(
        &mut self,
        organization: OrganizationId,
        answer: oneshot::Sender<Result<WatchGuard, WatchError>>,
        ctx: &mut Context<Self>,
    ) {
        match self.organizations.get_mut(&organization) {
            Some(Slot::Running { watchers, idle, .. }) => {
                *idle = 0;
                let guard = WatchGuard {
                    _watchers: Arc::clone(watchers),
                };
                // A caller that has gone away drops the guard with the answer.
                drop(answer.send(Ok(guard)));
            }
            Some(Slot::Starting { waiting, .. } | Slot::Stopping { waiting }) => {
                waiting.push(answer);
            }
            Some(Slot::Dead { watchers }) => {
                let watchers = Arc::clone(watchers);
                self.begin(organization, watchers, vec![answer], true, ctx);
            }
            None => self.begin(organization, Arc::default(), vec![answer], false, ctx),
        }
    }

    fn begin(
        &mut self,
        organization: OrganizationId,
        watchers: Arc<()>,
        waiting: Waiting,
        lost: bool,
        ctx: &mut Context<Self>,
    ) {
        self.organizations.insert(
            organization,
            Slot::Starting {
                watchers,
                waiting,
                lost,
            },
        );
        let reader = Arc::clone(&self.parts.reader);
        let now = self.parts.clock.unskewed();
        let beginning = async move { history::read(&*reader, organization, now).await };
        let beginning = AssertUnwindSafe(beginning)
            .catch_unwind()
            .map(|beginning| beginning.unwrap_or_else(|_| Err(panicked())));
        ctx.spawn(beginning.into_actor(self).map(move |beginning, this, ctx| {
            guarded(this, ctx, |this, _| this.begun(organization, beginning));
        }));
    }

    fn begun(&mut self, organization: OrganizationId, beginning: Result<Beginning, LogUnreadable>) {
        let Some(Slot::Starting {
            watchers,
            waiting,
            lost,
        }) = self.organizations.remove(&organization)
        else {
            return;
        };
        match beginning {
            Ok(beginning) => {
                let actor = self.start_organization(organization, beginning, lost);
                for answer in waiting {
                    drop(answer.send(Ok(WatchGuard {
                        _watchers: Arc::clone(&watchers),
                    })));
                }
                self.organizations.insert(
                    organization,
                    Slot::Running {
                        actor,
                        watchers,
                        idle: 0,
                    },
                );
            }
            Err(error) => {
                warn!(organization_id:% = organization, error:% = error; "organization cannot be followed");
                if lost {
                    self.organizations
                        .insert(organization, Slot::Dead { watchers });
                }
                waiting
                    .into_iter()
                    .for_each(|answer| drop(answer.send(Err(WatchError))));
            }
        }
    }

    fn start_organization(
        &self,
        organization: OrganizationId,
        beginning: Beginning,
        lost: bool,
    ) -> Addr<OrganizationActor> {
        let parts = Arc::clone(&self.parts);
        let threads = self.parts.arbiters.len().max(1);
        let thread = usize::try_from(organization.0.as_u64_pair().1).unwrap_or_default() % threads;
        let here = Arbiter::current();
        let arbiter = self.parts.arbiters.get(thread).unwrap_or(&here);
        Supervisor::start_in_arbiter(arbiter, move |_| {
            OrganizationActor::new(organization, parts, beginning, lost)
        })
    }

    /// Asks for the heads of all that run, in one query.
    fn poll(&mut self, ctx: &mut Context<Self>) {
        self.bury();
        self.retire_idle(ctx);
        self.revive(ctx);
        let followed: Vec<OrganizationId> = self
            .running()
            .map(|(organization, _)| organization)
            .collect();
        if self.polling || followed.is_empty() {
            return;
        }
        self.polling = true;
        let reader = Arc::clone(&self.parts.reader);
        let at = self.parts.clock.now();
        let asked = followed.clone();
        let heads = async move { reader.heads(asked).await };
        let heads = AssertUnwindSafe(heads)
            .catch_unwind()
            .map(|heads| heads.unwrap_or_else(|_| Err(panicked())));
        ctx.spawn(heads.into_actor(self).map(move |heads, this, ctx| {
            guarded(this, ctx, |this, _| this.polled(&followed, at, heads));
        }));
    }

    fn polled(
        &mut self,
        followed: &[OrganizationId],
        at: Timestamp,
        heads: Result<Vec<(OrganizationId, i64)>, LogUnreadable>,
    ) {
        self.polling = false;
        match heads {
            Ok(heads) => {
                let heads: HashMap<OrganizationId, i64> = heads.into_iter().collect();
                for organization in followed {
                    // One without a head has no entry yet.
                    let seq = heads.get(organization).copied().unwrap_or(0);
                    if let Some(Slot::Running { actor, .. }) = self.organizations.get(organization)
                    {
                        // One that is too busy to hear of it is told again with the next poll.
                        drop(actor.try_send(HeadSeen { seq, at }));
                    }
                }
            }
            Err(error) => warn!(error:% = error; "heads of the logs not read: trying again"),
        }
    }

    fn running(&self) -> impl Iterator<Item = (OrganizationId, &Addr<OrganizationActor>)> {
        self.organizations
            .iter()
            .filter_map(|(organization, slot)| match slot {
                Slot::Running { actor, .. } => Some((*organization, actor)),
                Slot::Starting { .. } | Slot::Stopping { .. } | Slot::Dead { .. } => None,
            })
    }

    /// Finds actors that a panic outside every guard has ended.
    fn bury(&mut self) {
        for (organization, slot) in &mut self.organizations {
            if let Slot::Running {
                actor, watchers, ..
            } = slot
                && !actor.connected()
            {
                error!(actor = "organization", id:% = organization; "actor died: starting another");
                *slot = Slot::Dead {
                    watchers: Arc::clone(watchers),
                };
            }
        }
    }

    fn revive(&mut self, ctx: &mut Context<Self>) {
        let dead = self
            .organizations
            .iter()
            .filter_map(|(organization, slot)| match slot {
                Slot::Dead { watchers } => Some((*organization, Arc::clone(watchers))),
                Slot::Starting { .. } | Slot::Running { .. } | Slot::Stopping { .. } => None,
            });
        for (organization, watchers) in dead.collect::<Vec<_>>() {
            self.begin(organization, watchers, Vec::new(), true, ctx);
        }
    }

    fn retire_idle(&mut self, ctx: &mut Context<Self>) {
        let mut retiring = Vec::new();
        for (organization, slot) in &mut self.organizations {
            let Slot::Running {
                actor,
                watchers,
                idle,
            } = slot
            else {
                continue;
            };
            *idle = if Arc::strong_count(watchers) == 1 {
                *idle + 1
            } else {
                0
            };
            if *idle > IDLE_POLLS {
                retiring.push((*organization, actor.clone()));
                *slot = Slot::Stopping {
                    waiting: Vec::new(),
                };
            }
        }
        for (organization, actor) in retiring {
            let retired = async move { actor.send(Retire).await };
            ctx.spawn(retired.into_actor(self).map(move |_, this, ctx| {
                guarded(this, ctx, |this, ctx| this.retired(organization, ctx));
            }));
        }
    }

    fn retired(&mut self, organization: OrganizationId, ctx: &mut Context<Self>) {
        if let Some(Slot::Stopping { waiting }) = self.organizations.remove(&organization)
            && !waiting.is_empty()
        {
            self.begin(organization, Arc::default(), waiting, false, ctx);
        }
    }
}

fn panicked() -> LogUnreadable {
    LogUnreadable("the reader panicked".into())
}

impl Actor for Registry {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.set_mailbox_capacity(MAILBOX);
        if self.parts.ticks == Ticks::EverySecond {
            ctx.run_interval(POLL, |this, ctx| {
                guarded(this, ctx, Self::poll);
            });
        }
    }
}

impl Supervised for Registry {
    /// What was under way is gone: who waits is refused, who runs goes on.
    fn restarting(&mut self, _: &mut Self::Context) {
        self.polling = false;
        self.organizations
            .retain(|_, slot| matches!(slot, Slot::Running { .. } | Slot::Dead { .. }));
    }
}

impl Guarded for Registry {
    const KIND: &'static str = "registry";

    fn id(&self) -> String {
        String::from("node")
    }
}

impl Handler<Watch> for Registry {
    type Result = ResponseFuture<Result<WatchGuard, WatchError>>;

    fn handle(&mut self, Watch(organization): Watch, ctx: &mut Self::Context) -> Self::Result {
        let (answer, guard) = oneshot::channel();
        guarded(self, ctx, |this, ctx| this.watch(organization, answer, ctx));
        Box::pin(async { guard.await.unwrap_or(Err(WatchError)) })
    }
}

impl Handler<Admit> for Registry {
    type Result = ResponseFuture<Result<Admitted, NotAdmitted>>;

    fn handle(&mut self, admit: Admit, _: &mut Self::Context) -> Self::Result {
        let admitted = match self.organizations.get(&admit.organization) {
            Some(Slot::Running { actor, .. }) => Some(actor.send(admit)),
            Some(Slot::Starting { .. } | Slot::Stopping { .. } | Slot::Dead { .. }) | None => None,
        };
        Box::pin(async {
            match admitted {
                Some(admitted) => admitted.await.unwrap_or(Err(NotAdmitted::NotNow)),
                None => Err(NotAdmitted::NotNow),
            }
        })
    }
}

impl Handler<Poll> for Registry {
    type Result = ();

    fn handle(&mut self, _: Poll, ctx: &mut Self::Context) {
        guarded(self, ctx, Self::poll);
    }
}

impl Handler<Drain> for Registry {
    type Result = ResponseFuture<()>;

    fn handle(&mut self, _: Drain, _: &mut Self::Context) -> Self::Result {
        let emptied: Vec<_> = self.running().map(|(_, actor)| actor.send(Empty)).collect();
        Box::pin(async { drop(join_all(emptied).await) })
    }
}
