//! The root namespace: who is let in, what is refused, what is remembered. Its events are [`super::commands`].

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use actix_socketio::{
    DisconnectReason, Emitter, Event, Guard, Handler, MemoryRecovery, Recovery, Refusal, Rejection,
    Socket,
};
use serde_json::Value;

use super::commands::Call;
use super::data::{Disconnect, Memory, Visitor};

pub(crate) struct Root {
    emitter: Arc<OnceLock<Emitter>>,
    memory: Memory,
    recovery: MemoryRecovery<Visitor>,
}

/// Rejects `refused`, and tells the client so.
pub(crate) struct Refuser;

impl Root {
    /// The emitter is set before the first request.
    pub(crate) fn new(emitter: Arc<OnceLock<Emitter>>, window: Duration) -> Self {
        Self {
            emitter,
            memory: Memory::default(),
            recovery: MemoryRecovery::new(window),
        }
    }
}

impl Handler for Root {
    type Data = Visitor;

    async fn connect(&self, _: &Socket, auth: Value) -> Result<Visitor, Refusal> {
        if let Some(message) = auth.get("deny").and_then(Value::as_str) {
            let refusal = Refusal::message(message);
            return Err(match auth.get("denyData") {
                Some(data) => refusal.with_data(data.clone()),
                None => refusal,
            });
        }
        let visitor = Visitor::of(&auth);
        if self.memory.is_revoked(&visitor) {
            return Err(Refusal::message("revoked"));
        }
        Ok(visitor)
    }

    async fn event(&self, socket: &Socket<Visitor>, event: Event) {
        let Some(emitter) = self.emitter.get() else {
            return;
        };
        let call = Call {
            socket,
            emitter,
            memory: &self.memory,
        };
        // What is no command, or comes too late, needs no answer.
        let _unanswered = call.run(event).await;
    }

    fn disconnect(&self, socket: &Socket<Visitor>, reason: DisconnectReason) {
        self.memory.note(Disconnect {
            id: socket.id().to_owned(),
            reason: reason.as_str(),
        });
    }

    fn recovery(&self) -> Option<&impl Recovery<Visitor>> {
        Some(&self.recovery)
    }
}

impl Guard<Visitor> for Refuser {
    fn check(&self, _: &Socket<Visitor>, event: &Event) -> Result<(), Rejection> {
        match event.name.as_str() {
            "refused" => Err(Rejection("refused".into())),
            _ => Ok(()),
        }
    }

    fn rejected(&self, socket: &Socket<Visitor>, _: Event, Rejection(why): Rejection) {
        // A socket that is gone need not be told.
        let _gone = socket.emit("error-back", &why);
    }
}
