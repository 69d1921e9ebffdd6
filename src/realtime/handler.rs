//! Lets sockets in and hears their events: `actix-socketio` -> [handler] -> `operations` (who is it?), registry
//! (watch the organization), `commands`. Bounds: those of [`Session`].

use std::sync::{Arc, OnceLock};

use actix::Recipient;
use actix_socketio::{DisconnectReason, Event, Gone, Handler, Refusal, Socket};
use log::{debug, warn};
use serde_json::{Value, json};

use crate::{
    actors::{Watch, WatchGuard},
    auth::{Identity, TokenError},
    domain::{Code, OrganizationId},
    events::Room,
    operations::OperationError,
};

use super::{
    Services,
    commands::{Call, Command},
    error::{CommandError, is_undecided},
    limiter::Verdict,
    payload::Args,
    reply::{Reply, answer},
    session::Session,
    sessions::Sessions,
};

/// Decides who comes in, and passes on what they say.
pub(super) struct Doorkeeper {
    services: Services,
    /// Set before the first request is served.
    registry: Arc<OnceLock<Recipient<Watch>>>,
    sessions: Arc<Sessions>,
}

/// Why somebody is not let in.
enum NotIn {
    /// They have to come with another token.
    Token(TokenError),
    /// It cannot be decided now: they are to try again.
    NotNow,
}

impl Doorkeeper {
    pub(super) const fn new(
        services: Services,
        registry: Arc<OnceLock<Recipient<Watch>>>,
        sessions: Arc<Sessions>,
    ) -> Self {
        Self {
            services,
            registry,
            sessions,
        }
    }

    async fn let_in(&self, socket: &Socket, auth: &Value) -> Result<Session, NotIn> {
        let operations = &self.services.operations;
        let claimed = operations.claimed(Some(token(auth)?))?;
        // Before the rooms are joined: the log is followed from here on, so nothing later can be missed.
        let watch = self.watch(claimed.organization_id).await?;
        // Before the database is asked: a login that ends from here on ends the socket too.
        let admission = self.sessions.admit(socket.plain(), claimed.clone());
        let identity = operations.present(claimed).await?;
        let rooms = rooms(&identity);
        admission.confirm(identity)?;
        socket.join(rooms).await?;
        Ok(Session::new(admission, watch))
    }

    async fn watch(&self, organization: OrganizationId) -> Result<WatchGuard, NotIn> {
        let registry = self.registry.get().ok_or(NotIn::NotNow)?;
        match registry.send(Watch(organization)).await {
            Ok(Ok(guard)) => Ok(guard),
            Ok(Err(_)) => Err(NotIn::NotNow),
            Err(error) => {
                warn!(organization_id:% = organization, error:% = error; "registry does not answer");
                Err(NotIn::NotNow)
            }
        }
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

impl From<Gone> for NotIn {
    fn from(_: Gone) -> Self {
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

/// Where a socket is from the start. The first one it never leaves.
fn rooms(identity: &Identity) -> Vec<String> {
    let organization = identity.organization_id;
    let own = identity.user_id.map(Room::User);
    [
        Room::Organization(organization),
        Room::Readings(organization),
    ]
    .into_iter()
    .chain(own)
    .map(|room| room.to_string())
    .collect()
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
