//! The floor: what fan-out costs if the server does nothing but one write of a ready frame per socket and message.
//!
//! No check of tokens, no parsing beyond the room's name, no ping, no buffer; the memory of a connection is a few
//! words. A Socket.IO server can be cheaper only by writing several messages at once.

use std::collections::HashMap;
use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr};

use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Token};

use crate::failure::Failure;
use crate::frame::{self, Kind};
use crate::wire;

const LISTENER: Token = Token(usize::MAX);

/// Any answer does: the load does not check the key.
const SWITCH: &[u8] = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\
    Connection: Upgrade\r\nSec-WebSocket-Accept: floor\r\n\r\n";

const OPEN: &str = r#"0{"sid":"floor","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}"#;

struct Peer {
    stream: TcpStream,
    upgraded: bool,
}

struct Floor {
    poll: Poll,
    listener: TcpListener,
    /// By token. A place is not used again: the floor lives for one scenario.
    peers: Vec<Option<Peer>>,
    /// By organization: who is to be written to.
    rooms: HashMap<Vec<u8>, Vec<usize>>,
    /// The frame of every message.
    ready: Vec<u8>,
    /// A publication whose end has not come. Only one client publishes.
    partial: Vec<u8>,
}

/// Serves until it is killed.
///
/// # Errors
/// If a socket does not take a whole frame: then there is more in flight than the floor is made for.
pub(crate) fn serve(port: u16) -> Result<(), Failure> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut ready = Vec::new();
    frame::to_client(&wire::delivered(&wire::data()), &mut ready);
    let mut floor = Floor {
        poll: Poll::new().map_err(Failure::io("epoll"))?,
        listener: TcpListener::bind(address).map_err(Failure::io("listening"))?,
        peers: Vec::new(),
        rooms: HashMap::new(),
        ready,
        partial: Vec::new(),
    };
    let registry = floor.poll.registry();
    registry
        .register(&mut floor.listener, LISTENER, Interest::READABLE)
        .map_err(Failure::io("epoll"))?;
    let mut events = Events::with_capacity(1024);
    let mut buffer = vec![0; 64 * 1024];
    loop {
        floor
            .poll
            .poll(&mut events, None)
            .map_err(Failure::io("epoll"))?;
        for event in &events {
            match event.token() {
                LISTENER => floor.accept()?,
                Token(id) => floor.read(id, &mut buffer)?,
            }
        }
    }
}

impl Floor {
    fn accept(&mut self) -> Result<(), Failure> {
        loop {
            let mut stream = match self.listener.accept() {
                Ok((stream, _)) => stream,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(Failure::io("accepting")(error)),
            };
            let id = self.peers.len();
            self.poll
                .registry()
                .register(&mut stream, Token(id), Interest::READABLE)
                .and_then(|()| stream.set_nodelay(true))
                .map_err(Failure::io("a connection"))?;
            let upgraded = false;
            self.peers.push(Some(Peer { stream, upgraded }));
        }
    }

    fn read(&mut self, id: usize, buffer: &mut [u8]) -> Result<(), Failure> {
        loop {
            let Some(Some(peer)) = self.peers.get_mut(id) else {
                return Ok(());
            };
            let read = match peer.stream.read(buffer) {
                Ok(0) => {
                    self.leave(id);
                    return Ok(());
                }
                Ok(read) => read,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(Failure::io("receiving")(error)),
            };
            let fresh = buffer.get(..read).unwrap_or_default();
            if peer.upgraded {
                self.frames(id, fresh)?;
            } else {
                peer.upgraded = true;
                let mut greeting = SWITCH.to_vec();
                frame::to_client(OPEN, &mut greeting);
                write(&mut peer.stream, &greeting)?;
            }
            if read < buffer.len() {
                return Ok(());
            }
        }
    }

    fn leave(&mut self, id: usize) {
        if let Some(peer) = self.peers.get_mut(id) {
            *peer = None;
        }
    }

    fn frames(&mut self, id: usize, fresh: &[u8]) -> Result<(), Failure> {
        let mut all = std::mem::take(&mut self.partial);
        all.extend_from_slice(fresh);
        let mut bytes = all.as_slice();
        while let Some(frame) = frame::first(bytes)? {
            if frame.kind == Kind::Text {
                self.packet(id, frame.payload)?;
            }
            bytes = frame.rest;
        }
        self.partial = bytes.to_vec();
        Ok(())
    }

    fn packet(&mut self, id: usize, packet: &[u8]) -> Result<(), Failure> {
        if packet.starts_with(b"40") {
            if let Some(organization) = after(packet, br#""org":""#) {
                self.rooms
                    .entry(organization.to_vec())
                    .or_default()
                    .push(id);
            }
            let mut joined = Vec::new();
            frame::to_client(r#"40{"sid":"floor"}"#, &mut joined);
            if let Some(Some(peer)) = self.peers.get_mut(id) {
                write(&mut peer.stream, &joined)?;
            }
        } else if packet.starts_with(b"42") {
            let members = after(packet, br#""room":"org:"#).and_then(|room| self.rooms.get(room));
            for member in members.into_iter().flatten() {
                if let Some(Some(peer)) = self.peers.get_mut(*member) {
                    write(&mut peer.stream, &self.ready)?;
                }
            }
        }
        Ok(())
    }
}

/// What stands between `key` and the next quote.
fn after<'a>(packet: &'a [u8], key: &[u8]) -> Option<&'a [u8]> {
    let start = packet.windows(key.len()).position(|part| part == key)? + key.len();
    packet.get(start..)?.split(|byte| *byte == b'"').next()
}

fn write(stream: &mut TcpStream, bytes: &[u8]) -> Result<(), Failure> {
    match stream.write(bytes) {
        Ok(written) if written == bytes.len() => Ok(()),
        Ok(_) => Err(Failure::protocol("a write", b"a part of it")),
        Err(error) => Err(Failure::io("a write")(error)),
    }
}
