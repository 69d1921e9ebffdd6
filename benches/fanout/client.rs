//! One connection of the load: gets itself into its room, answers pings, counts messages.

use std::io::{self, ErrorKind, Read, Write};
use std::net::SocketAddr;

use mio::net::TcpStream;
use mio::{Interest, Registry, Token};

use crate::failure::Failure;
use crate::frame::{self, Kind};
use crate::wire;

/// How far a connection is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Connecting,
    Upgrading,
    Opening,
    Joining,
    Joined,
}

/// What a turn of one connection brought.
#[derive(Default)]
pub(crate) struct Brought {
    /// It is in its room now and was not before.
    pub(crate) joined: bool,
    /// Messages.
    pub(crate) messages: u64,
}

/// One connection.
pub(crate) struct Client {
    stream: TcpStream,
    stage: Stage,
    /// What it says to join.
    join: Box<str>,
    /// The beginning of a frame whose end has not come: empty nearly always.
    partial: Vec<u8>,
    /// What the socket did not take.
    outbox: Vec<u8>,
}

impl Client {
    /// Begins to connect.
    ///
    /// # Errors
    /// If there are too many.
    pub(crate) fn start(
        address: SocketAddr,
        join: Box<str>,
        registry: &Registry,
        token: Token,
    ) -> io::Result<Self> {
        let mut stream = TcpStream::connect(address)?;
        registry.register(&mut stream, token, Interest::READABLE | Interest::WRITABLE)?;
        Ok(Self {
            stream,
            stage: Stage::Connecting,
            join,
            partial: Vec::new(),
            outbox: Vec::new(),
        })
    }

    /// The socket can be written.
    ///
    /// # Errors
    /// If it could not connect.
    pub(crate) fn writable(&mut self) -> Result<(), Failure> {
        let failed = self.stream.take_error();
        if let Some(error) = failed.map_err(Failure::io("a socket"))? {
            return Err(Failure::io("connecting")(error));
        }
        if self.stage == Stage::Connecting {
            self.stage = Stage::Upgrading;
            self.outbox.extend_from_slice(wire::UPGRADE);
        }
        self.flush()
    }

    /// Says something, now or as soon as the socket takes it.
    ///
    /// # Errors
    /// If the connection is gone.
    pub(crate) fn say(&mut self, text: &str) -> Result<(), Failure> {
        frame::to_server(text, &mut self.outbox);
        self.flush()
    }

    /// Bytes that the socket has not taken.
    pub(crate) fn unsent(&self) -> usize {
        self.outbox.len()
    }

    fn flush(&mut self) -> Result<(), Failure> {
        while !self.outbox.is_empty() {
            match self.stream.write(&self.outbox) {
                Ok(written) => drop(self.outbox.drain(..written)),
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) => return Err(Failure::io("sending")(error)),
            }
        }
        Ok(())
    }

    /// Reads until nothing is left. `buffer` is shared by all.
    ///
    /// # Errors
    /// If the connection ends, or what comes is not what should.
    pub(crate) fn readable(&mut self, buffer: &mut [u8]) -> Result<Brought, Failure> {
        let mut brought = Brought::default();
        loop {
            let read = match self.stream.read(buffer) {
                Ok(0) => return Err(Failure::CutOff("by the end of its connection")),
                Ok(read) => read,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(brought),
                Err(error) => return Err(Failure::io("receiving")(error)),
            };
            let fresh = buffer.get(..read).unwrap_or_default();
            if self.partial.is_empty() {
                let rest = self.take(fresh, &mut brought)?;
                self.partial.extend_from_slice(rest);
            } else {
                let mut all = std::mem::take(&mut self.partial);
                all.extend_from_slice(fresh);
                let rest = self.take(&all, &mut brought)?;
                self.partial = rest.to_vec();
            }
            // A short read has emptied the socket: asking again would only cost a call.
            if read < buffer.len() {
                return Ok(brought);
            }
        }
    }

    /// Returns what is not whole yet.
    fn take<'a>(
        &mut self,
        mut bytes: &'a [u8],
        brought: &mut Brought,
    ) -> Result<&'a [u8], Failure> {
        if self.stage == Stage::Upgrading {
            let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
                return Ok(bytes);
            };
            if !bytes.starts_with(b"HTTP/1.1 101") {
                return Err(Failure::protocol("an upgrade", bytes));
            }
            self.stage = Stage::Opening;
            bytes = bytes.get(end + 4..).unwrap_or_default();
        }
        while let Some(frame) = frame::first(bytes)? {
            match frame.kind {
                Kind::Text => self.packet(frame.payload, brought)?,
                Kind::Close => return Err(Failure::CutOff("by a close frame")),
                Kind::Ping | Kind::Other(_) => {
                    return Err(Failure::protocol("a text frame", bytes));
                }
            }
            bytes = frame.rest;
        }
        Ok(bytes)
    }

    fn packet(&mut self, packet: &[u8], brought: &mut Brought) -> Result<(), Failure> {
        match (self.stage, packet) {
            (Stage::Joined, [b'4', b'2', ..]) if packet.len() == wire::MESSAGE => {
                brought.messages += 1;
            }
            (_, b"2") => self.say("3")?,
            (Stage::Opening, [b'0', ..]) => {
                self.stage = Stage::Joining;
                let join = std::mem::take(&mut self.join);
                self.say(&join)?;
            }
            (Stage::Joining, [b'4', b'0', ..]) => {
                self.stage = Stage::Joined;
                brought.joined = true;
            }
            _ => return Err(Failure::protocol("a packet", packet)),
        }
        Ok(())
    }
}
