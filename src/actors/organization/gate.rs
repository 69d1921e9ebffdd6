//! Sockets come in at what their hub has been handed, and get what they missed up to there. Part of
//! [`OrganizationActor`]. Bound: [`MOST`] wait for a flush, each for [`PATIENCE`] flushes.

use actix::{Context, Handler, ResponseFuture};
use tokio::sync::oneshot;

use super::{
    OrganizationActor,
    returns::{NoReturn, missed},
};
use crate::actors::{
    admission::{Admit, Admitted, NotAdmitted},
    hubs::Outcome,
};

/// Sockets that may wait; over it the next are told to try later.
const MOST: usize = 1_024;

/// Flushes that a socket waits for the one that passes what it has. Nodes are no further apart than that; an
/// offset that is still ahead is of no log of ours.
const PATIENCE: u8 = 4;

type Answer = oneshot::Sender<Result<Admitted, NotAdmitted>>;

/// Those that have got more than this node has sent.
#[derive(Default)]
pub(super) struct Gate(Vec<Waiting>);

struct Waiting {
    admit: Admit,
    answer: Answer,
    flushes: u8,
}

impl OrganizationActor {
    fn admit(&mut self, admit: Admit, answer: Answer, flushes: u8) {
        let outcome = match self.try_admit(&admit) {
            Ok(outcome) => outcome,
            Err(NoReturn::Lost) => Err(NotAdmitted::Lost),
            Err(NoReturn::Ahead) if flushes >= PATIENCE => Err(NotAdmitted::Lost),
            Err(NoReturn::Ahead) if self.gate.0.len() >= MOST => Err(NotAdmitted::NotNow),
            Err(NoReturn::Ahead) => {
                return self.gate.0.push(Waiting {
                    admit,
                    answer,
                    flushes,
                });
            }
        };
        // A socket that went meanwhile needs no answer.
        drop(answer.send(outcome));
    }

    fn try_admit(&mut self, admit: &Admit) -> Result<Result<Admitted, NotAdmitted>, NoReturn> {
        let Some(until) = self.outlet.place(admit.entrant.hub(), self.position) else {
            return Ok(Err(NotAdmitted::NotNow));
        };
        let missed = missed(
            self.organization,
            &admit.entry,
            &self.window,
            until,
            self.parts.clock.unskewed(),
            &*self.parts.encoder,
        )?;
        Ok(match admit.entrant.join(admit.entry.room_names()) {
            Outcome::Accepted => Ok(Admitted {
                at: until.offset(),
                missed,
            }),
            Outcome::Refused | Outcome::Gone => Err(NotAdmitted::NotNow),
        })
    }

    /// A flush has left.
    pub(super) fn admit_waiting(&mut self) {
        for waiting in std::mem::take(&mut self.gate.0) {
            if !waiting.answer.is_closed() {
                self.admit(waiting.admit, waiting.answer, waiting.flushes + 1);
            }
        }
    }
}

impl Handler<Admit> for OrganizationActor {
    type Result = ResponseFuture<Result<Admitted, NotAdmitted>>;

    fn handle(&mut self, admit: Admit, ctx: &mut Context<Self>) -> Self::Result {
        let (answer, outcome) = oneshot::channel();
        self.act(ctx, |this, _| this.admit(admit, answer, 0));
        Box::pin(async { outcome.await.unwrap_or(Err(NotAdmitted::NotNow)) })
    }
}
