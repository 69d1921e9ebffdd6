//! Engine.IO without Socket.IO: an application that takes messages as they are. session -> *engine* -> application.
//! Bounds: as for Socket.IO; what is sent waits in the session's queue.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use log::error;
use socketio_proto::engineio::Message;
use socketio_proto::socketio::Frame;

use crate::handler::DisconnectReason;
use crate::handshake::Handshake;
use crate::hub::SocketKey;
use crate::queue::{Departure, Manner, Queue};
use crate::socket::EmitError;

/// The application's side of an Engine.IO server. A panic is caught and logged, and costs that session only.
///
/// ```
/// use actix_socketio::{Connection, Message, MessageHandler};
///
/// struct Echo;
///
/// impl MessageHandler for Echo {
///     fn message(&self, connection: &Connection, message: Message) {
///         let _gone = connection.send(&message);
///     }
/// }
/// ```
pub trait MessageHandler: Send + Sync + 'static {
    /// A session begins.
    fn open(&self, connection: &Connection) {
        let _ = connection;
    }

    /// A message came. It must not block.
    fn message(&self, connection: &Connection, message: Message);

    /// Called once for each `open` that returned.
    fn close(&self, connection: &Connection, reason: DisconnectReason) {
        let _ = (connection, reason);
    }
}

/// One session of Engine.IO, from any thread, for as long as the application likes.
#[derive(Clone)]
pub struct Connection {
    pub(crate) key: SocketKey,
    pub(crate) queue: Arc<Queue>,
    pub(crate) handshake: Arc<Handshake>,
}

impl Connection {
    /// Sends a message. Queued at once, in the order of the calls.
    ///
    /// # Errors
    /// [`EmitError::Closed`], and [`EmitError::Overflow`] when the client is being cut off.
    pub fn send(&self, message: &Message) -> Result<(), EmitError> {
        self.queue
            .push(self.key, &Frame::message(message), &Manner::default())
    }

    /// Closes after what was sent before.
    pub fn close(&self) {
        let departure = Departure {
            key: self.key,
            close: true,
        };
        self.queue.depart(None, departure);
    }

    /// What the first request told.
    pub fn handshake(&self) -> &Handshake {
        &self.handshake
    }
}

/// A session's application. However it is dropped, it is told once.
pub(crate) struct Direct {
    handler: Arc<dyn MessageHandler>,
    connection: Connection,
    open: bool,
}

impl Direct {
    pub(crate) fn new(handler: Arc<dyn MessageHandler>, connection: Connection) -> Self {
        Self {
            handler,
            connection,
            open: false,
        }
    }

    pub(crate) fn begin(&mut self) {
        self.handler.open(&self.connection);
        self.open = true;
    }

    pub(crate) fn message(&self, message: Message) {
        if self.open {
            self.handler.message(&self.connection, message);
        }
    }

    pub(crate) fn finish(&mut self, reason: DisconnectReason) {
        if !std::mem::take(&mut self.open) {
            return;
        }
        let told = catch_unwind(AssertUnwindSafe(|| {
            self.handler.close(&self.connection, reason);
        }));
        if told.is_err() {
            error!(actor = "session"; "close handler panicked");
        }
    }
}
