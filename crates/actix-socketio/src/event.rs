//! An event of a client and the answer it may wait for. session -> *event* -> handler.

use std::sync::Arc;

use bytes::Bytes;
use serde::Serialize;
use serde_json::Value;
use socketio_proto::socketio::Frame;

use crate::queue::Manner;
use crate::socket::{Core, EmitError};

/// What a client sent: `42["name",..args]`.
#[derive(Debug)]
pub struct Event {
    /// The event's name; a numeric one as text.
    pub name: String,
    /// The arguments. Binary ones are [`crate::placeholder`]s that number [`Event::attachments`].
    pub args: Vec<Value>,
    /// The binary arguments.
    pub attachments: Vec<Bytes>,
    /// Present when the client waits for an answer.
    pub ack: Option<Ack>,
}

/// The answer to one event: `43<id>[..]`. It can be sent once, from any thread; dropped, the client waits in vain.
#[derive(Debug)]
pub struct Ack {
    pub(crate) core: Arc<Core>,
    pub(crate) id: u64,
}

impl Ack {
    /// Answers with one argument.
    ///
    /// # Errors
    /// As [`crate::Socket::emit`].
    pub fn send(self, arg: &impl Serialize) -> Result<(), EmitError> {
        let frame = Frame::ack_one(&self.core.place.namespace, self.id, arg)?;
        self.core
            .queue
            .push(self.core.place.key, &frame, &Manner::default())
    }

    /// Answers with any number of arguments, binary ones as [`crate::placeholder`]s.
    ///
    /// # Errors
    /// As [`crate::Socket::emit`].
    pub fn send_args(self, args: &[Value], attachments: Vec<Bytes>) -> Result<(), EmitError> {
        let frame = Frame::ack(&self.core.place.namespace, self.id, args, attachments)?;
        self.core
            .queue
            .push(self.core.place.key, &frame, &Manner::default())
    }
}
