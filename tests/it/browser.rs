//! The page in Debian's Chromium, driven by the scripts of `dashboard/browser`.

use std::path::PathBuf;
use std::process::{Command, Output};

use actix_web::web::block;

use crate::support::TestApp;

#[actix_web::test]
async fn an_alarm_is_seen_and_taken_on_in_real_browsers_and_by_a_rival_not_at_all() {
    let app = TestApp::start().await;
    let script =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("dashboard/browser/acknowledge.mjs");
    let mut node = Command::new("node");
    node.arg(script).arg(app.http.url("/"));
    let output = block(move || node.output()).await;
    let Output {
        status,
        stdout,
        stderr,
    } = output.unwrap().unwrap();
    let told = String::from_utf8_lossy(&stdout);
    let log = String::from_utf8_lossy(&stderr);
    assert!(status.success(), "{told}\n{log}");
    assert_eq!(told.lines().last(), Some("page complete"), "{told}\n{log}");
    app.stop().await;
}
