//! Real clients as judges: the JavaScript client of several years, a browser, and Python's. Installed by `npm ci` and
//! `pip install --target python -r requirements.txt` in `tests/clients`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use actix_socketio::{ClientBundles, Cors, SocketIo};
use actix_web::HttpResponse;
use actix_web::web::{self, block};
use serde_json::json;

use crate::probe;
use crate::support::{Greeter, Seen, TestServer, serve, serve_all};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/clients")
}

/// Runs a script against a server of its own. Its heartbeat is short for the client of Python, which leaves without a
/// word if it is told to while it posts: it looks whether it is connected before it looks what it has to send.
async fn flow(program: &str, script: &str, args: &[&str]) {
    let server = TestServer::with(|builder| {
        builder
            .namespace("/custom", Greeter)
            .ping_interval(Duration::from_millis(500))
            .ping_timeout(Duration::from_secs(3))
    });
    run(program, script, server.address, args).await;
    server.empty().await;
}

/// Runs a script against a server; it checks each step and ends with `flow complete`.
async fn run(program: &str, script: &str, address: SocketAddr, args: &[&str]) {
    let mut command = Command::new(program);
    command
        .arg(folder().join(script))
        .arg(format!("http://{address}"))
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
}

/// Runs a script against the example `probe`, which waits so long for lost clients.
async fn probed(script: &str, window: Duration, args: &[&str]) {
    let servers = probe::servers(window);
    let services = servers.clone();
    let (address, _handle) = serve_all(move || services.iter().map(SocketIo::service).collect());
    run("node", script, address, args).await;
}

#[actix_web::test]
async fn the_probe_by_polling() {
    probed("probe.mjs", Duration::from_secs(2), &["polling"]).await;
}

#[actix_web::test]
async fn the_probe_by_websocket() {
    probed("probe.mjs", Duration::from_secs(2), &["websocket"]).await;
}

/// Longer than the client takes on the busiest machine.
const LONG: Duration = Duration::from_secs(30);

#[actix_web::test]
async fn cuts_by_polling() {
    probed("cuts.mjs", LONG, &["polling", "100"]).await;
}

#[actix_web::test]
async fn cuts_by_websocket() {
    probed("cuts.mjs", LONG, &["websocket", "100"]).await;
}

#[actix_web::test]
async fn cuts_as_it_comes() {
    probed("cuts.mjs", LONG, &["default", "100"]).await;
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

/// A browser that ends with its test.
struct Browser(Child);

impl Drop for Browser {
    fn drop(&mut self) {
        let _ended = self.0.kill();
        let _status = self.0.wait();
    }
}

#[actix_web::test]
async fn a_page_of_another_origin_loads_the_bundle_and_upgrades() {
    let bundle = folder().join("node_modules/client-4.8/dist/socket.io.min.js");
    let bundle = std::fs::read(bundle).expect("the client is installed");
    let mut server = TestServer::with(|builder| {
        let bundles = ClientBundles::new("4.8.4").file("socket.io.min.js", bundle);
        builder.cors(Cors::any()).client_bundles(bundles)
    });
    let base = format!("http://{}", server.address);
    let page = std::fs::read_to_string(folder().join("page.html")).expect("the page");
    let page = page.replace("BASE", &base);
    let (page_address, _pages) = serve(move || {
        let page = page.clone();
        web::resource("/").to(move || {
            let answer = HttpResponse::Ok()
                .content_type("text/html")
                .body(page.clone());
            async { answer }
        })
    });
    let profile = std::env::temp_dir().join(format!("page-{}", server.address.port()));
    let chromium = Command::new("chromium")
        .args(["--headless", "--no-sandbox", "--disable-gpu"])
        .args(["--disable-dev-shm-usage", "--no-first-run"])
        .arg(format!("--user-data-dir={}", profile.display()))
        .arg(format!("http://{page_address}/"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("chromium is installed");
    let browser = Browser(chromium);
    let done = Seen::Event("done".to_owned(), vec![json!("websocket")]);
    while server.seen_slowly().await != done {}
    drop(browser);
    // What the browser's helpers still write there is no matter of the test.
    let _left = std::fs::remove_dir_all(profile);
    server.empty().await;
}
