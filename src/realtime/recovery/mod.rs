//! Sockets that lost their transport come back as what they were: `actix-socketio` -> [recovery] -> the
//! organization's actor, which replays what was missed.
//!
//! A pid is good for its own person only, whose token, role and membership were checked before it is looked at.
//! Nothing is written when a socket connects; its changed rooms are, and that it does not come back.
//! Bounds: those of [`Holders`]; what was missed takes at most what the claim allows.

mod holders;
mod keys;
mod missed;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use actix_socketio::{Claim, Parting, Recovery, Refusal, Restored, Socket};
use log::{debug, warn};
use tokio::time::MissedTickBehavior;

use crate::{
    actors::{Entry, NotAdmitted},
    auth::Pid,
    clock::Clock,
    storage::{Database, recovery as stored},
};

pub(super) use self::holders::Generation;
use self::{holders::Holders, keys::Keys};
use super::{
    Services,
    handler::NotIn,
    rooms::{self, Rooms},
    session::Session,
    stage::Stage,
};

/// Between two rounds in which it is written down who does not come back.
const ROUND: Duration = Duration::from_secs(10);

/// Sockets of one such round; more wait for the next.
const MOST_ENDED: usize = 500;

/// See the module.
pub(super) struct Returns {
    services: Services,
    stage: Stage,
    keys: Keys,
    holders: Arc<Mutex<Holders<Socket>>>,
}

impl Returns {
    /// Looks after those that do not come back on the calling thread, until it is dropped.
    pub(super) fn start(services: Services, stage: Stage) -> Self {
        let (database, clock) = (services.database.clone(), services.clock.clone());
        let holders = Arc::default();
        actix::spawn(write_down(
            Arc::downgrade(&holders),
            database.clone(),
            clock.clone(),
        ));
        Self {
            keys: Keys::new(database, clock),
            services,
            stage,
            holders,
        }
    }

    /// Who a client shows to be, if it is the person that `connect` let in.
    async fn shown(&self, socket: &Socket<Session>, text: &str) -> Result<Option<Pid>, NotIn> {
        let who = socket.data().identity()?;
        let pid = self.keys.verify(text).await?;
        Ok(pid.filter(|pid| {
            (&pid.subject, pid.organization_id) == (&who.subject, who.organization_id)
        }))
    }

    async fn restore(
        &self,
        socket: &Socket<Session>,
        claim: Claim,
    ) -> Result<Option<Restored>, NotIn> {
        let Some(pid) = self.shown(socket, &claim.pid).await? else {
            return Ok(None);
        };
        let Ok(from) = missed::from(&pid, claim.offset.as_deref()) else {
            return Ok(None);
        };
        let Some(mut hold) = Hold::take(self, &pid.sid) else {
            return Ok(None);
        };
        let mut conn = self.services.database.read().await?;
        let changed = stored::rooms(&mut conn, &pid.sid).await?;
        drop(conn);
        let who = socket.data().identity()?;
        let joined = changed.and_then(|changed| rooms::restored(&who, pid.at, changed));
        let Some(joined) = joined else {
            hold.end();
            return Ok(None);
        };
        let entry = Entry::Return {
            rooms: joined.joined(),
            from,
            limit: claim.limit,
        };
        match self.stage.admit(pid.organization_id, socket, entry).await {
            Ok(admitted) => {
                socket.data().begin(joined, hold.settle(socket)?).await;
                Ok(Some(Restored {
                    sid: pid.sid.clone(),
                    missed: admitted.missed,
                }))
            }
            Err(NotAdmitted::Lost) => {
                debug!(socket = pid.sid.as_str(); "what was missed cannot be replayed: beginning afresh");
                hold.end();
                Ok(None)
            }
            Err(NotAdmitted::NotNow) => Err(NotIn::NotNow),
        }
    }

