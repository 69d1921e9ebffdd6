//! What the messages of one client mean: engineio::Session -> *client* -> the application, per namespace.
//!
//! Bounds: one entry per known namespace; one packet waiting for at most [`limits::ATTACHMENTS`](crate::limits)
//! attachments, each at most `maxPayload`.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde_json::{Map, Value};

use super::frame::Frame;
use super::packet::Packet;
use crate::engineio::Message;

/// What a message asks of the application.
#[derive(Clone, Debug)]
pub enum Action {
    /// The client wants to join; answer with [`Client::accept`] or [`Client::refuse`].
    Connect {
        /// The namespace to join.
        namespace: String,
        /// The client's `auth`.
        auth: Map<String, Value>,
    },
    /// An event in a joined namespace.
    Event {
        /// The namespace it came in.
        namespace: String,
        /// The event's name.
        name: String,
        /// The arguments; binary is a [`super::placeholder`].
        args: Vec<Value>,
        /// The binary attachments.
        attachments: Vec<Bytes>,
        /// The client waits for an ack of this id.
        ack: Option<u64>,
    },
    /// An answer to an event of the server. An id that nobody waits for is to be ignored.
    Ack {
        /// The namespace it came in.
        namespace: String,
        /// The id the server gave.
        id: u64,
        /// The arguments.
        args: Vec<Value>,
        /// The binary attachments.
        attachments: Vec<Bytes>,
    },
    /// The client left a namespace.
    Disconnect {
        /// The namespace it left.
        namespace: String,
    },
    /// To be sent as it is.
    Reply(Frame),
    /// The session must be closed.
    Close(Violation),
}

/// Why a session is closed by this layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Violation {
    /// A packet that no client may send, or binary where none is expected.
    BadPacket,
    /// A good packet at the wrong time: an event before CONNECT, a second CONNECT.
    OutOfOrder,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Asked,
    Joined,
}

#[derive(Debug)]
struct Partial {
    packet: Packet,
    wanted: usize,
    attachments: Vec<Bytes>,
}

/// The namespaces of one client by value.
#[derive(Debug)]
pub struct Client {
    known: Arc<[String]>,
    stages: Vec<(String, Stage)>,
    partial: Option<Partial>,
    connect_by: Option<Duration>,
}

impl Client {
    /// A client that must have joined one of the `known` namespaces by `connect_by` (the caller's monotonic clock).
    pub const fn new(known: Arc<[String]>, connect_by: Duration) -> Self {
        Self {
            known,
            stages: Vec::new(),
            partial: None,
            connect_by: Some(connect_by),
        }
    }

    /// When a client that has joined nothing is to be closed. None once it has joined.
    pub const fn next_deadline(&self) -> Option<Duration> {
        self.connect_by
    }

    /// The namespace is joined.
    pub fn is_joined(&self, namespace: &str) -> bool {
        self.stage(namespace) == Some(Stage::Joined)
    }

    /// Takes one Engine.IO message. None: an attachment is still to come.
    pub fn handle(&mut self, message: Message) -> Option<Action> {
        match (message, self.partial.take()) {
            (Message::Text(_), Some(_)) | (Message::Binary(_), None) => {
                Some(Action::Close(Violation::BadPacket))
            }
            (Message::Text(text), None) => match Packet::parse(&text) {
                Ok(packet) => self.packet(packet),
                Err(_) => Some(Action::Close(Violation::BadPacket)),
            },
            (Message::Binary(bytes), Some(partial)) => self.attachment(partial, bytes),
        }
    }

    /// The application lets the client in: `40{"sid":..}`, with a `pid` where the session can be recovered.
    pub fn accept(&mut self, namespace: &str, sid: &str, pid: Option<&str>) -> Frame {
        self.connect_by = None;
        if let Some((_, stage)) = self.stages.iter_mut().find(|(name, _)| name == namespace) {
            *stage = Stage::Joined;
        }
        Frame::connect(namespace, sid, pid)
    }

    /// The application refuses: `44{"message":..,"data"?:..}`. The client may try again.
    pub fn refuse(&mut self, namespace: &str, message: &str, data: Option<Value>) -> Frame {
        self.leave(namespace);
        Frame::connect_error(namespace, message, data)
    }

    /// The application is done with the client in a namespace; what it still sends there is out of order.
    pub fn leave(&mut self, namespace: &str) {
        self.stages.retain(|(name, _)| name != namespace);
    }

