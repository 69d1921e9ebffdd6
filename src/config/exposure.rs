//! What is convenient on this machine alone must not be reachable from others.

use super::auth::{Auth, JwtSecret};
use super::check::Checker;
use super::mistake::{Layer, Mistake};
use super::running::ClockSource;
use super::server::Server;
use super::source::Demo;

/// Refuses, on an address that others can reach: a missing or weak secret, a clock that a file moves, well-known passwords.
pub(super) fn check(
    checker: &mut Checker<'_>,
    server: &Server,
    auth: Option<&Auth>,
    clock: Option<&ClockSource>,
    demo: Demo,
) {
    if server.is_loopback() {
        return;
    }
    let reachable = format!("server.bind = \"{}\" can be reached by others", server.bind);
    let is_safe = |auth: &Auth| match &auth.jwt_secret {
        JwtSecret::Given(secret) => secret.is_strong(),
        JwtSecret::Kept(_) => false,
    };
    if auth.is_some_and(|auth| !is_safe(auth)) {
        checker.refuse(
            "auth.jwt_secret",
            format!(
                "must be at least 32 bytes and not repetitive (openssl rand -hex 32), because {reachable}"
            ),
        );
    }
    if clock.is_some_and(|clock| clock.offset_file.is_some()) {
        checker.refuse(
            "clock.offset_file",
            format!("must be empty, because {reachable}"),
        );
    }
    if demo != Demo::Off {
        checker.note(Mistake {
            key: "--demo".to_owned(),
            value: "true".to_owned(),
            layer: Layer::CommandLine,
            allowed: format!("its passwords are public, and {reachable}"),
        });
    }
}
