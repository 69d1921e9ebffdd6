//! A server that does what a client asks of it, to check clients and servers against: `PORT=3100 cargo run --example
//! probe`. What it understands stands in `support/probe`.

use actix_web::web::ServiceConfig;

#[path = "support/port.rs"]
mod port;
#[path = "support/probe/mod.rs"]
mod probe;
#[path = "support/serve.rs"]
mod serve;

use serve::serve;

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let port = port::from_environment()?;
    let servers = probe::servers();
    let routes = move |routes: &mut ServiceConfig| {
        for server in &servers {
            routes.service(server.service());
        }
    };
    serve(port, routes)?.await
}
