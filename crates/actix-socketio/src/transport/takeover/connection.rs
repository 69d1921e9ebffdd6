//! The task of one taken-over connection: socket -> *connection* -> session; it ends the socket. Part of [`super`].
//!
//! It reads into a buffer of its thread, so an idle client has none. It lives until the peer is gone, or the end has
//! been said and [`LINGER`] is over.
//! Bounds: a frame by `max_payload`, what waits for the session by [`Inbound`].

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use actix::Addr;
use actix_http::ws::CloseCode;
use bytes::{Bytes, BytesMut};
use socketio_proto::engineio::CarrierId;
use tokio::io::{AsyncRead, ReadBuf};
use tokio::time::{Sleep, sleep};

use super::assembly::{Assembly, Heard};
use super::frame::Broken;
use super::inbound::Inbound;
use super::wire::{Standing, Wire, code_of};
use crate::registry::Slot;
use crate::session::{Session, SocketFailed};
use crate::transport::Tether;

/// Bytes that are read at once.
const BUFFER: usize = 64 * 1024;

/// In which a peer must have read the end and ended too.
const LINGER: Duration = Duration::from_secs(5);

thread_local! {
    /// Lent to the connection that reads.
    static SHARED: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

pub(super) struct Connection<R> {
    reader: R,
    id: CarrierId,
    session: Addr<Session>,
    wire: Wire,
    _slot: Arc<Slot>,
    /// Not held any more once the session must think this gone.
    tether: Option<Tether>,
    assembly: Assembly,
    inbound: Inbound,
    max_payload: usize,
    end: Option<End>,
    linger: Option<Pin<Box<Sleep>>>,
}

/// Why nothing more is heard; acted on once the session has what came before.
enum End {
    /// The peer is gone.
    Gone,
    /// The peer said so.
    Closed(Bytes),
    Broken(Broken),
}

impl<R: AsyncRead + Unpin> Connection<R> {
    /// `early`: what came before the socket was taken over, for which it will not become readable.
    pub(super) fn new(
        reader: R,
        (id, session, slot): (CarrierId, Addr<Session>, Arc<Slot>),
        (wire, tether): (Wire, Tether),
        max_payload: usize,
        mut early: BytesMut,
    ) -> Self {
        let mut connection = Self {
            reader,
            id,
            session,
            wire,
            _slot: slot,
            tether: Some(tether),
            assembly: Assembly::new(max_payload),
            inbound: Inbound::default(),
            max_payload,
            end: None,
            linger: None,
        };
        connection.hear(&mut early);
        connection
    }

    fn hear(&mut self, bytes: &mut [u8]) {
        let Self {
            assembly,
            inbound,
            wire,
            end,
            ..
        } = self;
        let heard = assembly.take(bytes, |heard| match heard {
            _ if end.is_some() => {}
            Heard::Frame(frame) => inbound.push(frame),
            Heard::Ping(payload) => wire.pong(payload),
            Heard::Close(said) => *end = Some(End::Closed(said)),
        });
        if let Err(broken) = heard {
            end.get_or_insert(End::Broken(broken));
        }
    }

    /// Until nothing is there, or the session is behind.
    fn read(&mut self, task: &mut Context<'_>) {
        let mut buffer = SHARED.take();
        buffer.resize(BUFFER, 0);
        while self.end.is_none() {
            if self.hand_over(task).is_err() || self.inbound.is_full(self.max_payload) {
                break;
            }
            let mut into = ReadBuf::new(&mut buffer);
            match Pin::new(&mut self.reader).poll_read(task, &mut into) {
                Poll::Pending => break,
                Poll::Ready(Ok(())) if !into.filled().is_empty() => self.hear(into.filled_mut()),
                Poll::Ready(Ok(()) | Err(_)) => self.end = Some(End::Gone),
            }
        }
        SHARED.set(buffer);
    }

    /// Err: the end has been said, because the session is gone.
    fn hand_over(&mut self, task: &mut Context<'_>) -> Result<(), ()> {
        let tether = self.tether.as_mut();
        let gone = tether.is_some_and(|tether| tether.poll_gone(task).is_ready());
        if gone || self.inbound.poll(self.id, &self.session, task).is_err() {
            self.say_end(code_of(CloseCode::Normal));
            return Err(());
        }
        Ok(())
    }

    fn say_end(&mut self, payload: Bytes) {
        self.tether = None;
        self.inbound = Inbound::default();
        self.wire.close(payload);
    }

    /// The peer has ended: ready if nothing is left to say.
    fn heed_end(&mut self) -> Poll<()> {
        match self.end.take() {
            None => return Poll::Pending,
            Some(End::Gone) => return Poll::Ready(()),
            Some(End::Closed(said)) => self.say_end(said),
            Some(End::Broken(broken)) => {
                // Best effort: a session that does not hear it sees the connection go, and only names it otherwise.
                let _full = self.session.try_send(SocketFailed(self.id));
                self.say_end(code_of(broken.code()));
            }
        }
        Poll::Pending
    }

    fn poll_end(&mut self, standing: Standing, task: &mut Context<'_>) -> Poll<()> {
        self.tether = None;
        let linger = self.linger.get_or_insert_with(|| Box::pin(sleep(LINGER)));
        if linger.as_mut().poll(task).is_ready() {
            return Poll::Ready(());
        }
        if standing == Standing::Closing {
            return Poll::Pending;
        }
        if ready!(self.wire.poll_shutdown(task)).is_err() {
            return Poll::Ready(());
        }
        // With something unread, ending the socket would take the end back that the peer has not read.
        let mut rest = [0; 1024];
        loop {
            let mut into = ReadBuf::new(&mut rest);
            let read = ready!(Pin::new(&mut self.reader).poll_read(task, &mut into));
            if read.is_err() || into.filled().is_empty() {
                return Poll::Ready(());
            }
        }
    }
}

impl<R: AsyncRead + Unpin> Future for Connection<R> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<()> {
        let act = self.get_mut();
        if act.linger.is_none() {
            act.read(task);
            // What came last is handed over before the end is heeded.
            let handed_over = act.hand_over(task).is_err() || act.inbound.is_handed_over();
            if handed_over && act.heed_end().is_ready() {
                return Poll::Ready(());
            }
        }
        match act.wire.poll(task) {
            Err(_) => Poll::Ready(()),
            Ok(Standing::Open) => Poll::Pending,
            Ok(standing) => act.poll_end(standing, task),
        }
    }
}

impl<R> Drop for Connection<R> {
    fn drop(&mut self) {
        self.wire.drop_socket();
    }
}
