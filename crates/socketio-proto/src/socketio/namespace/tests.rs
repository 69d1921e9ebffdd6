//! What a client may do when, as tables and as a property.

use proptest::prelude::*;

use super::*;
use crate::engineio::WireFrame;

fn client() -> Client {
    let known = |name: &str| matches!(name, "/" | "/admin") || name.starts_with("/dyn-");
    Client::new(Arc::new(known), None, Duration::from_secs(45))
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
        (
            &["2[\"a\"]", "bin:x"],
            &["event / a [] [] None", "close BadPacket"],
        ),
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

#[test]
fn a_client_is_in_a_bounded_number_of_namespaces() {
    let mut client = client();
    for number in 0..limits::NAMESPACES {
        let asked = client.handle(Message::Text(format!("0/dyn-{number},").into()));
        assert_eq!(say(asked), format!("connect /dyn-{number} {{}}"));
    }
    let refused = r#"reply [Text("44/dyn-x,{\"message\":\"Too many namespaces\"}")]"#;
    assert_eq!(play(client, &["0/dyn-x,"]), [refused]);
}

#[test]
fn the_first_message_says_which_parser_it_is() {
    let connect = Message::Binary(Bytes::from_static(b"\x82\xa4type\x00\xa3nsp\xa1/"));
    let mut msgpack = client();
    assert_eq!(say(msgpack.handle(connect.clone())), "connect / {}");
    assert_eq!(msgpack.encoding(), Encoding::Msgpack);
    assert_eq!(play(msgpack, &["0/admin,"]), ["close BadPacket"]);
    let mut json = client();
    assert_eq!(say(json.handle(Message::Text("0".into()))), "connect / {}");
    assert_eq!(json.encoding(), Encoding::Json);
    assert_eq!(say(json.handle(connect)), "close BadPacket");
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
