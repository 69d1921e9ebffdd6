//! One Socket.IO packet as a client sends it. Neighbours: [`super::json`], [`super::Client`]; [`super::frame`] writes.
//! Bounds: [`limits`]; the text is cut at `maxPayload` by the transport.
//!
//! ```text
//! type[attachments-][/namespace,][ack id][json]      51-/admin,7["upload",{"_placeholder":true,"num":0}]
//! ```

use serde_json::{Map, Value};
use thiserror::Error;

use super::{RESERVED_EVENTS, ROOT, json};
use crate::limits;

/// What a client may send.
#[derive(Clone, Debug, PartialEq)]
pub enum Packet {
    /// `40`, `40{"token":".."}`, `40/admin,`
    Connect {
        /// The namespace to join.
        namespace: String,
        /// The `auth` of the client, empty without one.
        auth: Map<String, Value>,
    },
    /// `41`
    Disconnect {
        /// The namespace to leave.
        namespace: String,
    },
    /// `42["name",1]`, `427["name"]` with an ack id, `451-["name",{"_placeholder":true,"num":0}]` with an attachment.
    Event {
        /// The namespace it is sent in.
        namespace: String,
        /// A number as a name becomes its text.
        name: String,
        /// What follows the name.
        args: Vec<Value>,
        /// The client waits for an ack of this id.
        ack: Option<u64>,
        /// Binary frames that follow, at most [`limits::ATTACHMENTS`].
        attachments: usize,
    },
    /// `437[1]`, `461-7[..]`: the answer to an event of the server.
    Ack {
        /// The namespace it is sent in.
        namespace: String,
        /// The id the server gave.
        id: u64,
        /// The answer.
        args: Vec<Value>,
        /// Binary frames that follow, at most [`limits::ATTACHMENTS`].
        attachments: usize,
    },
}

/// The text is no packet that a client may send.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not a Socket.IO packet")]
pub struct Malformed;

/// What a client may send, whatever the encoding.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Connect,
    Disconnect,
    Event,
    Ack,
}

impl Packet {
    /// Reads the text of one Engine.IO message, without the `4`.
    ///
    /// # Errors
    /// [`Malformed`] for what no client may send: unknown types, wrong payloads, reserved names, limits exceeded.
    pub fn parse(wire: &str) -> Result<Self, Malformed> {
        let (kind, binary, rest) = kind(wire)?;
        let (attachments, rest) = if binary {
            attachments(rest)?
        } else {
            (0, rest)
        };
        let (namespace, rest) = namespace(rest)?;
        let (id, rest) = ack_id(rest)?;
        let data = match rest {
            "" => None,
            text => Some(json::parse(text).ok_or(Malformed)?),
        };
        Self::assemble(kind, namespace.to_owned(), id, data, attachments)
    }

    /// Puts the parts of a packet together, if they are what a client may send.
    pub(super) fn assemble(
        kind: Kind,
        namespace: String,
        id: Option<u64>,
        data: Option<Value>,
        attachments: usize,
    ) -> Result<Self, Malformed> {
        match (kind, data) {
            (Kind::Connect, None) => Ok(Self::Connect {
                namespace,
                auth: Map::new(),
            }),
            (Kind::Connect, Some(Value::Object(auth))) => Ok(Self::Connect { namespace, auth }),
            (Kind::Disconnect, None) => Ok(Self::Disconnect { namespace }),
            (Kind::Event, Some(Value::Array(mut args))) if !args.is_empty() => {
                let name = event_name(args.remove(0))?;
                fits(&args, attachments)?;
                Ok(Self::Event {
                    namespace,
                    name,
                    args,
                    ack: id,
                    attachments,
                })
            }
            (Kind::Ack, Some(Value::Array(args))) => {
                fits(&args, attachments)?;
                Ok(Self::Ack {
                    namespace,
                    id: id.ok_or(Malformed)?,
                    args,
                    attachments,
                })
            }
            (Kind::Connect | Kind::Disconnect | Kind::Event | Kind::Ack, _) => Err(Malformed),
        }
    }
}

/// `4` (a connect error) is the server's alone.
fn kind(wire: &str) -> Result<(Kind, bool, &str), Malformed> {
    let (kind, binary) = match wire.as_bytes().first() {
        Some(b'0') => (Kind::Connect, false),
        Some(b'1') => (Kind::Disconnect, false),
        Some(b'2') => (Kind::Event, false),
        Some(b'3') => (Kind::Ack, false),
        Some(b'5') => (Kind::Event, true),
        Some(b'6') => (Kind::Ack, true),
        _ => return Err(Malformed),
    };
    Ok((kind, binary, wire.get(1..).ok_or(Malformed)?))
}

fn attachments(rest: &str) -> Result<(usize, &str), Malformed> {
    let (digits, rest) = rest.split_once('-').ok_or(Malformed)?;
    let count = number(digits)
        .and_then(|count| usize::try_from(count).ok())
        .ok_or(Malformed)?;
    if count > limits::ATTACHMENTS {
        return Err(Malformed);
    }
    Ok((count, rest))
}

