//! A handler without its types, and the guard that pairs its callbacks. session -> *namespace* -> handler.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use actix::Addr;
use futures_util::FutureExt as _;
use futures_util::future::LocalBoxFuture;
use log::{error, warn};
use serde_json::Value;

use crate::event::Event;
use crate::handler::{DisconnectReason, Handler, Refusal};
use crate::hub::{Enter, Forget, Hub, Place};
use crate::server::Server;
use crate::socket::{Core, Socket};

/// [`Handler`] as the server keeps it.
pub(crate) trait Namespace: Send + Sync {
    fn connect(
        self: Arc<Self>,
        core: Arc<Core>,
        auth: Value,
    ) -> LocalBoxFuture<'static, Result<Arc<dyn Connection>, Refusal>>;
}

/// A handler together with a socket that it has let in.
pub(crate) trait Connection: Send + Sync {
    fn event(self: Arc<Self>, event: Event) -> LocalBoxFuture<'static, ()>;
    fn disconnect(&self, reason: DisconnectReason);
}

struct Bound<H: Handler> {
    handler: Arc<H>,
    socket: Socket<H::Data>,
}

impl<H: Handler> Namespace for H {
    fn connect(
        self: Arc<Self>,
        core: Arc<Core>,
        auth: Value,
    ) -> LocalBoxFuture<'static, Result<Arc<dyn Connection>, Refusal>> {
        Box::pin(async move {
            let data = Handler::connect(&*self, &Socket::new(Arc::clone(&core), ()), auth).await?;
            let bound = Bound {
                handler: self,
                socket: Socket::new(core, data),
            };
            Ok(Arc::new(bound) as Arc<dyn Connection>)
        })
    }
}

impl<H: Handler> Connection for Bound<H> {
    fn event(self: Arc<Self>, event: Event) -> LocalBoxFuture<'static, ()> {
        Box::pin(async move { self.handler.event(&self.socket, event).await })
    }

    fn disconnect(&self, reason: DisconnectReason) {
        self.handler.disconnect(&self.socket, reason);
    }
}

/// A socket that the application has let in. However it is dropped, the application is told once.
pub(crate) struct Connected {
    pub(crate) connection: Arc<dyn Connection>,
    server: Arc<Server>,
    reason: DisconnectReason,
    _seat: HubSeat,
}

impl Connected {
    pub(crate) fn finish(mut self, reason: DisconnectReason) {
        self.reason = reason;
    }
}

impl Drop for Connected {
    fn drop(&mut self) {
        self.server.sockets.fetch_sub(1, Ordering::Relaxed);
        let told = catch_unwind(AssertUnwindSafe(|| self.connection.disconnect(self.reason)));
        if told.is_err() {
            error!(actor = "session"; "disconnect handler panicked");
        }
    }
}

/// A socket's place in its hub.
struct HubSeat {
    hub: Addr<Hub>,
    place: Place,
}

impl Drop for HubSeat {
    fn drop(&mut self) {
        #[expect(
            clippy::disallowed_methods,
            reason = "one for each Enter, which waited for its place in the mailbox"
        )]
        self.hub.do_send(Forget(self.place.clone()));
    }
}

/// Asks the application. A handler that panics or takes longer than `limit` closes the transport.
pub(super) async fn let_in(
    server: Arc<Server>,
    namespace: Arc<dyn Namespace>,
    core: Arc<Core>,
    auth: Value,
    limit: Duration,
) -> Result<Connected, Refusal> {
    let Core { place, hub, id, .. } = &*core;
    let enter = Enter {
        place: place.clone(),
        own: id.as_str().into(),
        queue: Arc::clone(&core.queue),
        handshake: Arc::clone(&core.handshake),
    };
    hub.send(enter).await.map_err(|_| Refusal::CloseTransport)?;
    let seat = HubSeat {
        hub: hub.clone(),
        place: place.clone(),
    };
    let asked = AssertUnwindSafe(namespace.connect(Arc::clone(&core), auth)).catch_unwind();
    match tokio::time::timeout(limit, asked).await {
        Ok(Ok(answer)) => {
            let connection = answer?;
            server.sockets.fetch_add(1, Ordering::Relaxed);
            Ok(Connected {
                connection,
                server,
                reason: DisconnectReason::TransportClose,
                _seat: seat,
            })
        }
        Ok(Err(_)) => {
            error!(actor = "session", socket = id.as_str(); "connect handler panicked");
            Err(Refusal::CloseTransport)
        }
        Err(_) => {
            warn!(actor = "session", socket = id.as_str(); "connect handler took too long");
            Err(Refusal::CloseTransport)
        }
    }
}
