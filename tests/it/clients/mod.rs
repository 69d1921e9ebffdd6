//! The real `socket.io-client` from npm as the judge: `flow.mjs` is what a user's page would do, run once for each choice of transports.

use std::path::Path;
use std::process::{Command, Output};

use crate::support::TestApp;

/// Runs `flow.mjs` against a server of its own; the script checks each step and ends with `flow complete`.
async fn flow(transports: &str) {
    let app = TestApp::start().await;
    let url = app.http.url("");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/clients/flow.mjs");
    let transports = transports.to_owned();
    let output = actix_web::web::block(move || {
        Command::new("node")
            .arg(script)
            .args([url, transports])
            .output()
    });
    let Output {
        status,
        stdout,
        stderr,
    } = output.await.unwrap().unwrap();
    let told = String::from_utf8_lossy(&stdout);
    let log = String::from_utf8_lossy(&stderr);
    assert!(status.success(), "{told}\n{log}");
    assert_eq!(told.lines().last(), Some("flow complete"), "{told}\n{log}");
    app.stop().await;
}

#[actix_web::test]
async fn the_real_client_by_polling_only() {
    flow("polling").await;
}

#[actix_web::test]
async fn the_real_client_by_websocket_only() {
    flow("websocket").await;
}

#[actix_web::test]
async fn the_real_client_as_it_comes() {
    flow("default").await;
}
