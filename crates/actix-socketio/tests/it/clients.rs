//! Real clients as judges: the JavaScript client of several years, and Python's. Installed by `npm ci` and
//! `pip install --target python -r requirements.txt` in `tests/clients`.

use std::path::PathBuf;
use std::process::Command;

use actix_web::web::block;

use crate::support::{Greeter, TestServer};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/clients")
}

/// Runs a script against a server of its own; it checks each step and ends with `flow complete`.
async fn flow(program: &str, script: &str, args: &[&str]) {
    let server = TestServer::with(|builder| builder.namespace("/custom", Greeter));
    let mut command = Command::new(program);
    command
        .arg(folder().join(script))
        .arg(format!("http://{}", server.address))
        .args(args)
        .env("PYTHONPATH", folder().join("python"));
    let output = block(move || command.output())
        .await
        .expect("a thread")
        .expect("the program runs");
    let told = String::from_utf8_lossy(&output.stdout);
    let log = String::from_utf8_lossy(&output.stderr);
    assert_eq!(told.lines().last(), Some("flow complete"), "{told}\n{log}");
    assert!(output.status.success(), "{log}");
    server.empty().await;
}

/// Each with both parsers.
async fn javascript(version: &str, transports: &str) {
    for parser in ["json", "msgpack"] {
        flow("node", "flow.mjs", &[version, transports, parser]).await;
    }
}

#[actix_web::test]
async fn client_4_8_by_polling() {
    javascript("4.8", "polling").await;
}

#[actix_web::test]
async fn client_4_8_by_websocket() {
    javascript("4.8", "websocket").await;
}

#[actix_web::test]
async fn client_4_8_as_it_comes() {
    javascript("4.8", "default").await;
}

#[actix_web::test]
async fn client_4_5_over_each_transport() {
    for transports in ["polling", "websocket", "default"] {
        javascript("4.5", transports).await;
    }
}

#[actix_web::test]
async fn client_4_0_over_each_transport() {
    for transports in ["polling", "websocket", "default"] {
        javascript("4.0", transports).await;
    }
}

#[actix_web::test]
async fn python_client_over_each_transport() {
    for transports in ["polling", "websocket", "default"] {
        flow("python3", "flow.py", &[transports]).await;
    }
}
