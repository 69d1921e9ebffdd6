//! One server on a port of its own.

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use actix_socketio::{Builder, DisconnectReason, Listener, SocketIo};
use actix_web::dev::ServerHandle;
use actix_web::{App, HttpServer, Resource};
use tokio::sync::{Semaphore, mpsc};

use super::application::{Application, Seen};
use super::client::{Polling, Wire};
use super::within;

pub(crate) struct TestServer {
    pub(crate) address: SocketAddr,
    pub(crate) socketio: SocketIo,
    pub(crate) gate: Arc<Semaphore>,
    seen: mpsc::UnboundedReceiver<Seen>,
    handle: ServerHandle,
}

impl TestServer {
    /// With timers that do not fire within a test.
    pub(crate) fn start() -> Self {
        Self::with(|builder| builder)
    }

    pub(crate) fn with(settings: impl FnOnce(Builder<()>) -> Builder<()>) -> Self {
        let (tell, seen) = mpsc::unbounded_channel();
        let emitter = Arc::new(OnceLock::new());
        let gate = Arc::new(Semaphore::new(0));
        let application = Application {
            seen: tell,
            emitter: Arc::clone(&emitter),
            gate: Arc::clone(&gate),
        };
        let socketio = settings(SocketIo::builder()).handler(application).build();
        emitter.get_or_init(|| socketio.emitter());
        let mounted = socketio.clone();
        let (address, handle) = serve(move || mounted.service());
        Self {
            address,
            socketio,
            gate,
            seen,
            handle,
        }
    }

    /// What the handler saw next.
    pub(crate) async fn seen(&mut self) -> Seen {
        within("call of the handler", self.seen.recv())
            .await
            .expect("the handler lives")
    }

    /// As [`TestServer::seen`], for clients that take long to start.
    pub(crate) async fn seen_slowly(&mut self) -> Seen {
        tokio::time::timeout(Duration::from_secs(60), self.seen.recv())
            .await
            .expect("a call of the handler")
            .expect("the handler lives")
    }

    /// The reason of the next disconnect; other calls before it are passed over.
    pub(crate) async fn disconnected(&mut self) -> DisconnectReason {
        loop {
            if let Seen::Disconnected(_, reason) = self.seen().await {
                return reason;
            }
        }
    }

    /// Everything that the handler saw so far.
    pub(crate) fn seen_so_far(&mut self) -> Vec<Seen> {
        std::iter::from_fn(|| self.seen.try_recv().ok()).collect()
    }

    /// The channel of what the handler sees, to outlive the server.
    pub(crate) fn take_seen(&mut self) -> mpsc::UnboundedReceiver<Seen> {
        std::mem::replace(&mut self.seen, mpsc::unbounded_channel().1)
    }

    /// A session over HTTP that has joined nothing.
    pub(crate) async fn polling(&self) -> Polling {
        Polling::open(self.address).await
    }

    /// A session over HTTP that has joined the root namespace.
    pub(crate) async fn joined_polling(&self) -> Polling {
        let client = self.polling().await;
        client.post("40").await;
        let answer = client.poll().await;
        assert!(answer.starts_with("40{\"sid\":"), "{answer}");
        client
    }

    /// A session over WebSocket that has joined nothing.
    pub(crate) async fn wire(&self) -> Wire {
        let mut wire = Wire::open(self.address, "EIO=4&transport=websocket").await;
        let open = wire.text().await;
        assert!(open.starts_with("0{\"sid\":"), "{open}");
        wire
    }

    /// A session over WebSocket that has joined the root namespace with this `auth`.
    pub(crate) async fn joined(&self, auth: &str) -> Wire {
        let mut wire = self.wire().await;
        wire.send(&format!("40{auth}"));
        let reply = wire.text().await;
        assert!(reply.starts_with("40{\"sid\":"), "{reply}");
        assert!(wire.text().await.starts_with("42[\"welcome\","));
        wire
    }

    /// Stops the HTTP server and its workers.
    pub(crate) async fn stop(self) {
        self.handle.stop(false).await;
    }

    /// Waits until all sessions are gone.
    pub(crate) async fn empty(&self) {
        let mut again = tokio::time::interval(Duration::from_millis(5));
        within("end of all sessions", async {
            while self.socketio.session_count() > 0 {
                again.tick().await;
            }
        })
        .await;
    }

    /// A handshake is refused for want of a place. One that is not refused takes a place.
    pub(crate) async fn is_full(&self) -> bool {
        let url = format!("http://{}/socket.io/?EIO=4&transport=polling", self.address);
        let answer = within("answer", awc::Client::default().get(url).send()).await;
        answer.expect("an answer").status().as_u16() == 503
    }

    /// Waits for a place, and takes it.
    pub(crate) async fn place(&self) {
        let mut again = tokio::time::interval(Duration::from_millis(5));
        within("a free place", async {
            while self.is_full().await {
                again.tick().await;
            }
        })
        .await;
    }
}

/// How the WebSockets of a test binary are carried.
#[derive(Clone, Copy)]
#[expect(dead_code, reason = "each binary has one of them")]
pub(crate) enum Mount {
    /// By the HTTP server of an `App`.
    App,
    /// By their own sockets.
    Listener,
}

/// Serves on a port of its own, with two workers.
pub(crate) fn serve(
    service: impl Fn() -> Resource + Clone + Send + 'static,
) -> (SocketAddr, ServerHandle) {
    serve_all(move || vec![service()])
}

/// As [`serve`], with several services.
pub(crate) fn serve_all(
    services: impl Fn() -> Vec<Resource> + Clone + Send + 'static,
) -> (SocketAddr, ServerHandle) {
    let app = move || services().into_iter().fold(App::new(), App::service);
    let (address, server) = match crate::MOUNT {
        Mount::App => {
            let server = HttpServer::new(app)
                .h1_allow_half_closed(false)
                .disable_signals()
                .workers(2)
                .bind(("127.0.0.1", 0))
                .expect("a free port");
            (server.addrs()[0], server.run())
        }
        Mount::Listener => {
            let server = Listener::new(app)
                .disable_signals()
                .workers(2)
                .bind(("127.0.0.1", 0))
                .expect("a free port");
            (server.addrs()[0], server.run())
        }
    };
    let handle = server.handle();
    actix_web::rt::spawn(server);
    (address, handle)
}
