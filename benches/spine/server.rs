//! The server: a process of its own with the demo's organizations and a new database. Above: what measures.
//!
//! Its warnings and errors appear among the figures. It is killed when dropped, and its data goes with it.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use actix_web::rt::time::sleep;
use tempfile::TempDir;

use crate::failure::Failure;
use crate::http::Connection;
use crate::in_time;

/// Between two looks whether it is ready.
const PATIENCE: Duration = Duration::from_millis(20);

/// `freshtrack serve --demo --no-sensors`.
pub(crate) struct Server {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    child: Child,
    _data: TempDir,
}

/// A new folder beside the build, because a commit costs what the disk costs and `/tmp` may be no disk.
///
/// # Errors
/// If there is no place for it.
pub(crate) fn data_folder() -> Result<TempDir, Failure> {
    tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).map_err(Failure::io("a folder for the data"))
}

impl Server {
    /// Starts it on a free port of loopback with an empty folder, and waits until it is ready.
    ///
    /// # Errors
    /// If it ends at once, or is not ready in time.
    pub(crate) async fn start() -> Result<Self, Failure> {
        let data = data_folder()?;
        let address = free_address().map_err(Failure::io("a free port"))?;
        let child = spawn(address, data.path()).map_err(Failure::io("the server"))?;
        let mut server = Self {
            address,
            child,
            _data: data,
        };
        in_time("a ready server", server.ready()).await?;
        Ok(server)
    }

    /// Anonymous memory in RAM, bytes (`RssAnon` of `/proc/<pid>/status`): no file, and nothing shared.
    ///
    /// # Errors
    /// If it ended, or where there is no such file.
    pub(crate) fn anonymous_memory(&self) -> Result<u64, Failure> {
        let what = "the server's memory in /proc";
        let path = format!("/proc/{}/status", self.child.id());
        let status = fs::read_to_string(path).map_err(Failure::io(what))?;
        let kilobytes: Option<u64> = status
            .lines()
            .find_map(|line| line.strip_prefix("RssAnon:"))
            .and_then(|value| value.trim().strip_suffix(" kB")?.parse().ok());
        kilobytes
            .map(|kilobytes| kilobytes * 1024)
            .ok_or_else(|| Failure::protocol(what, &status))
    }

    async fn ready(&mut self) -> Result<(), Failure> {
        loop {
            if let Some(status) = self.child.try_wait().map_err(Failure::io("the server"))? {
                return Err(Failure::Ended(status));
            }
            // It refuses connections until it listens.
            if let Ok(mut connection) = Connection::open(self.address).await
                && connection.get("/health/ready").await.is_ok()
            {
                return Ok(());
            }
            sleep(PATIENCE).await;
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail only where it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What may wait for one client, 16 MiB.
const QUEUE_BYTES: &str = "16777216";

fn spawn(address: SocketAddr, data: &Path) -> std::io::Result<Child> {
    Command::new(env!("CARGO_BIN_EXE_freshtrack"))
        .args(["serve", "--demo", "--no-sensors"])
        .env("FRESHTRACK__SERVER__BIND", address.to_string())
        .env("FRESHTRACK__STORAGE__DATA_DIR", data)
        .env("FRESHTRACK__LOG__LEVEL", "warn")
        // Eleven units that report thousands of times a second make a client's second larger than it ever is.
        .env("FRESHTRACK__SOCKET__QUEUE_BYTES", QUEUE_BYTES)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
}

/// Free a moment ago, which on loopback is as good as free.
fn free_address() -> std::io::Result<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()
}
