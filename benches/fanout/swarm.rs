//! All connections of the load on one thread and one epoll instance. Above: `measure`, which says what they do.
//! Bounds: [`OUTBOX`] for the publisher; a client is sent nothing large.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::time::Duration;

use mio::{Events, Poll, Token};
use tokio::time::Instant;

use crate::client::Client;
use crate::failure::Failure;

/// Bytes that are read at once: more than ever wait for one client.
const BUFFER: usize = 256 * 1024;

/// Bytes that may wait for the server to read them: then it is hopelessly behind.
const OUTBOX: usize = 4 * 1024 * 1024;

/// Handshakes at once.
const ABREAST: usize = 64;

/// For all connections of a scenario.
const CONNECTING: Duration = Duration::from_secs(60);

/// The connections. The first one publishes.
pub(crate) struct Swarm {
    address: SocketAddr,
    poll: Poll,
    events: Events,
    buffer: Vec<u8>,
    clients: Vec<Client>,
    joined: usize,
    delivered: u64,
}

impl Swarm {
    /// Nobody yet.
    ///
    /// # Errors
    /// If the system has no more file descriptors.
    pub(crate) fn new(address: SocketAddr) -> Result<Self, Failure> {
        Ok(Self {
            address,
            poll: Poll::new().map_err(Failure::io("epoll"))?,
            events: Events::with_capacity(1024),
            buffer: vec![0; BUFFER],
            clients: Vec::new(),
            joined: 0,
            delivered: 0,
        })
    }

    /// Messages that all clients have got since the beginning.
    pub(crate) fn delivered(&self) -> u64 {
        self.delivered
    }

    /// Adds a client for each thing to say, and waits until all are in their rooms.
    ///
    /// # Errors
    /// If one is refused, or they take too long.
    pub(crate) fn connect(
        &mut self,
        joins: impl IntoIterator<Item = Box<str>>,
    ) -> Result<(), Failure> {
        let deadline = Instant::now() + CONNECTING;
        let mut joins = joins.into_iter();
        let mut more = true;
        while more || self.joined < self.clients.len() {
            while more && self.clients.len() - self.joined < ABREAST {
                match joins.next() {
                    Some(join) => self.start(join)?,
                    None => more = false,
                }
            }
            self.turn(Some(Duration::from_millis(100)))?;
            if Instant::now() > deadline {
                return Err(Failure::Overdue {
                    what: "connected clients",
                    limit: CONNECTING,
                });
            }
        }
        Ok(())
    }

    fn start(&mut self, join: Box<str>) -> Result<(), Failure> {
        let token = Token(self.clients.len());
        let client = Client::start(self.address, join, self.poll.registry(), token)
            .map_err(Failure::io("a client"))?;
        self.clients.push(client);
        Ok(())
    }

    /// Sends an event as the first client.
    ///
    /// # Errors
    /// If the server reads so slowly that too much waits.
    pub(crate) fn publish(&mut self, event: &str) -> Result<(), Failure> {
        let Some(publisher) = self.clients.first_mut() else {
            return Err(Failure::CutOff("before it was there"));
        };
        publisher.say(event)?;
        if publisher.unsent() > OUTBOX {
            return Err(Failure::protocol("a server that reads", b"nothing"));
        }
        Ok(())
    }

    /// Waits for something to happen, at most for `limit`, and deals with all of it.
    ///
    /// # Errors
    /// If a client is cut off.
    pub(crate) fn turn(&mut self, limit: Option<Duration>) -> Result<(), Failure> {
        match self.poll.poll(&mut self.events, limit) {
            Err(error) if error.kind() == ErrorKind::Interrupted => return Ok(()),
            polled => polled.map_err(Failure::io("epoll"))?,
        }
        for event in &self.events {
            let Some(client) = self.clients.get_mut(event.token().0) else {
                continue;
            };
            if event.is_writable() {
                client.writable()?;
            }
            if event.is_readable() {
                let brought = client.readable(&mut self.buffer)?;
                self.joined += usize::from(brought.joined);
                self.delivered += brought.messages;
            }
        }
        Ok(())
    }

    /// Turns until `moment`.
    ///
    /// # Errors
    /// As [`Swarm::turn`].
    pub(crate) fn until(&mut self, moment: Instant) -> Result<(), Failure> {
        loop {
            let left = moment.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(());
            }
            self.turn(Some(left))?;
        }
    }
}

/// File descriptors that this process may have.
///
/// # Errors
/// Where there is no `/proc`.
pub(crate) fn descriptors() -> Result<usize, Failure> {
    let what = "the limit of open files in /proc";
    let limits = std::fs::read_to_string("/proc/self/limits").map_err(Failure::io(what))?;
    let soft = limits
        .lines()
        .find_map(|line| {
            line.strip_prefix("Max open files")?
                .split_whitespace()
                .next()
        })
        .and_then(|soft| soft.parse().ok());
    soft.ok_or_else(|| Failure::io(what)(io::Error::from(ErrorKind::InvalidData)))
}
