//! What a room may name: itself, rooms below it, and the crates whose wall it is.

use std::fmt;
use std::path::Path;

use super::lexer::{Token, tokens};
use super::paths::{Named, paths};

/// Paths that only some rooms may name: a crate, or a module of the standard library.
const WALLS: &[(&[&str], &[&str])] = &[
    (&["diesel"], &["storage"]),
    (&["diesel_async"], &["storage"]),
    (&["diesel_migrations"], &["storage"]),
    (&["libsqlite3_sys"], &["storage"]),
    (&["redis"], &["bus"]),
    (&["deadpool_redis"], &["bus"]),
    (&["jsonwebtoken"], &["auth"]),
    (&["actix_web"], &["http", "app"]),
    (&["actix_http"], &["http", "app"]),
    (&["std", "env"], &["config"]),
];

/// The rooms, top down.
#[derive(Debug)]
pub(super) struct House {
    rooms: Vec<String>,
}

/// A path that stands where it must not.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Violation {
    file: String,
    line: usize,
    why: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "src/{}:{}: {}", self.file, self.line, self.why)
    }
}

impl House {
    /// The order in which `lib.rs` declares its modules.
    pub(super) fn from_lib(lib: &str) -> Self {
        let tokens = tokens(lib);
        let declared = |window: &[super::lexer::Placed<'_>]| match window {
            [a, b, c] => match (a.token, b.token, c.token) {
                (Token::Word("mod"), Token::Word(name), Token::Sign(';')) => Some(name.to_owned()),
                _ => None,
            },
            _ => None,
        };
        let rooms: Vec<_> = tokens.windows(3).filter_map(declared).collect();
        assert!(!rooms.is_empty(), "lib.rs declares no rooms");
        Self { rooms }
    }

    /// What the file (its path inside `src`) names and must not.
    pub(super) fn judge(&self, file: &Path, text: &str) -> Vec<Violation> {
        let module = module_of(file);
        let room = module.first().copied().unwrap_or("lib");
        let shown = file.display().to_string();
        let violation = |line, why| Violation {
            file: shown.clone(),
            line,
            why,
        };
        if !matches!(room, "lib" | "main") && self.depth(room).is_none() {
            return vec![violation(1, format!("{room} is no room of lib.rs"))];
        }
        let inner: &[&str] = if room == "main" { &[] } else { &module };
        paths(&tokens(text), inner)
            .iter()
            .filter_map(|named| Some(violation(named.line, self.fault(room, named)?)))
            .collect()
    }

    fn fault(&self, room: &str, named: &Named) -> Option<String> {
        let path = named.segments.join("::");
        let segments: Vec<&str> = named.segments.iter().map(String::as_str).collect();
        match segments.as_slice() {
            ["crate" | "freshtrack", target, ..] => self.order_fault(room, target, &path),
            _ => wall_fault(room, &segments, &path),
        }
    }

    fn order_fault(&self, room: &str, target: &str, path: &str) -> Option<String> {
        // lib and main stand above every room.
        let own = self.depth(room).map_or(0, |depth| depth + 1);
        match self.depth(target).map(|depth| depth + 1) {
            None => Some(format!("{path} is in no room of lib.rs")),
            Some(depth) if depth < own => Some(format!("{room} names {path}, of a room above it")),
            Some(_) => None,
        }
    }

    fn depth(&self, room: &str) -> Option<usize> {
        self.rooms.iter().position(|known| known == room)
    }
}

fn wall_fault(room: &str, segments: &[&str], path: &str) -> Option<String> {
    let (_, owners) = WALLS.iter().find(|(wall, _)| segments.starts_with(wall))?;
    (!owners.contains(&room)).then(|| {
        format!(
            "{room} names {path}, which is for {} only",
            owners.join(", ")
        )
    })
}

