//! The servers of the probe: `/socket.io/`, `/noupgrade/` and `/pollingonly/`, each with the root namespace and
//! `/dyn-<digits>`, whose sockets are told the name of theirs by `hello`.
//!
//! 300/200 ms, 1 s to connect, cookie `io`, pages of `http://ok.test` with credentials. The header `x-deny: R` is refused with R. In the CONNECT auth `{deny,denyData?}` is refused so, and
//! `{token}` with `revoked` once it has been revoked. What clients may ask for is in [`commands`].

mod commands;
mod data;
mod greeter;
mod root;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use actix_socketio::{Cors, Handler as _, SocketIo, Transports};
use actix_web::HttpRequest;

use self::greeter::Greeter;
use self::root::{Refuser, Root};

/// To be mounted in one `App`. Lost sockets are waited for so long.
pub(crate) fn servers(window: Duration) -> [SocketIo; 3] {
    let server = |path, upgrades, transports| server(path, upgrades, transports, window);
    [
        server("/socket.io/", true, Transports::ALL),
        server("/noupgrade/", false, Transports::ALL),
        server("/pollingonly/", true, Transports::POLLING),
    ]
}

fn server(path: &str, upgrades: bool, transports: Transports, window: Duration) -> SocketIo {
    let emitter = Arc::new(OnceLock::new());
    let root = Root::new(Arc::clone(&emitter), window);
    let socketio = SocketIo::builder()
        .path(path)
        .allow_upgrades(upgrades)
        .transports(transports)
        .ping_interval(Duration::from_millis(300))
        .ping_timeout(Duration::from_millis(200))
        .connect_timeout(Duration::from_secs(1))
        .cookie("io")
        .cors(Cors::origins(["http://ok.test"]).credentials())
        .allow_request(denied)
        .dynamic_namespace(is_dynamic, Greeter::new(window))
        .handler(root.guarded(Refuser))
        .build();
    emitter.get_or_init(|| socketio.emitter());
    socketio
}

fn denied(request: &HttpRequest) -> Result<(), String> {
    match request.headers().get("x-deny").map(|why| why.to_str()) {
        None => Ok(()),
        Some(why) => Err(why.unwrap_or("denied").to_owned()),
    }
}

fn is_dynamic(namespace: &str) -> bool {
    namespace.strip_prefix("/dyn-").is_some_and(|digits| {
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}
