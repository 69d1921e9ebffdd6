//! The order of the rooms: `src/lib.rs` lists them top down, and a room imports only rooms below it.
//!
//! `lexer` makes tokens of a source, `paths` finds what they name, `rules` judges it.

mod lexer;
mod paths;
mod rules;

use std::fs;
use std::path::{Path, PathBuf};

use rules::{House, Violation};

/// Every violation in the source files below `folder`.
fn violations(folder: &Path) -> Vec<Violation> {
    let house = House::from_lib(&read(&folder.join("lib.rs")));
    let mut found = Vec::new();
    for file in sources(folder) {
        let inside = file.strip_prefix(folder).unwrap();
        found.extend(house.judge(inside, &read(&file)));
    }
    found
}

fn read(file: &Path) -> String {
    fs::read_to_string(file).unwrap_or_else(|e| panic!("{}: {e}", file.display()))
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

#[test]
fn a_room_imports_only_rooms_below_it() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let found = violations(&source);
    let told: Vec<_> = found.iter().map(ToString::to_string).collect();
    assert!(told.is_empty(), "\n{}", told.join("\n"));
}

#[test]
fn the_scan_sees_the_imports_that_this_house_has() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let upside_down: String = read(&source.join("lib.rs"))
        .lines()
        .rev()
        .map(|line| format!("{line}\n"))
        .collect();
    let house = House::from_lib(&upside_down);
    let file = Path::new("telemetry/mod.rs");
    let seen = house.judge(file, &read(&source.join(file)));
    assert!(!seen.is_empty(), "telemetry imports clock and config");
}
