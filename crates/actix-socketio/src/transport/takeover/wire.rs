//! The way out of a taken-over connection: session (any thread) -> *wire* -> socket. Part of [`super`].
//!
//! What is said is written at once, by whoever says it, all frames in one call. Only what the socket does not take
//! waits, and the connection's task writes it when the socket can be written again.
//! Bounds: one write of the session; of pongs the last one. The end is the last thing said.

use std::collections::VecDeque;
use std::future::{Future as _, poll_fn};
use std::io::{self, ErrorKind, IoSlice};
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker, ready};

use actix_http::ws::CloseCode;
use bytes::{Buf as _, Bytes};
use futures_util::task::AtomicWaker;
use socketio_proto::engineio::WireFrame;
use tokio::io::AsyncWrite;
use tokio::sync::oneshot;
use tokio::task::unconstrained;

use super::frame::{self, OutgoingHead};
use super::tally::Counted;

/// Parts of frames that leave in one call.
const PIECES: usize = 64;

/// What is written into.
pub(super) type Sink = Box<dyn AsyncWrite + Send + Unpin>;

/// Resolves, whether with a value or not, when there is room.
pub(crate) type Room = oneshot::Receiver<()>;

/// One connection's way out. All clones are the same.
#[derive(Clone)]
pub(crate) struct Wire(Arc<Inner>);

struct Inner {
    state: Mutex<State>,
    task: AtomicWaker,
    _counted: Counted,
}

struct State {
    /// Nothing before the socket is taken over, and after its end.
    sink: Option<Sink>,
    unsent: VecDeque<Piece>,
    /// Whoever wrote last waits for room.
    writer: Option<oneshot::Sender<()>>,
    closing: bool,
}

/// A frame, or the rest of one.
struct Piece {
    head: OutgoingHead,
    /// Bytes of the head that have left.
    sent: usize,
    payload: Bytes,
}

/// Where a wire is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    Open,
    /// The end has been said, but has not left.
    Closing,
    /// It has.
    Closed,
}

impl Wire {
    pub(super) fn new(counted: Counted) -> Self {
        Self(Arc::new(Inner {
            state: Mutex::new(State {
                sink: None,
                unsent: VecDeque::new(),
                writer: None,
                closing: false,
            }),
            task: AtomicWaker::new(),
            _counted: counted,
        }))
    }

    /// Takes the socket. `opening` leaves before what was said already, the greeting right after it.
    pub(super) fn attach(&self, sink: Sink, opening: Bytes, greeting: Option<&WireFrame>) {
        let mut state = self.lock();
        let greeting = greeting.map(Piece::message);
        let opening = Piece::of(([0; 10], 0), opening);
        for piece in greeting.into_iter().chain([opening]) {
            state.unsent.push_front(piece);
        }
        state.sink = Some(sink);
    }

    /// Writes frames. Some: they have not all left, and it resolves when there is room for more, or the connection
    /// is gone.
    pub(crate) fn write(&self, frames: &[WireFrame]) -> Option<Room> {
        let mut state = self.lock();
        if state.closing {
            return None;
        }
        state.unsent.extend(frames.iter().map(Piece::message));
        self.push(&mut state)
    }

    /// Writes the last frames, and the end.
    pub(crate) fn end(&self, frames: &[WireFrame], code: CloseCode) {
        let mut state = self.lock();
        if !state.closing {
            state.unsent.extend(frames.iter().map(Piece::message));
            state.end(code_of(code));
            let _nobody_waits = self.push(&mut state);
        }
    }

    /// What cannot leave now waits for the task.
    fn push(&self, state: &mut State) -> Option<Room> {
        match state.send_now() {
            Poll::Ready(Ok(())) if !state.closing => None,
            Poll::Pending if state.sink.is_some() => {
                // Only the task learns from the socket when it can be written again.
                self.0.task.wake();
                let (writer, room) = oneshot::channel();
                state.writer = Some(writer);
                Some(room)
            }
            // It is over or about to be, which is the task's business too; or it has not begun.
            Poll::Ready(_) | Poll::Pending => {
                self.0.task.wake();
                None
            }
        }
    }

    /// Says the end, with what the peer said itself or a code.
    pub(super) fn close(&self, payload: Bytes) {
        let mut state = self.lock();
        state.end(payload);
        self.0.task.wake();
    }

    /// Answers a ping. An answer that has not left is replaced: only the last counts (section 5.5.3).
    pub(super) fn pong(&self, payload: Bytes) {
        let mut state = self.lock();
        if !state.closing {
            state.unsent.retain(|piece| !piece.is_unsent_pong());
            state
                .unsent
                .push_back(Piece::of(frame::pong(&payload), payload));
            self.0.task.wake();
        }
    }

