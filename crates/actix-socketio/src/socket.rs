//! One connected client as the application holds it: from any thread, for as long as it likes.
//! *socket* -> queue (what is sent) and hub (rooms). Bounds: the queue's bytes, the hub's mailbox.

mod inner;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use actix::{Handler, Message};
use serde::Serialize;
use serde_json::Value;
use socketio_proto::socketio::{EncodeError, Frame};
use thiserror::Error;

pub(crate) use self::inner::Core;
use crate::ask::{self, Answer, AskError, WAITING};
use crate::emitter::DeliverOutcome;
use crate::handshake::Handshake;
use crate::hub::{Hub, HubId, Join, Leave, Room, Rooms};
use crate::queue::{Departure, Failure, Manner, WhenFull};
use crate::recovery::{Journal, Missed};

/// One client in one namespace. A clone is two reference counts.
///
/// It is a `Socket<()>` while the application decides about it, and carries the application's data afterwards.
#[derive(Debug)]
pub struct Socket<D = ()> {
    core: Arc<Core>,
    data: Arc<D>,
}

impl<D> Clone for Socket<D> {
    fn clone(&self) -> Self {
        Self {
            core: Arc::clone(&self.core),
            data: Arc::clone(&self.data),
        }
    }
}

/// Why something could not be sent.
#[derive(Debug, Error)]
pub enum EmitError {
    /// The argument cannot be encoded.
    #[error(transparent)]
    Encode(#[from] EncodeError),
    /// The socket is disconnected.
    #[error("the socket is disconnected")]
    Closed,
    /// Too much waits for this client already: its transport is being closed.
    #[error("too much waits for the client")]
    Overflow,
    /// The client owes 1,024 answers already: it is not asked for another.
    #[error("the client owes {WAITING} answers")]
    Unanswered,
}

/// The socket, or the thread it lived on, is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the socket is gone")]
pub struct Gone;

impl<D> Socket<D> {
    pub(crate) fn new(core: Arc<Core>, data: D) -> Self {
        Self {
            core,
            data: Arc::new(data),
        }
    }

    /// The public Socket.IO id, which is also the name of a room of its own. One that comes back by
    /// [`crate::Recovery`] has its earlier id once its claim is accepted, so not yet in [`crate::Handler::connect`].
    pub fn id(&self) -> &str {
        self.core.id()
    }

    /// It is an earlier socket that came back, with its id, and got what it missed.
    pub fn recovered(&self) -> bool {
        self.core.restored.get().is_some()
    }

    /// What it may come back with. A secret of its client.
    pub fn pid(&self) -> Option<&str> {
        self.core.pid.get().map(String::as_str)
    }

    /// The namespace it is in: `/`, `/admin`.
    pub fn namespace(&self) -> &str {
        &self.core.place.namespace
    }

    /// What the first request told.
    pub fn handshake(&self) -> &Handshake {
        &self.core.handshake
    }

    /// What [`crate::Handler::connect`] returned.
    pub fn data(&self) -> &D {
        &self.data
    }

    /// The same socket without the data.
    pub fn plain(&self) -> Socket {
        Socket::new(Arc::clone(&self.core), ())
    }

    /// It can still be sent to.
    pub fn is_connected(&self) -> bool {
        self.core.queue.is_open(self.core.place.key)
    }

    /// Sends an event with one argument: `42["name",{..}]`. Queued at once, in the order of the calls.
    ///
    /// # Errors
    /// [`EmitError`]; after [`EmitError::Overflow`] the client is being cut off.
    pub fn emit(&self, name: &str, arg: &impl Serialize) -> Result<(), EmitError> {
        self.send(&Frame::event(name, arg)?)
    }

    /// Sends an event with any number of arguments.
    ///
    /// # Errors
    /// As [`Socket::emit`].
    pub fn emit_args(&self, name: &str, args: &[Value]) -> Result<(), EmitError> {
        self.send(&Frame::event_args(name, args)?)
    }

    /// Sends what has been encoded before.
    ///
    /// # Errors
    /// As [`Socket::emit`].
    pub fn send(&self, frame: &Frame) -> Result<(), EmitError> {
        self.push(frame, &Manner::default())
    }

    /// As [`Socket::send`]; what becomes of it without room is said here.
    ///
    /// # Errors
    /// As [`Socket::emit`].
    pub fn send_when_full(&self, frame: &Frame, when_full: WhenFull) -> Result<(), EmitError> {
        self.push(frame, &Manner::Queued(when_full))
    }

    /// As [`Socket::send`], if the client's transport takes it at once; else it is dropped.
    ///
    /// # Errors
    /// As [`Socket::emit`].
    pub fn send_volatile(&self, frame: &Frame) -> Result<(), EmitError> {
        self.push(frame, &Manner::Volatile)
    }

