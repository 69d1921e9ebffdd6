//! A server that does what a client asks of it, to check clients and servers against: `PORT=3100 cargo run --example
//! probe`. What it understands stands in `support/probe`.

use actix_web::{App, HttpServer};

#[path = "support/port.rs"]
mod port;
#[path = "support/probe/mod.rs"]
mod probe;

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let port = port::from_environment()?;
    let servers = probe::servers();
    let server = HttpServer::new(move || {
        servers
            .iter()
            .fold(App::new(), |app, server| app.service(server.service()))
    })
    .h1_allow_half_closed(false)
    .shutdown_timeout(1)
    .workers(2)
    .bind(("127.0.0.1", port))?
    .run();
    println!("listening");
    server.await
}
