//! The corpus of the fuzz targets, replayed: what was once interesting, or once went wrong.
#![allow(
    missing_docs,
    unreachable_pub,
    reason = "a test binary has no readers of its interface"
)]
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking, in what it includes too"
)]

#[path = "../fuzz/src/lib.rs"]
mod targets;

use std::fs;
use std::path::Path;

fn replay(name: &str, target: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz/corpus")
        .join(name);
    let mut count = 0;
    for file in fs::read_dir(folder).expect("the corpus is there") {
        let data = fs::read(file.expect("a file").path()).expect("it can be read");
        target(&data);
        count += 1;
    }
    assert!(count > 5, "the corpus of {name} is there");
}

#[test]
fn packets_keep_their_promises() {
    replay("packet", targets::packet);
}

#[test]
fn payloads_keep_their_promises() {
    replay("payload", targets::payload);
}

#[test]
fn msgpack_keeps_its_promises() {
    replay("msgpack", targets::msgpack);
}

#[test]
fn sessions_keep_their_promises() {
    replay("session", targets::session);
}
