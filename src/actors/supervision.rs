//! What a panic costs: the actor's state, which it reads back from the log, and nothing of anyone else.
//!
//! Every handler and every future's end runs inside [`guarded`]. Under a `Supervisor` a stopped actor is
//! restarted: its address stays, queued messages stay, its futures are dropped, `restarting` resets it.

use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
};

use actix::{Actor, ActorContext, Context, Supervised};
use log::error;

/// An actor that is restarted after a panic.
pub(super) trait Guarded: Supervised + Actor<Context = Context<Self>> {
    /// The kind of actor, for the log.
    const KIND: &'static str;

    /// Which one, for the log.
    fn id(&self) -> String;
}

/// Runs `work`; if it panics, says so and restarts the actor. None then.
pub(super) fn guarded<A: Guarded, R>(
    actor: &mut A,
    ctx: &mut Context<A>,
    work: impl FnOnce(&mut A, &mut Context<A>) -> R,
) -> Option<R> {
    match catch_unwind(AssertUnwindSafe(|| work(actor, ctx))) {
        Ok(result) => Some(result),
        Err(panic) => {
            error!(actor = A::KIND, id = actor.id(), panic = message(panic.as_ref()); "actor restarts after panic");
            ctx.stop();
            None
        }
    }
}

/// What a panic said, if it said it in words.
pub(super) fn message(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message")
}