/// `http/problem.rs` is `["http", "problem"]`, `http/mod.rs` is `["http"]`, `lib.rs` is the root.
fn module_of(file: &Path) -> Vec<&str> {
    let mut module: Vec<&str> = file
        .iter()
        .filter_map(|part| part.to_str())
        .map(|part| part.strip_suffix(".rs").unwrap_or(part))
        .collect();
    if matches!(module.last(), Some(&"mod" | &"lib")) {
        module.pop();
    }
    module
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIB: &str = "pub mod app;\n/// The way in.\npub mod http;\nmod storage;\npub mod config;\npub mod domain;";

    fn judged(file: &str, text: &str) -> Vec<String> {
        House::from_lib(LIB)
            .judge(Path::new(file), text)
            .into_iter()
            .map(|violation| format!("{}: {}", violation.line, violation.why))
            .collect()
    }

    #[test]
    fn the_order_is_that_of_lib_rs() {
        let rooms = House::from_lib(LIB).rooms;
        assert_eq!(rooms, ["app", "http", "storage", "config", "domain"]);
    }

    #[test]
    fn what_stays_inside_or_goes_down_is_allowed() {
        for (file, text) in [
            ("http/mod.rs", "use crate::domain::Timestamp;"),
            ("http/problem.rs", "use super::routes; use crate::http::x;"),
            ("http/problem.rs", "use super::super::domain::Code;"),
            ("domain/time.rs", "mod tests { use super::*; }"),
            (
                "domain/time.rs",
                "// crate::http::x\nconst S: &str = \"crate::http::x\";",
            ),
            ("main.rs", "freshtrack::app::run()"),
            ("lib.rs", "pub use crate::domain::Code;"),
            (
                "storage/mod.rs",
                "use diesel::prelude::*; use diesel_async::X;",
            ),
            ("app.rs", "use actix_web::App;"),
            ("config/source.rs", "std::env::vars_os()"),
            (
                "http/mod.rs",
                "let diesel = redis; env!(\"X\"); self.std.env()",
            ),
        ] {
            assert_eq!(judged(file, text), Vec::<String>::new(), "{file}: {text}");
        }
    }

    #[test]
    fn what_goes_up_is_noticed_however_it_is_written() {
        for (file, text, why) in [
            (
                "domain/time.rs",
                "\nuse crate::http::X;",
                "2: domain names crate::http::X, of a room above it",
            ),
            (
                "domain/time.rs",
                "use crate::{domain::Y, http::X};",
                "1: domain names crate::http::X, of a room above it",
            ),
            (
                "domain/time.rs",
                "fn f() { crate::config::load() }",
                "1: domain names crate::config::load, of a room above it",
            ),
            (
                "domain/time.rs",
                "use super::super::http;",
                "1: domain names crate::http, of a room above it",
            ),
            (
                "domain/mod.rs",
                "use super::http::X;",
                "1: domain names crate::http::X, of a room above it",
            ),
            (
                "domain/time.rs",
                "mod t { use super::super::super::http::X; }",
                "1: domain names crate::http::X, of a room above it",
            ),
            (
                "config.rs",
                "impl From<crate::storage::Error> for X {}",
                "1: config names crate::storage::Error, of a room above it",
            ),
            (
                "domain/time.rs",
                "use crate::*;",
                "1: crate::* is in no room of lib.rs",
            ),
            (
                "domain/time.rs",
                "use crate::extra::X;",
                "1: crate::extra::X is in no room of lib.rs",
            ),
            ("extra/mod.rs", "", "1: extra is no room of lib.rs"),
        ] {
            assert_eq!(judged(file, text), [why], "{file}: {text}");
        }
    }

    #[test]
    fn a_crate_behind_a_wall_is_noticed() {
        for (file, text, why) in [
            (
                "http/mod.rs",
                "use diesel::prelude::*;",
                "1: http names diesel::prelude::*, which is for storage only",
            ),
            (
                "http/mod.rs",
                "use diesel;",
                "1: http names diesel, which is for storage only",
            ),
            (
                "storage/mod.rs",
                "use {actix_web::App};",
                "1: storage names actix_web::App, which is for http, app only",
            ),
            (
                "app.rs",
                "std::env::args()",
                "1: app names std::env::args, which is for config only",
            ),
            (
                "app.rs",
                "use std::{fs, env};",
                "1: app names std::env, which is for config only",
            ),
            (
                "main.rs",
                "jsonwebtoken::encode()",
                "1: main names jsonwebtoken::encode, which is for auth only",
            ),
        ] {
            assert_eq!(judged(file, text), [why], "{file}: {text}");
        }
    }
}
