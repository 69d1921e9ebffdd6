//! A handler without its types, and the guard that pairs its callbacks. session -> *namespace* -> handler.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::LocalBoxFuture;
use log::{error, warn};
use serde_json::Value;
use socketio_proto::socketio::Frame;

use crate::event::Event;
use crate::handler::{DisconnectReason, Handler, Refusal};
use crate::hub::{Adopt, Enter, Outlet, Seat};
use crate::recovery::{Claim, Journal, Parting, Recovery, Restored};
use crate::server::Server;
use crate::socket::{Core, Socket};

/// [`Handler`] as the server keeps it.
pub(crate) trait Namespace: Send + Sync {
    /// Whether its sockets can come back.
    fn recovers(&self) -> bool;
    /// For a socket that begins.
    fn journal(&self) -> Option<Journal>;
    fn connect(
        self: Arc<Self>,
        core: Arc<Core>,
        auth: Value,
    ) -> LocalBoxFuture<'static, Result<Arc<dyn Connection>, Refusal>>;
}

/// A handler together with a socket that it has let in.
pub(crate) trait Connection: Send + Sync {
    /// Whether it is an earlier socket, and what it may come back with.
    fn admit(
        self: Arc<Self>,
        claim: Option<Claim>,
    ) -> LocalBoxFuture<'static, Result<Admission, Refusal>>;
    fn event(self: Arc<Self>, event: Event) -> LocalBoxFuture<'static, ()>;
    fn disconnect(&self, parting: Parting);
}

/// What goes before the events of a socket.
#[derive(Default)]
pub(crate) struct Admission {
    pub(crate) pid: Option<String>,
    pub(crate) missed: Vec<Frame>,
}

struct Bound<H: Handler> {
    handler: Arc<H>,
    socket: Socket<H::Data>,
}

impl<H: Handler> Namespace for H {
    fn recovers(&self) -> bool {
        self.recovery().is_some()
    }

    fn journal(&self) -> Option<Journal> {
        self.recovery()?.journal()
    }

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
    fn admit(
        self: Arc<Self>,
        claim: Option<Claim>,
    ) -> LocalBoxFuture<'static, Result<Admission, Refusal>> {
        Box::pin(async move {
            let Some(recovery) = self.handler.recovery() else {
                return Ok(Admission::default());
            };
            if let Some(claim) = claim {
                let pid = claim.pid.clone();
                if let Some(restored) = recovery.claim(&self.socket, claim).await? {
                    return self.restore(pid, restored).await;
                }
            }
            let pid = recovery.issue(&self.socket).await?;
            if let Some(pid) = &pid {
                self.socket.core().issue(pid);
            }
            Ok(Admission {
                pid,
                missed: Vec::new(),
            })
        })
    }

    fn event(self: Arc<Self>, event: Event) -> LocalBoxFuture<'static, ()> {
        Box::pin(async move { self.handler.event(&self.socket, event).await })
    }

    fn disconnect(&self, parting: Parting) {
        self.handler.disconnect(&self.socket, parting.reason);
        if let Some(recovery) = self.handler.recovery() {
            recovery.parted(&self.socket, parting);
        }
    }
}

impl<H: Handler> Bound<H> {
    /// The socket is the earlier one from here on, before anything else can happen to it.
    async fn restore(&self, pid: String, restored: Restored) -> Result<Admission, Refusal> {
        let Restored { sid, missed } = restored;
        let core = self.socket.core();
        core.restore(&sid, &pid);
        let adopt = Adopt {
            place: core.place.clone(),
            own: sid.into(),
        };
        let (_, hub) = &core.hub;
        hub.send(adopt).await.map_err(|_| Refusal::CloseTransport)?;
        Ok(Admission {
            pid: Some(pid),
            missed,
        })
    }
}

/// A socket that the application has let in. However it is dropped, the application is told once.
pub(crate) struct Connected {
    pub(crate) connection: Arc<dyn Connection>,
    server: Arc<Server>,
    reason: DisconnectReason,
    /// Until it ends.
    seat: Option<Seat>,
}

impl Connected {
    fn new(connection: Arc<dyn Connection>, server: Arc<Server>, seat: Seat) -> Self {
        server.sockets.fetch_add(1, Ordering::Relaxed);
        Self {
            connection,
            server,
            reason: DisconnectReason::TransportClose,
            seat: Some(seat),
        }
    }

    pub(crate) fn finish(mut self, reason: DisconnectReason) {
        self.reason = reason;
    }
}

impl Drop for Connected {
    fn drop(&mut self) {
        self.server.sockets.fetch_sub(1, Ordering::Relaxed);
        let Some(seat) = self.seat.take() else { return };
        let reason = self.reason;
        let told = catch_unwind(AssertUnwindSafe(|| {
            self.connection.disconnect(Parting { reason, seat });
        }));
        if told.is_err() {
            error!(actor = "session"; "disconnect handler panicked");
        }
    }
}

/// What a client comes with.
pub(super) struct Request {
    pub(super) auth: Value,
    pub(super) claim: Option<Claim>,
    /// In which the application must have decided.
    pub(super) limit: Duration,
}

/// Asks the application. A handler that panics or takes longer than the limit closes the transport.
pub(super) async fn let_in(
    server: Arc<Server>,
    namespace: Arc<dyn Namespace>,
    core: Arc<Core>,
    request: Request,
) -> Result<(Connected, Admission), Refusal> {
    let Request { auth, claim, limit } = request;
    let enter = Enter {
        place: core.place.clone(),
        own: core.id().into(),
        outlet: Outlet {
            queue: Arc::clone(&core.queue),
            journal: core.journal.clone(),
        },
        handshake: Arc::clone(&core.handshake),
    };
    let seat = Seat::take(&core.hub.1, enter).await;
    let seat = seat.ok_or(Refusal::CloseTransport)?;
    let asked = async {
        let connection = namespace.connect(Arc::clone(&core), auth).await?;
        let connected = Connected::new(connection, server, seat);
        let admitted = Arc::clone(&connected.connection).admit(claim).await;
        Ok((connected, admitted?))
    };
    match tokio::time::timeout(limit, AssertUnwindSafe(asked).catch_unwind()).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(_)) => {
            error!(actor = "session", socket = core.id(); "connect handler panicked");
            Err(Refusal::CloseTransport)
        }
        Err(_) => {
            warn!(actor = "session", socket = core.id(); "connect handler took too long");
            Err(Refusal::CloseTransport)
        }
    }
}
