//! The HTTP server of an example. `MOUNT=app`: actix-web's own, for who has one already; else WebSockets take their
//! sockets over, which costs less.

use std::ffi::OsStr;
use std::io;

use actix_socketio::Listener;
use actix_web::dev::Server;
use actix_web::web::ServiceConfig;
use actix_web::{App, HttpServer};

/// At the port of loopback, until SIGTERM or Ctrl-C.
pub(crate) fn serve(
    port: u16,
    routes: impl Fn(&mut ServiceConfig) + Clone + Send + 'static,
) -> io::Result<Server> {
    let app = move || App::new().configure(routes.clone());
    let address = ("127.0.0.1", port);
    let server = if std::env::var_os("MOUNT").as_deref() == Some(OsStr::new("app")) {
        HttpServer::new(app)
            .h1_allow_half_closed(false)
            .shutdown_timeout(1)
            .bind(address)?
            .run()
    } else {
        Listener::new(app).shutdown_timeout(1).bind(address)?.run()
    };
    println!("listening");
    Ok(server)
}