    async fn begin(&self, socket: &Socket<Session>) -> Result<String, NotIn> {
        let who = socket.data().identity()?;
        let entry = Entry::Fresh(rooms::of_everybody(&who));
        let admitted = self.stage.admit(who.organization_id, socket, entry).await?;
        let pid = Pid {
            sid: socket.id().to_owned(),
            subject: who.subject.clone(),
            organization_id: who.organization_id,
            at: admitted.at,
        };
        let text = self.keys.issue(&pid).await?;
        let joined = Rooms::fresh(&who, admitted.at);
        let generation = self.holders().begin(&pid.sid, socket.plain());
        socket.data().begin(joined, generation).await;
        Ok(text)
    }

    fn holders(&self) -> MutexGuard<'_, Holders<Socket>> {
        lock(&self.holders)
    }
}

impl Recovery<Session> for Returns {
    async fn issue(&self, socket: &Socket<Session>) -> Result<Option<String>, Refusal> {
        Ok(Some(self.begin(socket).await?))
    }

    async fn claim(
        &self,
        socket: &Socket<Session>,
        claim: Claim,
    ) -> Result<Option<Restored>, Refusal> {
        Ok(self.restore(socket, claim).await?)
    }

    fn parted(&self, socket: &Socket<Session>, parting: Parting) {
        let Some(generation) = socket.data().generation() else {
            return;
        };
        if parting.reason.is_final() {
            self.holders().end(socket.id(), generation);
        } else {
            let now = self.services.clock.monotonic();
            self.holders().depart(socket.id(), generation, now);
        }
    }
}

/// A claim that is being looked into. Given up, it may be made again.
struct Hold<'a> {
    returns: &'a Returns,
    sid: &'a str,
    generation: Option<Generation>,
}

impl<'a> Hold<'a> {
    fn take(returns: &'a Returns, sid: &'a str) -> Option<Self> {
        let now = returns.services.clock.monotonic();
        let claimed = returns.holders().claim(sid, now)?;
        if let Some(earlier) = claimed.earlier {
            debug!(socket = sid; "claimed by another transport: closing the earlier one");
            earlier.close();
        }
        Some(Self {
            returns,
            sid,
            generation: Some(claimed.generation),
        })
    }

    /// Another claim came meanwhile: this one is to try again.
    fn settle(&mut self, socket: &Socket<Session>) -> Result<Generation, NotIn> {
        let generation = self.generation.take().ok_or(NotIn::NotNow)?;
        let mut holders = self.returns.holders();
        if holders.settle(self.sid, generation, socket.plain()) {
            Ok(generation)
        } else {
            Err(NotIn::NotNow)
        }
    }

    /// It does not come back.
    fn end(&mut self) {
        if let Some(generation) = self.generation.take() {
            self.returns.holders().end(self.sid, generation);
        }
    }
}

impl Drop for Hold<'_> {
    fn drop(&mut self) {
        if let Some(generation) = self.generation.take() {
            let now = self.returns.services.clock.monotonic();
            self.returns.holders().depart(self.sid, generation, now);
        }
    }
}

/// No step under this lock can panic half-way.
fn lock<S>(holders: &Mutex<Holders<S>>) -> MutexGuard<'_, Holders<S>> {
    holders.lock().unwrap_or_else(PoisonError::into_inner)
}

/// So that other nodes know it, and this one after a restart. What was not written is tried again.
async fn write_down(holders: Weak<Mutex<Holders<Socket>>>, database: Database, clock: Clock) {
    let mut rounds = tokio::time::interval(ROUND);
    rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        rounds.tick().await;
        let Some(holders) = holders.upgrade() else {
            return;
        };
        let ended = lock(&holders).ended(clock.monotonic(), MOST_ENDED);
        if ended.is_empty() {
            continue;
        }
        let statements = stored::end(&ended, clock.unskewed());
        match database.writer().run(statements).await {
            Ok(_) => lock(&holders).forget(&ended),
            Err(error) => {
                warn!(error:% = error; "ended sockets not written down: trying again");
            }
        }
    }
}