    /// Sends an event, at the call, and waits at most `limit` for the client's answer.
    ///
    /// # Errors
    /// [`AskError`]; [`EmitError::Unanswered`] when the client owes too many answers.
    pub fn ask<T: Serialize>(
        &self,
        name: &str,
        arg: &T,
        limit: Duration,
    ) -> impl Future<Output = Result<Answer, AskError>> + use<D, T> {
        let asked = Frame::event(name, arg)
            .map_err(EmitError::from)
            .map(|frame| self.ask_frame(&frame, limit));
        async { asked?.await }
    }

    /// As [`Socket::ask`], with what has been encoded before.
    ///
    /// # Errors
    /// As [`Socket::ask`].
    pub fn ask_frame(
        &self,
        frame: &Frame,
        limit: Duration,
    ) -> impl Future<Output = Result<Answer, AskError>> + use<D> {
        let id = self.core.ids.next();
        let (waiter, inquiry) = ask::open(id);
        let sent = self.push(&frame.asking(id), &Manner::Asking(waiter));
        async move {
            sent?;
            inquiry.one(limit).await
        }
    }

    /// Joins rooms. Asked for at the call, so in order with deliveries; ready when the hub has done it. A future that
    /// is dropped before may leave it undone.
    pub fn join<I: IntoIterator<Item: Into<Room>>>(
        &self,
        rooms: I,
    ) -> impl Future<Output = Result<(), Gone>> + use<D, I> {
        let rooms = rooms.into_iter().map(Into::into).collect();
        self.ask_hub(Join {
            place: self.core.place.clone(),
            rooms,
        })
    }

    /// As [`Socket::join`], if the hub has room for it; in order with what is delivered to [`Socket::hub`].
    #[must_use = "a refused join does not happen"]
    pub fn join_now<I: IntoIterator<Item: Into<Room>>>(&self, rooms: I) -> DeliverOutcome {
        let (_, hub) = &self.core.hub;
        let join = Join {
            place: self.core.place.clone(),
            rooms: rooms.into_iter().map(Into::into).collect(),
        };
        hub.try_send(join).into()
    }

    /// The hub that its rooms are in, for [`crate::Emitter::deliver_to`].
    pub fn hub(&self) -> HubId {
        self.core.hub.0
    }

    /// Leaves rooms, as [`Socket::join`] joins them. Its own room it does not leave.
    pub fn leave<I: IntoIterator<Item: Into<Room>>>(
        &self,
        rooms: I,
    ) -> impl Future<Output = Result<(), Gone>> + use<D, I> {
        let rooms = rooms.into_iter().map(Into::into).collect();
        self.ask_hub(Leave {
            place: self.core.place.clone(),
            rooms,
        })
    }

    /// The rooms it is in, its own included, in no order.
    pub fn rooms(&self) -> impl Future<Output = Result<Vec<Room>, Gone>> + use<D> {
        let asked = self.core.hub.1.send(Rooms {
            place: self.core.place.clone(),
        });
        async { asked.await.ok().flatten().ok_or(Gone) }
    }

    /// Disconnects the client (`41`), after what was sent before; with `close` its transport too. A client does not
    /// come back by itself after this.
    pub fn disconnect(&self, close: bool) {
        let Core { place, queue, .. } = &*self.core;
        let departure = Departure {
            key: place.key,
            close,
        };
        queue.depart(Some(Frame::disconnect(&place.namespace)), departure);
    }

    /// Closes the client's transport (`forced close`), without telling it to stay away: it comes back by itself. What
    /// was queued is still sent.
    pub fn close(&self) {
        self.core.queue.fail(Failure::Closed);
    }

    pub(crate) fn core(&self) -> &Core {
        &self.core
    }

    /// It is that very socket.
    pub(crate) fn is(&self, other: &Self) -> bool {
        self.core.place.key == other.core.place.key
    }

    pub(crate) fn journal(&self) -> Option<&Journal> {
        self.core.journal.as_ref()
    }

    /// Ready when its hub has handled every delivery that began before the call.
    pub(crate) async fn caught_up(&self) -> Result<(), Gone> {
        self.core.hubs.settle();
        self.rooms().await.map(|_| ())
    }

    /// Goes on where an earlier socket's journal has ended. None: it has none.
    pub(crate) fn succeed(&self, missed: &Missed) -> Option<()> {
        let Core { place, queue, .. } = &*self.core;
        self.journal()?.succeed(missed, queue, place.key);
        Some(())
    }

    fn push(&self, frame: &Frame, manner: &Manner) -> Result<(), EmitError> {
        self.core.push(frame, manner)
    }

    /// Asks the hub for what it answers with whether the socket is there.
    fn ask_hub<M>(&self, message: M) -> impl Future<Output = Result<(), Gone>> + use<D, M>
    where
        M: Message<Result = bool> + Send + 'static,
        Hub: Handler<M>,
    {
        let asked = self.core.hub.1.send(message);
        async {
            if asked.await.unwrap_or(false) {
                Ok(())
            } else {
                Err(Gone)
            }
        }
    }
}
