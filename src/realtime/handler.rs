//! Lets sockets in and hears their events: `actix-socketio` -> [handler] -> `operations` (who is it?), `stage`
//! (watch the organization), `recovery` (into which rooms?), `commands`. Bounds: those of [`Session`].

use std::sync::Arc;

use actix_socketio::{DisconnectReason, Event, Gone, Handler, Recovery, Refusal, Socket};
use log::{debug, warn};
use serde_json::{Value, json};

use crate::{
    actors::{NotAdmitted, WatchError},
    auth::TokenError,
    domain::Code,
    operations::OperationError,
    storage::StoreError,
};

use super::{
    Services,
    commands::{Call, Command},
    error::{CommandError, is_undecided},
    limiter::Verdict,
    payload::Args,
    recovery::Returns,
    reply::{Reply, answer},
    session::Session,
    sessions::Sessions,
    stage::Stage,
};

/// Decides who comes in, and passes on what they say.
pub(super) struct Doorkeeper {
    services: Services,
    stage: Stage,
    sessions: Arc<Sessions>,
    returns: Returns,
}

/// Why somebody is not let in.
pub(super) enum NotIn {
    /// They have to come with another token.
    Token(TokenError),
    /// It cannot be decided now: they are to try again.
    NotNow,
}

impl Doorkeeper {
    /// To be called on an actix thread.
    pub(super) fn start(services: Services, stage: Stage, sessions: Arc<Sessions>) -> Self {
        Self {
            returns: Returns::start(services.clone(), stage.clone()),
            services,
            stage,
            sessions,
        }
    }

    async fn let_in(&self, socket: &Socket, auth: &Value) -> Result<Session, NotIn> {
        let operations = &self.services.operations;
        let claimed = operations.claimed(Some(token(auth)?))?;
        // Before anything is said of its rooms: the log is followed from here on, so nothing later can be missed.
        let watch = self.stage.watch(claimed.organization_id).await?;
        // Before the database is asked: a login that ends from here on ends the socket too.
        let admission = self.sessions.admit(socket.plain(), claimed.clone());
        let identity = operations.present(claimed).await?;
        admission.confirm(identity)?;
        Ok(Session::new(admission, watch))
    }

    async fn run(
        &self,
        socket: &Socket<Session>,
        name: &str,
        args: Vec<Value>,
    ) -> Result<Reply, CommandError> {
        let command: Command = name.parse().map_err(|_| CommandError::UnknownEvent)?;
        let call = Call {
            socket,
            services: &self.services,
            stage: &self.stage,
        };
        command.run(&call, Args(args)).await
    }
}

impl Handler for Doorkeeper {
    type Data = Session;

    async fn connect(&self, socket: &Socket, auth: Value) -> Result<Session, Refusal> {
        Ok(self.let_in(socket, &auth).await?)
    }

    async fn event(&self, socket: &Socket<Session>, event: Event) {
        let Event {
            name, args, ack, ..
        } = event;
        let outcome = match socket.data().judge(self.services.clock.monotonic()) {
            Verdict::Admit => self.run(socket, &name, args).await,
            Verdict::Refuse => Err(CommandError::TooManyEvents),
            Verdict::Disconnect => {
                warn!(socket = socket.id(); "client ignores its rate limit: disconnecting");
                return socket.disconnect(true);
            }
        };
        answer(socket, &name, ack, &outcome);
    }

    fn disconnect(&self, socket: &Socket<Session>, reason: DisconnectReason) {
        debug!(socket = socket.id(), reason:% = reason; "client gone");
    }

    fn recovery(&self) -> Option<&impl Recovery<Session>> {
        Some(&self.returns)
    }
}

impl From<NotIn> for Refusal {
    /// `44{"message":"Invalid or expired token","data":{"code":"invalid_token"}}`
    fn from(why: NotIn) -> Self {
        match why {
            NotIn::Token(error) => {
                Self::message(error.to_string()).with_data(json!({ "code": error.connect_code() }))
            }
            NotIn::NotNow => Self::CloseTransport,
        }
    }
}

impl From<OperationError> for NotIn {
    fn from(error: OperationError) -> Self {
        judged(error.code())
    }
}

impl From<StoreError> for NotIn {
    fn from(_: StoreError) -> Self {
        Self::NotNow
    }
}

impl From<Gone> for NotIn {
    fn from(_: Gone) -> Self {
        Self::NotNow
    }
}

impl From<WatchError> for NotIn {
    fn from(_: WatchError) -> Self {
        Self::NotNow
    }
}

impl From<NotAdmitted> for NotIn {
    fn from(_: NotAdmitted) -> Self {
        Self::NotNow
    }
}

/// The handshake's `{token}`.
fn token(auth: &Value) -> Result<&str, NotIn> {
    match auth.get("token") {
        None | Some(Value::Null) => Err(NotIn::Token(TokenError::Missing)),
        Some(Value::String(token)) if token.is_empty() => Err(NotIn::Token(TokenError::Missing)),
        Some(Value::String(token)) => Ok(token),
        Some(_) => Err(NotIn::Token(TokenError::Invalid)),
    }
}

/// What a failed identification means for the socket.
const fn judged(code: Code) -> NotIn {
    if is_undecided(code) {
        NotIn::NotNow
    } else {
        NotIn::Token(TokenError::Invalid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_have_the_messages_that_clients_know() {
        for (auth, message, code) in [
            (
                json!({}),
                "Authentication required",
                "authentication_required",
            ),
            (
                json!({"token": null}),
                "Authentication required",
                "authentication_required",
            ),
            (
                json!({"token": ""}),
                "Authentication required",
                "authentication_required",
            ),
            (
                json!({"token": 7}),
                "Invalid or expired token",
                "invalid_token",
            ),
            (
                json!({"token": {}}),
                "Invalid or expired token",
                "invalid_token",
            ),
        ] {
            let refusal = token(&auth).map_err(Refusal::from);
            let expected = Refusal::message(message).with_data(json!({ "code": code }));
            assert_eq!(refusal, Err(expected), "{auth}");
        }
    }

    #[test]
    fn who_cannot_be_judged_now_is_not_told_that_the_token_is_wrong() {
        for (code, refusal) in [
            (Code::Unavailable, Refusal::CloseTransport),
            (Code::Internal, Refusal::CloseTransport),
            (
                Code::Unauthorized,
                Refusal::message("Invalid or expired token")
                    .with_data(json!({"code": "invalid_token"})),
            ),
        ] {
            assert_eq!(Refusal::from(judged(code)), refusal, "{code}");
        }
    }
}
