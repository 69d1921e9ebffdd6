//! Frames on their way from a connection to its session, one batch at a time. Part of [`super`].
//! Bound: what waits behind the batch, by `max_payload` bytes or [`FRAMES`]; over it the connection is not read.

use std::pin::Pin;
use std::task::{Context, Poll};

use actix::Addr;
use socketio_proto::engineio::{CarrierId, WireFrame};
use tokio::sync::oneshot;

use crate::session::{Session, SessionGone, SocketFrames, bring};

/// Frames that may wait for the session.
const FRAMES: usize = 256;

#[derive(Default)]
pub(super) struct Inbound {
    frames: Vec<WireFrame>,
    bytes: usize,
    /// What the session has not taken yet.
    taken: Option<oneshot::Receiver<()>>,
}

impl Inbound {
    pub(super) fn push(&mut self, frame: WireFrame) {
        self.bytes += frame.size();
        self.frames.push(frame);
    }

    /// Everything is with the session, or on its way there.
    pub(super) const fn is_handed_over(&self) -> bool {
        self.frames.is_empty()
    }

    pub(super) const fn is_full(&self, max_payload: usize) -> bool {
        self.bytes > max_payload || self.frames.len() >= FRAMES
    }

    /// Hands over what waits once the session has taken what it was handed before.
    pub(super) fn poll(
        &mut self,
        id: CarrierId,
        session: &Addr<Session>,
        task: &mut Context<'_>,
    ) -> Result<(), SessionGone> {
        if let Some(taken) = &mut self.taken {
            match Pin::new(taken).poll(task) {
                Poll::Ready(answer) => answer.map_err(|_| SessionGone)?,
                Poll::Pending => return Ok(()),
            }
            self.taken = None;
        }
        if self.frames.is_empty() {
            return Ok(());
        }
        let (taken, mut all_taken) = oneshot::channel();
        let frames = std::mem::take(&mut self.frames);
        self.bytes = 0;
        bring(session, SocketFrames { id, frames, taken })?;
        // Whoever waits must be known to wait.
        if Pin::new(&mut all_taken).poll(task).is_pending() {
            self.taken = Some(all_taken);
        }
        Ok(())
    }
}
