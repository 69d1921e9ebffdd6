//! A proxy that cuts: between clients and the server, it drops every connection when told to, and carries what the
//! server says slowly, or not at all, when told to.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::rt::{spawn, task::JoinHandle, time::sleep};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// Read at once.
const BUFFER: usize = 16 * 1024;

/// What passes in a slow period: this much, and then nothing for [`PAUSE`].
const TRICKLE: usize = 512;
const PAUSE: Duration = Duration::from_millis(5);

/// How what the server says is carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pace {
    Free,
    Slow,
    Stalled,
}

/// See the module; gone when dropped.
pub(super) struct Proxy {
    pub(super) addr: SocketAddr,
    /// Which generation of connections lives.
    cuts: watch::Sender<usize>,
    pace: watch::Sender<Pace>,
    severed: Arc<AtomicUsize>,
    server: Arc<Mutex<SocketAddr>>,
    accepting: JoinHandle<()>,
}

#[derive(Clone)]
struct Line {
    cut: watch::Receiver<usize>,
    pace: watch::Receiver<Pace>,
    severed: Arc<AtomicUsize>,
}

impl Proxy {
    /// In front of `server`, on a port of its own.
    pub(super) async fn start(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let server = Arc::new(Mutex::new(server));
        let target = Arc::clone(&server);
        let (cuts, cut) = watch::channel(0);
        let (pace, paced) = watch::channel(Pace::Free);
        let severed = Arc::default();
        let line = Line {
            cut,
            pace: paced,
            severed: Arc::clone(&severed),
        };
        let accepting = spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let mut line = line.clone();
                line.cut.mark_unchanged();
                let server = *target.lock().unwrap();
                spawn(line.carry(client, server));
            }
        });
        Self {
            addr,
            cuts,
            pace,
            severed,
            server,
            accepting,
        }
    }

    /// Leads new connections to another server.
    pub(super) fn lead_to(&self, server: SocketAddr) {
        *self.server.lock().unwrap() = server;
    }

    /// Drops every connection.
    pub(super) fn cut(&self) {
        self.cuts.send_modify(|cuts| *cuts += 1);
    }

    /// Carries what the server says like this from now on.
    pub(super) fn set_pace(&self, pace: Pace) {
        self.pace.send_replace(pace);
    }

    /// Connections that were dropped so far.
    pub(super) fn severed(&self) -> usize {
        self.severed.load(Relaxed)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
        self.cut();
    }
}

impl Line {
    async fn carry(mut self, client: TcpStream, server: SocketAddr) {
        let Ok(server) = TcpStream::connect(server).await else {
            return;
        };
        let (from_client, to_client) = client.into_split();
        let (from_server, to_server) = server.into_split();
        let (_, always_free) = watch::channel(Pace::Free);
        tokio::select! {
            () = pass(from_client, to_server, always_free) => {}
            () = pass(from_server, to_client, self.pace.clone()) => {}
            _ = self.cut.changed() => {
                self.severed.fetch_add(1, Relaxed);
            }
        }
    }
}

/// Until one end closes.
async fn pass(
    mut from: impl AsyncReadExt + Unpin,
    mut to: impl AsyncWriteExt + Unpin,
    mut pace: watch::Receiver<Pace>,
) {
    let mut buffer = vec![0; BUFFER];
    loop {
        // A proxy that is gone leads nowhere.
        drop(pace.wait_for(|pace| *pace != Pace::Stalled).await);
        let slow = *pace.borrow() == Pace::Slow;
        let portion = if slow { TRICKLE } else { BUFFER };
        let Ok(read @ 1..) = from.read(&mut buffer[..portion]).await else {
            return;
        };
        if to.write_all(&buffer[..read]).await.is_err() {
            return;
        }
        if slow {
            sleep(PAUSE).await;
        }
    }
}