fn namespace(rest: &str) -> Result<(&str, &str), Malformed> {
    if !rest.starts_with('/') {
        return Ok((ROOT, rest));
    }
    let (name, rest) = rest.split_once(',').unwrap_or((rest, ""));
    if name.len() > limits::NAMESPACE_BYTES {
        return Err(Malformed);
    }
    Ok((name, rest))
}

fn ack_id(rest: &str) -> Result<(Option<u64>, &str), Malformed> {
    let end = rest
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(rest.len());
    match rest.split_at(end) {
        ("", rest) => Ok((None, rest)),
        (digits, rest) => Ok((Some(number(digits).ok_or(Malformed)?), rest)),
    }
}

fn number(digits: &str) -> Option<u64> {
    digits
        .bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| digits.parse().ok())
        .flatten()
}

fn event_name(name: Value) -> Result<String, Malformed> {
    match name {
        Value::String(name) if !RESERVED_EVENTS.contains(&name.as_str()) => Ok(name),
        Value::Number(number) => Ok(number.to_string()),
        Value::Null | Value::Bool(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => {
            Err(Malformed)
        }
    }
}

/// Without attachments an object that looks like a placeholder is only an object.
fn fits(args: &[Value], attachments: usize) -> Result<(), Malformed> {
    if attachments == 0 || json::placeholders_fit(args, attachments) {
        Ok(())
    } else {
        Err(Malformed)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn event(
        namespace: &str,
        name: &str,
        args: &Value,
        ack: Option<u64>,
        attachments: usize,
    ) -> Packet {
        let args = args.as_array().cloned().expect("arguments are an array");
        Packet::Event {
            namespace: namespace.into(),
            name: name.into(),
            args,
            ack,
            attachments,
        }
    }

    fn connect(namespace: &str, auth: &Value) -> Packet {
        let auth = auth.as_object().cloned().expect("auth is an object");
        Packet::Connect {
            namespace: namespace.into(),
            auth,
        }
    }

    #[test]
    fn packets_of_a_client_are_read() {
        let blob = json!([{ "_placeholder": true, "num": 0 }]);
        for (wire, expected) in [
            ("0", connect("/", &json!({}))),
            ("0{\"token\":\"t\"}", connect("/", &json!({"token": "t"}))),
            ("0/admin,", connect("/admin", &json!({}))),
            ("0/admin", connect("/admin", &json!({}))),
            ("0/admin,{\"a\":1}", connect("/admin", &json!({"a": 1}))),
            (
                "1",
                Packet::Disconnect {
                    namespace: "/".into(),
                },
            ),
            (
                "1/admin,",
                Packet::Disconnect {
                    namespace: "/admin".into(),
                },
            ),
            ("2[\"a\"]", event("/", "a", &json!([]), None, 0)),
            (
                "2[\"a\",1,{\"b\":null}]",
                event("/", "a", &json!([1, {"b": null}]), None, 0),
            ),
            ("27[\"a\"]", event("/", "a", &json!([]), Some(7), 0)),
            (
                "2/admin,70[\"a\"]",
                event("/admin", "a", &json!([]), Some(70), 0),
            ),
            ("2[1,\"x\"]", event("/", "1", &json!(["x"]), None, 0)),
            (
                "51-[\"a\",{\"_placeholder\":true,\"num\":0}]",
                event("/", "a", &blob, None, 1),
            ),
            ("50-[\"a\"]", event("/", "a", &json!([]), None, 0)),
            (
                "37[true]",
                Packet::Ack {
                    namespace: "/".into(),
                    id: 7,
                    args: vec![json!(true)],
                    attachments: 0,
                },
            ),
        ] {
            assert_eq!(Packet::parse(wire), Ok(expected), "{wire}");
        }
    }

    #[test]
    fn what_no_client_may_send_is_refused() {
        let deep = format!("2[\"a\",{}1{}]", "[".repeat(100), "]".repeat(100));
        let long = format!("0/{}", "n".repeat(limits::NAMESPACE_BYTES));
        for wire in [
            "",
            "7",
            "x",
            "é",
            "4{\"message\":\"m\"}",
            "0[]",
            "0\"a\"",
            "0null",
            "1{}",
            "2",
            "2{}",
            "2[]",
            "2null",
            "2[null]",
            "2[{}]",
            "2[true]",
            "2[\"a\"",
            "2[\"a\"]x",
            "2\"a\"",
            "2-1[\"a\"]",
            "3[1]",
            "37",
            "37{}",
            "2[\"connect\"]",
            "2[\"connect_error\"]",
            "2[\"disconnect\"]",
            "2[\"disconnecting\"]",
            "2[\"newListener\"]",
            "2[\"removeListener\"]",
            "5[\"a\"]",
            "5-[\"a\"]",
            "511-[\"a\"]",
            "5+1-[\"a\"]",
            "51-[\"a\",{\"_placeholder\":true,\"num\":1}]",
            "51-[\"a\",{\"_placeholder\":true,\"num\":\"0\"}]",
            "299999999999999999999[\"a\"]",
            &deep,
            &long,
        ] {
            assert_eq!(Packet::parse(wire), Err(Malformed), "{wire}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(wire in "[0-6]{0,2}[-/,\\[\\]{}\"a-z0-9é]{0,40}") {
            drop(Packet::parse(&wire));
        }
    }
}
