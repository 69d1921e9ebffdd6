//! What clients may ask, a file per subject: handler -> [commands] -> `operations` and `storage`.

mod acknowledge;
mod organization;
mod refresh;
mod site;
mod unit;

use actix_socketio::Socket;

use crate::domain::text_enum;

use super::{
    Services, error::CommandError, payload::Args, reply::Reply, session::Session, stage::Stage,
};

text_enum! {
    /// The events that clients may send.
    Command {
        /// All readings of the own organization.
        SubscribeOrganization = "subscribe:organization",
        /// No longer all of them.
        UnsubscribeOrganization = "unsubscribe:organization",
        /// A site's newest readings.
        SubscribeSite = "subscribe:site",
        /// No longer.
        UnsubscribeSite = "unsubscribe:site",
        /// A unit's newest readings.
        SubscribeUnit = "subscribe:unit",
        /// No longer.
        UnsubscribeUnit = "unsubscribe:unit",
        /// Take an alert on.
        AcknowledgeAlert = "alert:acknowledge",
        /// Go on with another token.
        RefreshAuth = "auth:refresh",
    }
}

/// Who asks, and what the answer is made with.
pub(super) struct Call<'a> {
    /// The client.
    pub(super) socket: &'a Socket<Session>,
    /// The rooms below.
    pub(super) services: &'a Services,
    /// Who joins it to rooms.
    pub(super) stage: &'a Stage,
}

impl Call<'_> {
    /// What is kept for the client.
    pub(super) fn session(&self) -> &Session {
        self.socket.data()
    }
}

impl Command {
    /// Does it.
    pub(super) async fn run(self, call: &Call<'_>, args: Args) -> Result<Reply, CommandError> {
        match self {
            Self::SubscribeOrganization => organization::subscribe(call, args).await,
            Self::UnsubscribeOrganization => organization::unsubscribe(call, args).await,
            Self::SubscribeSite => site::subscribe(call, args).await,
            Self::UnsubscribeSite => site::unsubscribe(call, args).await,
            Self::SubscribeUnit => unit::subscribe(call, args).await,
            Self::UnsubscribeUnit => unit::unsubscribe(call, args).await,
            Self::AcknowledgeAlert => acknowledge::acknowledge(call, args).await,
            Self::RefreshAuth => refresh::refresh(call, args).await,
        }
    }
}
