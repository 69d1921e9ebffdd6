//! A Socket.IO packet as it leaves: encoded once, shared by all queues. Neighbours: the caller's queues,
//! `engineio::WireFrame`. Bounds: none, the sender decides what it encodes; [`Frame::size`] is what a queue counts.

use std::sync::Arc;

use bytes::Bytes;
use bytestring::ByteString;
use serde::Serialize;
use serde_json::Value;
use thiserror::Error;

use super::ROOT;
use crate::engineio::WireFrame;
use crate::limits;

/// An encoded packet: the text of its Engine.IO message (`42["name",1]`) and the binary messages that follow it.
/// A clone is one reference count.
#[derive(Clone, Debug)]
pub struct Frame(Arc<Encoded>);

#[derive(Debug)]
struct Encoded {
    text: ByteString,
    attachments: Vec<Bytes>,
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
    /// An event with one argument in the root namespace: `42["name",{"a":1}]`.
    ///
    /// # Errors
    /// [`EncodeError::Json`] when the argument has no JSON, such as a map whose keys are no strings.
    pub fn event(name: &str, arg: &impl Serialize) -> Result<Self, EncodeError> {
        Self::text(&head('2', ROOT, None), &(name, arg))
    }

    /// An event with any number of arguments in the root namespace: `42["name",1,2]`.
    ///
    /// # Errors
    /// As [`Frame::event`].
    pub fn event_args(name: &str, args: &[Value]) -> Result<Self, EncodeError> {
        Self::text(&head('2', ROOT, None), &Named(name, args))
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
        Self::packet(('2', '5'), ROOT, None, &Named(name, args), attachments)
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
        Self::packet(('3', '6'), namespace, Some(id), &args, attachments)
    }

    /// As [`Frame::ack`] with one argument.
    ///
    /// # Errors
    /// As [`Frame::event`].
    pub fn ack_one(namespace: &str, id: u64, arg: &impl Serialize) -> Result<Self, EncodeError> {
        Self::text(&head('3', namespace, Some(id)), &(arg,))
    }

