//! The real `socket.io-client` from npm as the judge: `flow.mjs` is what a user's page would do, run once for each
//! choice of transports; `expiry.mjs` is a page that stays until its token ends.

use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::time::Duration;

use actix_web::web::block;
use serde_json::{Value, json};

use crate::support::{DEMO, TestApp};

fn node(script: &str) -> Command {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it/clients");
    let mut node = Command::new("node");
    node.arg(folder.join(script));
    node
}

/// Runs `flow.mjs` against a server of its own; the script checks each step and ends with `flow complete`.
async fn flow(transports: &str) {
    let app = TestApp::start().await;
    let mut node = node("flow.mjs");
    node.args([app.http.url("").as_str(), transports]);
    let output = block(move || node.output()).await;
    let Output {
        status,
        stdout,
        stderr,
    } = output.unwrap().unwrap();
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

#[actix_web::test]
async fn the_real_client_is_sent_away_when_its_token_ends_and_stays_away() {
    let app = TestApp::start().await;
    let token = app.token(&DEMO).await;
    let mut pages = Vec::new();
    for transport in ["polling", "websocket"] {
        let mut node = node("expiry.mjs");
        node.args([app.http.url("").as_str(), token.as_str(), transport]);
        pages.push((transport, Page::open(node).await));
    }
    app.advance(Duration::from_secs(900));
    for (transport, page) in pages {
        let expected = json!({
            "expired": { "reason": "expired" },
            "reason": "io server disconnect",
            "active": false,
        });
        assert_eq!(page.end().await, expected, "{transport}");
    }
    app.stop().await;
}

#[actix_web::test]
async fn the_real_client_is_sent_away_when_its_login_ends_and_stays_away() {
    let app = TestApp::start().await;
    let login = app.http.sign_in(DEMO.email, DEMO.password).await;
    let mut pages = Vec::new();
    for transport in ["polling", "websocket"] {
        let mut node = node("expiry.mjs");
        node.args([app.http.url("").as_str(), login.access.as_str(), transport]);
        pages.push((transport, Page::open(node).await));
    }
    app.http.present("logout", &login.refresh).await.expect(204);
    for (transport, page) in pages {
        let expected = json!({
            "expired": { "reason": "revoked" },
            "reason": "io server disconnect",
            "active": false,
        });
        assert_eq!(page.end().await, expected, "{transport}");
    }
    app.stop().await;
}

/// A script that runs until something happens to it; killed when dropped.
struct Page {
    child: Child,
    output: BufReader<ChildStdout>,
}

impl Page {
    /// Starts it and waits until it says `connected`.
    async fn open(mut node: Command) -> Self {
        let opened = block(move || {
            let mut child = node.stdout(Stdio::piped()).spawn().unwrap();
            let mut output = BufReader::new(child.stdout.take().unwrap());
            let mut first = String::new();
            output.read_line(&mut first).unwrap();
            (Self { child, output }, first)
        });
        let (page, first) = opened.await.unwrap();
        assert_eq!(first, "connected\n");
        page
    }

    /// What it says when it ends.
    async fn end(mut self) -> Value {
        let rest = block(move || {
            let mut rest = String::new();
            self.output.read_to_string(&mut rest).unwrap();
            rest
        });
        serde_json::from_str(&rest.await.unwrap()).unwrap()
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        // Both fail only where it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