    /// For the task: sends what waits.
    pub(super) fn poll(&self, task: &mut Context<'_>) -> io::Result<Standing> {
        self.0.task.register(task.waker());
        let mut state = self.lock();
        let sent = match state.poll_send(task) {
            Poll::Ready(sent) => sent.map(|()| true)?,
            Poll::Pending => false,
        };
        if sent && let Some(writer) = state.writer.take() {
            let _gone = writer.send(());
        }
        Ok(match (state.closing, sent) {
            (false, _) => Standing::Open,
            (true, false) => Standing::Closing,
            (true, true) => Standing::Closed,
        })
    }

    /// Ends the socket's way out: the peer reads its end.
    pub(super) fn poll_shutdown(&self, task: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.lock().sink {
            Some(sink) => Pin::new(sink).poll_shutdown(task),
            None => Poll::Ready(Ok(())),
        }
    }

    /// The connection is gone: nothing is kept for it any more.
    pub(super) fn drop_socket(&self) {
        let mut state = self.lock();
        state.closing = true;
        state.sink = None;
        state.unsent = VecDeque::new();
        state.writer = None;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The payload of a close frame.
pub(super) fn code_of(code: CloseCode) -> Bytes {
    Bytes::copy_from_slice(&u16::from(code).to_be_bytes())
}

impl State {
    fn end(&mut self, payload: Bytes) {
        if !self.closing {
            self.closing = true;
            self.unsent
                .push_back(Piece::of(frame::close(&payload), payload));
        }
    }

    /// Sends what the socket takes, on behalf of nobody's task: a hub writes for a thousand in one turn, which would
    /// exhaust tokio's budget of its task and look as if the sockets were full.
    fn send_now(&mut self) -> Poll<io::Result<()>> {
        let send = unconstrained(poll_fn(|task| self.poll_send(task)));
        pin!(send).poll(&mut Context::from_waker(Waker::noop()))
    }

    fn poll_send(&mut self, task: &mut Context<'_>) -> Poll<io::Result<()>> {
        let Some(sink) = &mut self.sink else {
            return Poll::Pending;
        };
        while !self.unsent.is_empty() {
            let mut slices = [IoSlice::new(&[]); PIECES];
            let parts = self.unsent.iter().flat_map(Piece::parts);
            let parts = parts.filter(|part| !part.is_empty());
            let mut used = 0;
            for (slice, part) in slices.iter_mut().zip(parts) {
                *slice = IoSlice::new(part);
                used += 1;
            }
            let slices = slices.get(..used).unwrap_or_default();
            let written = ready!(Pin::new(&mut *sink).poll_write_vectored(task, slices))?;
            if written == 0 {
                return Poll::Ready(Err(ErrorKind::WriteZero.into()));
            }
            advance(&mut self.unsent, written);
        }
        // An idle client keeps no buffer.
        self.unsent = VecDeque::new();
        Pin::new(sink).poll_flush(task)
    }
}

fn advance(unsent: &mut VecDeque<Piece>, mut written: usize) {
    while let Some(piece) = unsent.front_mut() {
        written = piece.advance(written);
        if !piece.is_sent() {
            return;
        }
        unsent.pop_front();
    }
}

impl Piece {
    const fn of(head: OutgoingHead, payload: Bytes) -> Self {
        Self {
            head,
            sent: 0,
            payload,
        }
    }

    fn message(frame: &WireFrame) -> Self {
        let head = frame::message(frame);
        let payload = match frame {
            WireFrame::Text(text) => text.as_bytes().clone(),
            WireFrame::Binary(bytes) => bytes.clone(),
        };
        Self::of(head, payload)
    }

    fn parts(&self) -> [&[u8]; 2] {
        let (head, used) = &self.head;
        [
            head.get(self.sent..*used).unwrap_or_default(),
            &self.payload,
        ]
    }

    fn is_sent(&self) -> bool {
        self.sent == self.head.1 && self.payload.is_empty()
    }

    fn is_unsent_pong(&self) -> bool {
        self.sent == 0 && frame::is_pong(&self.head)
    }

    /// Returns what of `written` goes beyond this piece.
    fn advance(&mut self, written: usize) -> usize {
        let head = written.min(self.head.1 - self.sent);
        self.sent += head;
        let payload = (written - head).min(self.payload.len());
        self.payload.advance(payload);
        written - head - payload
    }
}
