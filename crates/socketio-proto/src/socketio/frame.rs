//! A packet as it leaves: encoded once, shared by all queues. Neighbours: the caller's queues, `engineio::WireFrame`,
//! [`super::msgpack`]. Bounds: none, the sender decides what it encodes; [`Frame::size`] is what a queue counts.

mod head;
#[cfg(test)]
mod tests;

use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use bytestring::ByteString;
use serde::Serialize;
use serde_json::Value;
use thiserror::Error;

use self::head::{Head, Kind};
use super::{Encoding, ROOT, msgpack};
use crate::engineio::{Message, WireFrame};
use crate::limits;

/// An encoded packet: the text of its Engine.IO message (`42["name",1]`) and the binary messages that follow it. What
/// a msgpack client gets is made of it when the first one needs it. A clone is one reference count.
#[derive(Clone, Debug)]
pub struct Frame(Arc<Content>);

#[derive(Debug)]
enum Content {
    Packet(Encoded),
    /// Beside Socket.IO: an Engine.IO message as it is.
    Message(WireFrame),
}

#[derive(Debug)]
struct Encoded {
    head: Head,
    text: ByteString,
    /// Where the JSON begins in `text`.
    payload_at: usize,
    attachments: Vec<Bytes>,
    /// None inside: it nests deeper than can be read again.
    msgpack: OnceLock<Option<Bytes>>,
}

/// What cannot be sent.
#[derive(Debug, Error)]
pub enum EncodeError {
    /// The argument has no JSON.
    #[error("the argument cannot be written as JSON")]
    Json(#[from] serde_json::Error),
    /// More than [`limits::ATTACHMENTS`]: clients close on it.
    #[error("{0} attachments are more than a packet may have")]
    Attachments(usize),
}

impl Frame {
    /// An event with one argument in the root namespace: `42["name",{"a":1}]`. [`Frame::within`] is for the others.
    ///
    /// # Errors
    /// [`EncodeError::Json`] when the argument has no JSON, such as a map whose keys are no strings.
    pub fn event(name: &str, arg: &impl Serialize) -> Result<Self, EncodeError> {
        Self::encode(Head::event(), &(name, arg), Vec::new())
    }

    /// An event with any number of arguments in the root namespace: `42["name",1,2]`.
    ///
    /// # Errors
    /// As [`Frame::event`].
    pub fn event_args(name: &str, args: &[Value]) -> Result<Self, EncodeError> {
        Self::binary_event(name, args, Vec::new())
    }

    /// An event whose arguments hold [`super::placeholder`]s for the attachments: `451-["name",{..}]`, then binary.
    ///
    /// # Errors
    /// As [`Frame::event`], and [`EncodeError::Attachments`].
    pub fn binary_event(
        name: &str,
        args: &[Value],
        attachments: Vec<Bytes>,
    ) -> Result<Self, EncodeError> {
        Self::encode(Head::event(), &Named(name, args), attachments)
    }

    /// The answer to an event that asked for one: `437[1]`, with attachments `461-7[..]`.
    ///
    /// # Errors
    /// As [`Frame::binary_event`].
    pub fn ack(
        namespace: &str,
        id: u64,
        args: &[Value],
        attachments: Vec<Bytes>,
    ) -> Result<Self, EncodeError> {
        Self::encode(Head::ack(namespace, id), &args, attachments)
    }

    /// As [`Frame::ack`] with one argument.
    ///
    /// # Errors
    /// As [`Frame::event`].
    pub fn ack_one(namespace: &str, id: u64, arg: &impl Serialize) -> Result<Self, EncodeError> {
        Self::encode(Head::ack(namespace, id), &(arg,), Vec::new())
    }

