//! An HTTP server that lets WebSockets take their sockets over: application -> *listener* -> transport.
//! Bounds: connections of the HTTP server by actix's own; what was taken over by `max_connections` of its server.

use std::fmt;
use std::io;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};
use std::time::Duration;

use actix_http::body::MessageBody;
use actix_http::{HttpService, Request};
use actix_server::ServerBuilder;
use actix_service::{IntoServiceFactory, ServiceFactory, map_config};
use actix_web::dev::{AppConfig, Server, ServiceResponse};
use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::TcpStream;

use crate::transport::takeover;

/// Connections that wait to be accepted: after a restart all clients come at once. Linux caps it by `somaxconn`.
const BACKLOG: i32 = 4096;

/// In which a connection that is to end must have ended: that of actix-web's `HttpServer`.
const DISCONNECT_TIMEOUT: Duration = Duration::from_secs(1);

/// Serves an `App`, like actix-web's `HttpServer` (HTTP/1.1 only), but hands the sockets of Socket.IO's WebSockets to
/// their sessions: a client then costs a third of the memory, a message a quarter to two
/// thirds less processor time.
///
/// Each worker has the `App` twice, once for requests that want a WebSocket. WebSockets of others in the same `App`
/// are answered 501. The HTTP server neither counts the sockets that were taken nor waits for them at its end:
/// [`crate::SocketIo::shutdown`] closes them, and comes first.
///
/// ```no_run
/// # use actix_socketio::{DisconnectReason, Event, Handler, Refusal, Socket, SocketIo};
/// # struct Chat;
/// # impl Handler for Chat {
/// #     type Data = ();
/// #     async fn connect(&self, _: &Socket, _: serde_json::Value) -> Result<(), Refusal> { Ok(()) }
/// #     async fn event(&self, _: &Socket, _: Event) {}
/// #     fn disconnect(&self, _: &Socket, _: DisconnectReason) {}
/// # }
/// # #[actix_web::main]
/// # async fn main() -> std::io::Result<()> {
/// let socketio = actix_socketio::SocketIo::builder().handler(Chat).build();
/// actix_socketio::Listener::new(move || actix_web::App::new().service(socketio.service()))
///     .bind(("127.0.0.1", 3000))?
///     .run()
///     .await
/// # }
/// ```
pub struct Listener<F> {
    app: F,
    builder: ServerBuilder,
    addresses: Vec<SocketAddr>,
    client_request_timeout: Duration,
}

impl<F> Listener<F> {
    /// `app` makes the `App` of each worker. What is set here counts for what is bound after it.
    pub fn new(app: F) -> Self {
        Self {
            app,
            builder: Server::build(),
            addresses: Vec::new(),
            client_request_timeout: Duration::from_secs(5),
        }
    }

    /// Threads. Default: one for each core.
    #[must_use]
    pub fn workers(mut self, workers: usize) -> Self {
        self.builder = self.builder.workers(workers);
        self
    }

    /// In which requests may still be answered when it stops, in seconds. Default 30.
    #[must_use]
    pub fn shutdown_timeout(mut self, seconds: u64) -> Self {
        self.builder = self.builder.shutdown_timeout(seconds);
        self
    }

    /// Leaves SIGTERM and Ctrl-C to the application.
    #[must_use]
    pub fn disable_signals(mut self) -> Self {
        self.builder = self.builder.disable_signals();
        self
    }

    /// In which the head of a request must have come. Default 5 s.
    #[must_use]
    pub fn client_request_timeout(mut self, timeout: Duration) -> Self {
        self.client_request_timeout = timeout;
        self
    }

    /// Listens at the address.
    ///
    /// # Errors
    /// If the address cannot be had.
    pub fn bind<I, S, B>(self, address: impl ToSocketAddrs) -> io::Result<Self>
    where
        F: Fn() -> I + Clone + Send + 'static,
        I: IntoServiceFactory<S, Request>,
        S: ServiceFactory<
                Request,
                Config = AppConfig,
                Response = ServiceResponse<B>,
                Error = actix_web::Error,
            > + 'static,
        S::InitError: fmt::Debug,
        B: MessageBody + 'static,
    {
        let mut refused = io::Error::from(io::ErrorKind::AddrNotAvailable);
        for address in address.to_socket_addrs()? {
            match listen(address) {
                Ok(listener) => return self.listen(listener),
                Err(error) => refused = error,
            }
        }
        Err(refused)
    }

    /// Accepts what comes to a socket that listens already.
    ///
    /// # Errors
    /// If it does not listen.
    pub fn listen<I, S, B>(mut self, listener: TcpListener) -> io::Result<Self>
    where
        F: Fn() -> I + Clone + Send + 'static,
        I: IntoServiceFactory<S, Request>,
        S: ServiceFactory<
                Request,
                Config = AppConfig,
                Response = ServiceResponse<B>,
                Error = actix_web::Error,
            > + 'static,
        S::InitError: fmt::Debug,
        B: MessageBody + 'static,
    {
        let address = listener.local_addr()?;
        self.addresses.push(address);
        let (app, request_timeout) = (self.app.clone(), self.client_request_timeout);
        let stopping = self.builder.graceful_shutdown_signal();
        self.builder = self.builder.listen("actix-socketio", listener, move || {
            let stopping = stopping.clone();
            let app = app.clone();
            let own = move || configured(app().into_factory());
            HttpService::build()
                .client_request_timeout(request_timeout)
                .client_disconnect_timeout(DISCONNECT_TIMEOUT)
                // A client that abandons a poll is noticed by the end of its half.
                .h1_allow_half_closed(false)
                .local_addr(address)
                .tcp_nodelay(true)
                .graceful_shutdown_signal(move || {
                    let stopping = stopping.clone();
                    async move { stopping.notified().await }
                })
                .upgrade(takeover::factory::<TcpStream, _, _>(own.clone()))
                .h1(own())
                .tcp()
        })?;
        Ok(self)
    }

    /// Where it listens.
    pub fn addrs(&self) -> Vec<SocketAddr> {
        self.addresses.clone()
    }

    /// Begins to serve; the server goes on when it is not awaited.
    pub fn run(self) -> Server {
        self.builder.run()
    }
}

fn configured<S, B>(
    app: S,
) -> impl ServiceFactory<
    Request,
    Config = (),
    Response = ServiceResponse<B>,
    Error = actix_web::Error,
    InitError = impl fmt::Debug,
>
where
    S: ServiceFactory<
            Request,
            Config = AppConfig,
            Response = ServiceResponse<B>,
            Error = actix_web::Error,
        > + 'static,
    S::InitError: fmt::Debug,
{
    map_config(app, |()| AppConfig::default())
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(
        Domain::for_address(address),
        Type::STREAM,
        Some(Protocol::TCP),
    )?;
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}
