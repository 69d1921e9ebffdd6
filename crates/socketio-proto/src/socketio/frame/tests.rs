//! What frames are on the wire, as tables.

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
            Frame::ack("/admin", 7, &[placeholder(0)], vec![blob.clone()])?,
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

#[test]
fn a_frame_is_changed_without_being_encoded_again() -> Result<(), EncodeError> {
    let blob = Bytes::from_static(b"\x01\x02");
    for (frame, expected) in [
        (
            Frame::event("a", &1)?.within("/admin"),
            vec![r#"42/admin,["a",1]"#],
        ),
        (
            Frame::event("a", &1)?
                .within("/admin")
                .within(ROOT)
                .asking(7),
            vec![r#"427["a",1]"#],
        ),
        (
            Frame::binary_event("a", &[placeholder(0)], vec![blob.clone()])?
                .within("/admin")
                .asking(0),
            vec![
                r#"451-/admin,0["a",{"_placeholder":true,"num":0}]"#,
                r#"b"\x01\x02""#,
            ],
        ),
        (Frame::message(&Message::Text("hi".into())), vec!["4hi"]),
        (
            Frame::message(&Message::Binary(blob)),
            vec![r#"b"\x01\x02""#],
        ),
    ] {
        assert_eq!(texts(&frame), expected);
    }
    Ok(())
}

#[test]
fn an_offset_is_one_more_argument_of_an_event() -> Result<(), EncodeError> {
    let blob = Bytes::from_static(b"\x01");
    for (frame, expected) in [
        (Frame::event("a", &1)?, Some(r#"42["a",1,"o\""]"#)),
        (Frame::event_args("a", &[])?, Some(r#"42["a","o\""]"#)),
        (
            Frame::event("a", &1)?.within("/admin"),
            Some(r#"42/admin,["a",1,"o\""]"#),
        ),
        (
            Frame::binary_event("a", &[placeholder(0)], vec![blob])?,
            Some(r#"451-["a",{"_placeholder":true,"num":0},"o\""]"#),
        ),
        (Frame::event("a", &1)?.asking(7), None),
        (Frame::ack(ROOT, 7, &[], vec![])?, None),
        (Frame::disconnect(ROOT), None),
        (Frame::message(&Message::Text("hello".into())), None),
    ] {
        let numbered = frame.with_offset("o\"");
        let text = numbered
            .as_ref()
            .and_then(|frame| texts(frame).into_iter().next());
        assert_eq!(text.as_deref(), expected);
    }
    Ok(())
}