    fn packet(&mut self, packet: Packet) -> Option<Action> {
        match packet {
            Packet::Event { attachments, .. } | Packet::Ack { attachments, .. }
                if attachments > 0 =>
            {
                self.partial = Some(Partial {
                    packet,
                    wanted: attachments,
                    attachments: Vec::new(),
                });
                None
            }
            packet => Some(self.whole(packet, Vec::new())),
        }
    }

    fn attachment(&mut self, mut partial: Partial, bytes: Bytes) -> Option<Action> {
        partial.attachments.push(bytes);
        if partial.attachments.len() < partial.wanted {
            self.partial = Some(partial);
            return None;
        }
        Some(self.whole(partial.packet, partial.attachments))
    }

    fn whole(&mut self, packet: Packet, attachments: Vec<Bytes>) -> Action {
        match packet {
            Packet::Connect { namespace, auth } => self.connect(namespace, auth),
            Packet::Disconnect { namespace } if self.is_joined(&namespace) => {
                self.leave(&namespace);
                Action::Disconnect { namespace }
            }
            Packet::Event {
                namespace,
                name,
                args,
                ack,
                ..
            } if self.is_joined(&namespace) => Action::Event {
                namespace,
                name,
                args,
                attachments,
                ack,
            },
            Packet::Ack {
                namespace,
                id,
                args,
                ..
            } if self.is_joined(&namespace) => Action::Ack {
                namespace,
                id,
                args,
                attachments,
            },
            Packet::Disconnect { .. } | Packet::Event { .. } | Packet::Ack { .. } => {
                Action::Close(Violation::OutOfOrder)
            }
        }
    }

    fn connect(&mut self, namespace: String, auth: Map<String, Value>) -> Action {
        if !self.known.contains(&namespace) {
            return Action::Reply(Frame::connect_error(&namespace, "Invalid namespace", None));
        }
        if self.stage(&namespace).is_some() {
            return Action::Close(Violation::OutOfOrder);
        }
        self.stages.push((namespace.clone(), Stage::Asked));
        Action::Connect { namespace, auth }
    }