    /// `40{"sid":"..","pid":".."}`; the `pid` only where a session can be recovered.
    pub(super) fn connect(namespace: &str, sid: &str, pid: Option<&str>) -> Self {
        let pid = pid.map_or(String::new(), |pid| {
            format!(r#","pid":{}"#, Value::from(pid))
        });
        let sid = Value::from(sid);
        let head = Head::new(Kind::Connect, namespace);
        Self::packet(head, &format!(r#"{{"sid":{sid}{pid}}}"#), Vec::new())
    }

    /// `44{"message":"..","data":..}`
    pub(super) fn connect_error(namespace: &str, message: &str, data: Option<Value>) -> Self {
        let data = data.map_or(String::new(), |data| format!(r#","data":{data}"#));
        let message = Value::from(message);
        let head = Head::new(Kind::ConnectError, namespace);
        Self::packet(
            head,
            &format!(r#"{{"message":{message}{data}}}"#),
            Vec::new(),
        )
    }

    /// The server takes a client out of a namespace: `41`.
    pub fn disconnect(namespace: &str) -> Self {
        Self::packet(Head::new(Kind::Disconnect, namespace), "", Vec::new())
    }

    /// An Engine.IO message as it is, for applications without Socket.IO: `4hello`, or a binary frame.
    pub fn message(message: &Message) -> Self {
        let frame = match message {
            Message::Text(text) => WireFrame::Text(format!("4{text}").into()),
            Message::Binary(bytes) => WireFrame::Binary(bytes.clone()),
        };
        Self(Arc::new(Content::Message(frame)))
    }

    /// The same packet in another namespace: `42/admin,["name",1]`.
    #[must_use]
    pub fn within(&self, namespace: &str) -> Self {
        self.with_head(|head| (head.namespace != namespace).then(|| head.within(namespace)))
    }

    /// The same event with an id for the ack that the client shall send: `427["name",1]`.
    #[must_use]
    pub fn asking(&self, id: u64) -> Self {
        self.with_head(|head| (head.kind == Kind::Event).then(|| head.asking(id)))
    }

    /// The same event with one more argument, by which a client that comes back says what it has: `42["name",1,"o"]`.
    /// None: it is no event, or one that asks for an ack.
    pub fn with_offset(&self, offset: &str) -> Option<Self> {
        let Content::Packet(packet) = &*self.0 else {
            return None;
        };
        if packet.head.kind != Kind::Event || packet.head.id.is_some() {
            return None;
        }
        let rest = packet.payload().strip_suffix(']')?;
        let payload = format!("{rest},{}]", Value::from(offset));
        let head = packet.head.within(&packet.head.namespace);
        Some(Self::packet(head, &payload, packet.attachments.clone()))
    }

    /// It is a clone of that very frame, not only equal to it.
    pub fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// The namespace that its receivers must be in; the root for a message without Socket.IO.
    pub fn namespace(&self) -> &str {
        match &*self.0 {
            Content::Packet(packet) => &packet.head.namespace,
            Content::Message(_) => ROOT,
        }
    }

    /// Bytes that it takes in a queue.
    pub fn size(&self) -> usize {
        match &*self.0 {
            Content::Message(frame) => frame.size(),
            Content::Packet(Encoded {
                text, attachments, ..
            }) => text.len() + attachments.iter().map(Bytes::len).sum::<usize>(),
        }
    }

    /// What the transport writes to a client with the JSON parser, sharing this frame's bytes.
    pub fn wire(&self) -> impl Iterator<Item = WireFrame> {
        self.wire_in(Encoding::Json)
    }

    /// What the transport writes to a client with this parser. Nothing for an argument that nests over 127 deep and
    /// a msgpack client: it is made from the JSON, which cannot be read again then.
    pub fn wire_in(&self, encoding: Encoding) -> impl Iterator<Item = WireFrame> {
        let (first, attachments) = match (&*self.0, encoding) {
            (Content::Message(frame), _) => (Some(frame.clone()), &[][..]),
            (Content::Packet(packet), Encoding::Json) => (
                Some(WireFrame::Text(packet.text.clone())),
                packet.attachments.as_slice(),
            ),
            (Content::Packet(packet), Encoding::Msgpack) => {
                (packet.msgpack().map(WireFrame::Binary), &[][..])
            }
        };
        first
            .into_iter()
            .chain(attachments.iter().cloned().map(WireFrame::Binary))
    }

    fn encode(
        head: Head,
        payload: &impl Serialize,
        attachments: Vec<Bytes>,
    ) -> Result<Self, EncodeError> {
        if attachments.len() > limits::ATTACHMENTS {
            return Err(EncodeError::Attachments(attachments.len()));
        }
        let mut bytes = Vec::with_capacity(128);
        bytes.extend_from_slice(head.text(attachments.len()).as_bytes());
        let payload_at = bytes.len();
        serde_json::to_writer(&mut bytes, payload)?;
        // serde_json writes UTF-8, so this is a check of what is already so.
        let text = ByteString::try_from(bytes)
            .map_err(serde::ser::Error::custom)
            .map_err(EncodeError::Json)?;
        Ok(Self::of(head, text, payload_at, attachments))
    }

    fn packet(head: Head, payload: &str, attachments: Vec<Bytes>) -> Self {
        let mut text = head.text(attachments.len());
        let payload_at = text.len();
        text.push_str(payload);
        Self::of(head, text.into(), payload_at, attachments)
    }

    fn of(head: Head, text: ByteString, payload_at: usize, attachments: Vec<Bytes>) -> Self {
        Self(Arc::new(Content::Packet(Encoded {
            head,
            text,
            payload_at,
            attachments,
            msgpack: OnceLock::new(),
        })))
    }

    fn with_head(&self, change: impl FnOnce(&Head) -> Option<Head>) -> Self {
        let Content::Packet(packet) = &*self.0 else {
            return self.clone();
        };
        match change(&packet.head) {
            Some(head) => Self::packet(head, packet.payload(), packet.attachments.clone()),
            None => self.clone(),
        }
    }
}

impl Encoded {
    fn payload(&self) -> &str {
        self.text.get(self.payload_at..).unwrap_or_default()
    }

    fn msgpack(&self) -> Option<Bytes> {
        self.msgpack.get_or_init(|| self.to_msgpack()).clone()
    }

    fn to_msgpack(&self) -> Option<Bytes> {
        let data = match self.payload() {
            "" => None,
            json => Some(serde_json::from_str(json).ok()?),
        };
        Some(msgpack::write(&msgpack::Outgoing {
            kind: self.head.kind.number(),
            namespace: &self.head.namespace,
            id: self.head.id,
            data: data.as_ref(),
            attachments: &self.attachments,
        }))
    }
}

/// `["name",...args]`
struct Named<'a>(&'a str, &'a [Value]);

impl Serialize for Named<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeSeq as _;
        let mut seq = serializer.serialize_seq(Some(1 + self.1.len()))?;
        seq.serialize_element(self.0)?;
        self.1
            .iter()
            .try_for_each(|arg| seq.serialize_element(arg))?;
        seq.end()
    }
}