    /// `40{"sid":"..","pid":".."}`; the `pid` only where a session can be recovered.
    pub(super) fn connect(namespace: &str, sid: &str, pid: Option<&str>) -> Self {
        let pid = pid.map_or(String::new(), |pid| {
            format!(r#","pid":{}"#, Value::from(pid))
        });
        Self::plain(format!(
            r#"{}{{"sid":{}{pid}}}"#,
            head('0', namespace, None),
            Value::from(sid)
        ))
    }

    /// `44{"message":"..","data":..}`
    pub(super) fn connect_error(namespace: &str, message: &str, data: Option<Value>) -> Self {
        let data = data.map_or(String::new(), |data| format!(r#","data":{data}"#));
        let message = Value::from(message);
        Self::plain(format!(
            r#"{}{{"message":{message}{data}}}"#,
            head('4', namespace, None)
        ))
    }

    /// The server takes a client out of a namespace: `41`.
    pub fn disconnect(namespace: &str) -> Self {
        Self::plain(head('1', namespace, None))
    }

    fn packet(
        (plain, binary): (char, char),
        namespace: &str,
        id: Option<u64>,
        payload: &impl Serialize,
        attachments: Vec<Bytes>,
    ) -> Result<Self, EncodeError> {
        match attachments.len() {
            0 => Self::text(&head(plain, namespace, id), payload),
            count if count > limits::ATTACHMENTS => Err(EncodeError::Attachments(count)),
            count => {
                let mut text = format!("4{binary}{count}-{}", tail(namespace, id));
                text.push_str(&serde_json::to_string(payload)?);
                Ok(Self(Arc::new(Encoded {
                    text: text.into(),
                    attachments,
                })))
            }
        }
    }

    fn text(head: &str, payload: &impl Serialize) -> Result<Self, EncodeError> {
        let mut bytes = Vec::with_capacity(128);
        bytes.extend_from_slice(head.as_bytes());
        serde_json::to_writer(&mut bytes, payload)?;
        // serde_json writes UTF-8, so this is a check of what is already so.
        let text = ByteString::try_from(bytes)
            .map_err(serde::ser::Error::custom)
            .map_err(EncodeError::Json)?;
        Ok(Self(Arc::new(Encoded {
            text,
            attachments: Vec::new(),
        })))
    }

    fn plain(text: String) -> Self {
        Self(Arc::new(Encoded {
            text: text.into(),
            attachments: Vec::new(),
        }))
    }

    /// Bytes that it takes in a queue.
    pub fn size(&self) -> usize {
        self.0.text.len() + self.0.attachments.iter().map(Bytes::len).sum::<usize>()
    }

    /// What the transport writes, sharing this frame's bytes.
    pub fn wire(&self) -> impl Iterator<Item = WireFrame> {
        std::iter::once(WireFrame::Text(self.0.text.clone()))
            .chain(self.0.attachments.iter().cloned().map(WireFrame::Binary))
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

fn head(kind: char, namespace: &str, id: Option<u64>) -> String {
    format!("4{kind}{}", tail(namespace, id))
}

fn tail(namespace: &str, id: Option<u64>) -> String {
    let namespace = if namespace == ROOT {
        String::new()
    } else {
        format!("{namespace},")
    };
    id.map_or(namespace.clone(), |id| format!("{namespace}{id}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::socketio::placeholder;

    fn texts(frame: &Frame) -> Vec<String> {
        frame
            .wire()
            .map(|part| match part {
                WireFrame::Text(text) => text.to_string(),
                WireFrame::Binary(bytes) => format!("{bytes:?}"),
            })
            .collect()
    }

    #[test]
    fn frames_are_the_wire_of_the_protocol() -> Result<(), EncodeError> {
        let blob = Bytes::from_static(b"\x01\x02");
        for (frame, expected) in [
            (
                Frame::event("a", &json!({"b": 1}))?,
                vec![r#"42["a",{"b":1}]"#],
            ),
            (Frame::event("a", &vec![1, 2])?, vec![r#"42["a",[1,2]]"#]),
            (Frame::event_args("a", &[])?, vec![r#"42["a"]"#]),
            (
                Frame::event_args("a", &[json!(1), json!("x")])?,
                vec![r#"42["a",1,"x"]"#],
            ),
            (
                Frame::binary_event("a", &[placeholder(0)], vec![blob.clone()])?,
                vec![
                    r#"451-["a",{"_placeholder":true,"num":0}]"#,
                    r#"b"\x01\x02""#,
                ],
            ),
            (Frame::ack(ROOT, 7, &[json!(1)], vec![])?, vec!["437[1]"]),
            (Frame::ack("/admin", 7, &[], vec![])?, vec!["43/admin,7[]"]),
            (
                Frame::ack("/admin", 7, &[placeholder(0)], vec![blob])?,
                vec![
                    r#"461-/admin,7[{"_placeholder":true,"num":0}]"#,
                    r#"b"\x01\x02""#,
                ],
            ),
            (
                Frame::ack_one(ROOT, 0, &json!({"ok": true}))?,
                vec![r#"430[{"ok":true}]"#],
            ),
            (Frame::connect(ROOT, "s", None), vec![r#"40{"sid":"s"}"#]),
            (
                Frame::connect("/admin", "s", Some("p")),
                vec![r#"40/admin,{"sid":"s","pid":"p"}"#],
            ),
            (
                Frame::connect_error(ROOT, "no", None),
                vec![r#"44{"message":"no"}"#],
            ),
            (
                Frame::connect_error("/x", "no", Some(json!({"code": 1}))),
                vec![r#"44/x,{"message":"no","data":{"code":1}}"#],
            ),
            (Frame::disconnect(ROOT), vec!["41"]),
            (Frame::disconnect("/admin"), vec!["41/admin,"]),
        ] {
            assert_eq!(texts(&frame), expected);
        }
        Ok(())
    }

    #[test]
    fn what_cannot_be_sent_is_refused() {
        let keys = std::collections::BTreeMap::from([(vec![1], 1)]);
        assert!(matches!(
            Frame::event("a", &keys),
            Err(EncodeError::Json(_))
        ));
        let eleven = vec![Bytes::new(); 11];
        assert!(matches!(
            Frame::binary_event("a", &[], eleven),
            Err(EncodeError::Attachments(11))
        ));
    }
}