    fn stage(&self, namespace: &str) -> Option<Stage> {
        self.stages
            .iter()
            .find(|(name, _)| name == namespace)
            .map(|(_, stage)| *stage)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::engineio::WireFrame;

    fn client() -> Client {
        Client::new(
            ["/".to_owned(), "/admin".to_owned()].into(),
            Duration::from_secs(45),
        )
    }

    fn joined() -> Client {
        let mut client = client();
        client.handle(Message::Text("0".into()));
        client.accept("/", "s", None);
        client
    }

    /// The outcome in one word, and what is sent.
    fn say(action: Option<Action>) -> String {
        match action {
            None => "waits".into(),
            Some(Action::Connect { namespace, auth }) => {
                format!("connect {namespace} {}", Value::Object(auth))
            }
            Some(Action::Event {
                namespace,
                name,
                args,
                attachments,
                ack,
            }) => {
                format!(
                    "event {namespace} {name} {} {attachments:?} {ack:?}",
                    Value::Array(args)
                )
            }
            Some(Action::Ack {
                id,
                args,
                attachments,
                ..
            }) => {
                format!("ack {id} {} {attachments:?}", Value::Array(args))
            }
            Some(Action::Disconnect { namespace }) => format!("disconnect {namespace}"),
            Some(Action::Reply(frame)) => {
                format!("reply {:?}", frame.wire().collect::<Vec<WireFrame>>())
            }
            Some(Action::Close(violation)) => format!("close {violation:?}"),
        }
    }

    fn play(mut client: Client, messages: &[&str]) -> Vec<String> {
        messages
            .iter()
            .map(|text| match text.strip_prefix("bin:") {
                Some(bytes) => Message::Binary(Bytes::copy_from_slice(bytes.as_bytes())),
                None => Message::Text((*text).into()),
            })
            .map(|message| say(client.handle(message)))
            .collect()
    }

    #[test]
    fn a_namespace_is_joined_before_it_is_used() {
        for (messages, outcomes) in [
            (&["2[\"a\"]"][..], &["close OutOfOrder"][..]),
            (&["1"], &["close OutOfOrder"]),
            (&["30[]"], &["close OutOfOrder"]),
            (&["0", "2[\"a\"]"], &["connect / {}", "close OutOfOrder"]),
            (&["0", "0"], &["connect / {}", "close OutOfOrder"]),
            (
                &["0", "0/admin,{\"k\":1}"],
                &["connect / {}", "connect /admin {\"k\":1}"],
            ),
            (
                &["0/x,"],
                &["reply [Text(\"44/x,{\\\"message\\\":\\\"Invalid namespace\\\"}\")]"],
            ),
        ] {
            assert_eq!(play(client(), messages), outcomes, "{messages:?}");
        }
    }

    #[test]
    fn a_joined_client_is_heard() {
        for (messages, outcomes) in [
            (&["2[\"a\",1]"][..], &["event / a [1] [] None"][..]),
            (&["25[\"a\"]"], &["event / a [] [] Some(5)"]),
            (&["35[1]"], &["ack 5 [1] []"]),
            (&["1", "2[\"a\"]"], &["disconnect /", "close OutOfOrder"]),
            (&["1", "0"], &["disconnect /", "connect / {}"]),
            (&["0"], &["close OutOfOrder"]),
            (&["2/admin,[\"a\"]"], &["close OutOfOrder"]),
            (&["x"], &["close BadPacket"]),
        ] {
            assert_eq!(play(joined(), messages), outcomes, "{messages:?}");
        }
    }

    #[test]
    fn attachments_follow_their_packet() {
        let two = "52-[\"a\",{\"_placeholder\":true,\"num\":1},{\"_placeholder\":true,\"num\":0}]";
        let whole = "event / a [{\"_placeholder\":true,\"num\":1},{\"_placeholder\":true,\"num\":0}] [b\"x\", b\"y\"] None";
        for (messages, outcomes) in [
            (&[two, "bin:x", "bin:y"][..], &["waits", "waits", whole][..]),
            (
                &[two, "bin:x", "2[\"b\"]"],
                &["waits", "waits", "close BadPacket"],
            ),
            (&["bin:x"], &["close BadPacket"]),
            (
                &["61-5[{\"_placeholder\":true,\"num\":0}]", "bin:x"],
                &[
                    "waits",
                    "ack 5 [{\"_placeholder\":true,\"num\":0}] [b\"x\"]",
                ],
            ),
        ] {
            assert_eq!(play(joined(), messages), outcomes, "{messages:?}");
        }
    }

    #[test]
    fn a_refused_client_may_ask_again_until_the_deadline() {
        let mut client = client();
        client.handle(Message::Text("0".into()));
        client.refuse("/", "no", None);
        assert_eq!(
            say(client.handle(Message::Text("0".into()))),
            "connect / {}"
        );
        assert_eq!(client.next_deadline(), Some(Duration::from_secs(45)));
        client.accept("/", "s", None);
        assert_eq!(client.next_deadline(), None);
        client.leave("/");
        assert!(!client.is_joined("/"));
    }

    /// What a client may send, with few enough choices that they meet each other.
    fn any_message() -> impl Strategy<Value = Message> {
        let blob = r#"{"_placeholder":true,"num":0}"#;
        let text = [
            "0".to_owned(),
            "0/admin,".to_owned(),
            "0/x,".to_owned(),
            "1".to_owned(),
            "2[\"a\"]".to_owned(),
            "2/admin,7[\"a\"]".to_owned(),
            "37[]".to_owned(),
            format!("51-[\"a\",{blob}]"),
            format!("62-7[{blob}]"),
            "4{}".to_owned(),
        ];
        prop_oneof![
            9 => prop::sample::select(text.to_vec()).prop_map(|text| Message::Text(text.into())),
            2 => Just(Message::Binary(Bytes::from_static(b"x"))),
        ]
    }

    proptest! {
        #[test]
        fn nothing_is_heard_from_a_namespace_that_is_not_joined(
            messages in prop::collection::vec((any_message(), any::<bool>()), 1..40),
        ) {
            let mut client = client();
            let mut joined = std::collections::BTreeSet::new();
            for (message, admit) in messages {
                match client.handle(message) {
                    Some(Action::Connect { namespace, .. }) => {
                        prop_assert!(!joined.contains(&namespace));
                        if admit {
                            client.accept(&namespace, "s", None);
                            joined.insert(namespace);
                        } else {
                            client.refuse(&namespace, "no", None);
                        }
                    }
                    Some(Action::Event { namespace, attachments, args, .. }) => {
                        prop_assert!(joined.contains(&namespace));
                        prop_assert_eq!(attachments.len(), args.len());
                    }
                    Some(Action::Ack { namespace, .. }) => prop_assert!(joined.contains(&namespace)),
                    Some(Action::Disconnect { namespace }) => prop_assert!(joined.remove(&namespace)),
                    Some(Action::Reply(_) | Action::Close(_)) | None => {}
                }
            }
        }
    }
}
