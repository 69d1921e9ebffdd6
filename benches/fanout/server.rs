//! A server under test: a process of its own, on a core of its own. Killed when dropped.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use tokio::time::Instant;

use crate::failure::Failure;
use crate::peer::Peer;
use crate::usage::{self, Processor};
use crate::wire::SECRET;

/// For a server to listen.
const START: Duration = Duration::from_secs(15);

/// Between two looks whether it does.
const PATIENCE: Duration = Duration::from_millis(20);

/// The core of the servers. The load has [`LOAD_CORE`].
const SERVER_CORE: &str = "0";

const LOAD_CORE: &str = "1";

/// A running server.
pub(crate) struct Server {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    child: Child,
}

impl Server {
    /// Starts it on a free port of loopback, and waits until it listens.
    ///
    /// # Errors
    /// If it ends at once, or does not listen in time.
    pub(crate) fn start(peer: Peer) -> Result<Self, Failure> {
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
        let address = free
            .and_then(|listener| listener.local_addr())
            .map_err(Failure::io("a free port"))?;
        let child = Command::new("taskset")
            .args(["--cpu-list", SERVER_CORE])
            .args(peer.command()?)
            .env("PORT", address.port().to_string())
            .env("SECRET", SECRET)
            .env("MOUNT", peer.mount())
            .env("NODE_ENV", "production")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .map_err(Failure::io("taskset"))?;
        let mut server = Self { address, child };
        server.listens()?;
        Ok(server)
    }

    fn listens(&mut self) -> Result<(), Failure> {
        let deadline = Instant::now() + START;
        while TcpStream::connect(self.address).is_err() {
            let ended = self.child.try_wait().map_err(Failure::io("the server"))?;
            if let Some(status) = ended {
                return Err(Failure::Ended(status));
            }
            if Instant::now() > deadline {
                return Err(Failure::Overdue {
                    what: "a server that listens",
                    limit: START,
                });
            }
            thread::sleep(PATIENCE);
        }
        Ok(())
    }

    /// Time on its core so far.
    ///
    /// # Errors
    /// If it ended.
    pub(crate) fn processor(&self) -> Result<Processor, Failure> {
        usage::processor(self.child.id())
    }

    /// # Errors
    /// If it ended.
    pub(crate) fn anonymous_memory(&self) -> Result<u64, Failure> {
        usage::anonymous_memory(self.child.id())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail only where it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Gives this process the core beside the servers'.
///
/// # Errors
/// If there are not two.
pub(crate) fn stand_aside() -> Result<(), Failure> {
    let process = std::process::id().to_string();
    let status = Command::new("taskset")
        .args(["--pid", "--cpu-list", LOAD_CORE, &process])
        .stdout(Stdio::null())
        .status()
        .map_err(Failure::io("taskset"))?;
    if status.success() {
        Ok(())
    } else {
        Err(Failure::Ended(status))
    }
}
