//! A server that does what a client asks of it, to check clients and servers against: `PORT=3100 cargo run --example
//! probe`. What it understands stands in `support/probe`.

use std::time::Duration;

use actix_web::web::ServiceConfig;

#[path = "support/port.rs"]
mod port;
#[path = "support/probe/mod.rs"]
mod probe;
#[path = "support/serve.rs"]
mod serve;

use serve::serve;

/// How long a client that lost its transport is waited for.
const WINDOW: Duration = Duration::from_secs(2);

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let port = port::from_environment()?;
    let servers = probe::servers(WINDOW);
    let routes = move |routes: &mut ServiceConfig| {
        for server in &servers {
            routes.service(server.service());
        }
    };
    serve(port, routes)?.await
}
