//! The servers that are compared, and how each is started.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::Failure;

/// A server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Peer {
    /// One ready frame per socket and message, and nothing else: see [`crate::floor`].
    Floor,
    /// `examples/fanout.rs`, whose WebSockets take their sockets over.
    Ours,
    /// The same in an `App` of actix-web's own server.
    OursInApp,
    /// socketioxide on axum and hyper.
    Socketioxide,
    /// socket.io on Node with `ws`.
    Node,
    /// fastify-socket.io with Fastify's tokens.
    Fastify,
}

impl Peer {
    /// In the order of the table.
    pub(crate) const ALL: [Self; 6] = [
        Self::Floor,
        Self::Ours,
        Self::OursInApp,
        Self::Socketioxide,
        Self::Node,
        Self::Fastify,
    ];

    /// As the table and the command line call it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Floor => "floor",
            Self::Ours => "freshtrack",
            Self::OursInApp => "freshtrack in App",
            Self::Socketioxide => "socketioxide",
            Self::Node => "socket.io",
            Self::Fastify => "fastify-socket.io",
        }
    }

    /// # Errors
    /// If there is none of that name.
    pub(crate) fn named(name: &str) -> Result<Self, Failure> {
        let found = Self::ALL.into_iter().find(|peer| peer.name() == name);
        found.ok_or_else(|| Failure::Unknown(name.to_owned()))
    }

    /// What starts it, its port and secret still to come by the environment.
    ///
    /// # Errors
    /// If it is not built.
    pub(crate) fn command(self) -> Result<Vec<PathBuf>, Failure> {
        let built = release_folder();
        let node = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers/node");
        let (program, argument) = match self {
            Self::Floor => {
                let own = env::current_exe().map_err(Failure::io("the path of this program"))?;
                (own, Some(PathBuf::from(crate::FLOOR)))
            }
            Self::Ours | Self::OursInApp => (built.join("examples/fanout"), None),
            Self::Socketioxide => (built.join("fanout-socketioxide"), None),
            Self::Node => ("node".into(), Some(node.join("socketio.js"))),
            Self::Fastify => ("node".into(), Some(node.join("fastify.js"))),
        };
        if program.is_absolute() && !program.exists() {
            return Err(Failure::Missing(program));
        }
        if argument.is_some() && program == Path::new("node") && !node.join("node_modules").exists()
        {
            return Err(Failure::Missing(node.join("node_modules")));
        }
        Ok([Some(program), argument].into_iter().flatten().collect())
    }

    /// The `MOUNT` of our examples, which means nothing to others.
    pub(crate) const fn mount(self) -> &'static str {
        match self {
            Self::OursInApp => "app",
            Self::Floor | Self::Ours | Self::Socketioxide | Self::Node | Self::Fastify => "",
        }
    }

    /// What was compared: the version that is installed, by the same commands that start it.
    pub(crate) fn version(self) -> String {
        match self {
            Self::Floor | Self::OursInApp => String::new(),
            Self::Ours => env!("CARGO_PKG_VERSION").to_owned(),
            Self::Socketioxide => locked("benches/peers/socketioxide/Cargo.lock", "socketioxide"),
            Self::Node => format!("{} on Node {}", installed("socket.io"), node_version()),
            Self::Fastify => installed("fastify-socket.io"),
        }
    }
}

/// Where `cargo build --release` puts what it makes.
fn release_folder() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("release")
}

/// Of a package in a lock file of cargo.
fn locked(file: &str, package: &str) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let mut lines = text.lines();
    let named = format!("name = \"{package}\"");
    lines.find(|line| *line == named);
    let version = lines.next().and_then(|line| line.split('"').nth(1));
    version.unwrap_or("unknown").to_owned()
}

/// Of a package in `node_modules`.
fn installed(package: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers/node/node_modules");
    let text = std::fs::read(folder.join(package).join("package.json")).unwrap_or_default();
    let manifest: Option<serde_json::Value> = serde_json::from_slice(&text).ok();
    let version = manifest
        .as_ref()
        .and_then(|found| found.get("version")?.as_str());
    version.unwrap_or("unknown").to_owned()
}

fn node_version() -> String {
    let output = Command::new("node").arg("--version").output();
    output.map_or_else(
        |_| "unknown".to_owned(),
        |said| String::from_utf8_lossy(&said.stdout).trim().to_owned(),
    )
}
