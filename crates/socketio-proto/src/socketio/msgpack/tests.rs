//! What is read and written, as tables by the bytes of msgpack, and that both ways fit together.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::engineio::WireFrame;
use crate::socketio::{Encoding, Frame, placeholder};

/// A packet of an event with these arguments, each a piece of msgpack.
fn event(args: &[&[u8]]) -> Bytes {
    let mut packet = b"\x83\xa4type\x02\xa3nsp\xa1/\xa4data\xdd".to_vec();
    let count = u32::try_from(args.len() + 1).expect("few arguments");
    packet.extend(count.to_be_bytes());
    packet.extend(b"\xa1e");
    args.iter().for_each(|arg| packet.extend(*arg));
    packet.into()
}

/// The arguments of an event as they are read, and its attachments.
fn args(packet: &Bytes) -> Result<(Value, Vec<Bytes>), Malformed> {
    match read(packet)? {
        (Packet::Event { args, .. }, attachments) => Ok((Value::Array(args), attachments)),
        (other, _) => panic!("no event but {other:?}"),
    }
}

#[test]
fn values_are_read_in_all_their_forms() {
    for (bytes, expected) in [
        (&b"\xc0"[..], json!(null)),
        (b"\xc2", json!(false)),
        (b"\xc3", json!(true)),
        (b"\x7f", json!(127)),
        (b"\xe0", json!(-32)),
        (b"\xcc\xff", json!(255)),
        (b"\xcd\x01\x00", json!(256)),
        (b"\xce\x00\x01\x00\x00", json!(65536)),
        (b"\xcf\xff\xff\xff\xff\xff\xff\xff\xff", json!(u64::MAX)),
        (b"\xd0\x80", json!(-128)),
        (b"\xd1\x80\x00", json!(-32768)),
        (b"\xd2\x80\x00\x00\x00", json!(-2_147_483_648_i64)),
        (b"\xd3\x80\x00\x00\x00\x00\x00\x00\x00", json!(i64::MIN)),
        (b"\xca\x3f\xc0\x00\x00", json!(1.5)),
        (b"\xcb\x3f\xf8\x00\x00\x00\x00\x00\x00", json!(1.5)),
        (b"\xcb\x7f\xf8\x00\x00\x00\x00\x00\x00", json!(null)),
        (b"\xa2hi", json!("hi")),
        (b"\xd9\x02hi", json!("hi")),
        (b"\xda\x00\x02hi", json!("hi")),
        (b"\xdb\x00\x00\x00\x02hi", json!("hi")),
        (b"\x92\x01\x02", json!([1, 2])),
        (b"\xdc\x00\x01\x01", json!([1])),
        (b"\x81\xa1a\x01", json!({"a": 1})),
        (b"\xde\x00\x01\xa1a\x90", json!({"a": []})),
        (b"\xdf\x00\x00\x00\x01\x05\x80", json!({"5": {}})),
        (b"\xd4\x00\x00", json!(null)),
        (
            b"\xd6\xff\x69\x7d\xed\x40",
            json!("2026-01-31T11:53:36.000Z"),
        ),
        (
            b"\xd7\xff\x1d\xcd\x65\x00\x69\x7d\xed\x40",
            json!("2026-01-31T11:53:36.125Z"),
        ),
        (
            b"\xc7\x0c\xff\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff",
            json!("1969-12-31T23:59:59.000Z"),
        ),
        (
            b"\xd7\x00\x00\x00\x00\x00\x00\x00\x00\x01",
            json!("1970-01-01T00:00:00.001Z"),
        ),
        (
            b"\xd7\x00\x00\x1e\xb2\x08\xc2\xdc\x00\x00",
            json!("+275760-09-13T00:00:00.000Z"),
        ),
    ] {
        assert_eq!(
            args(&event(&[bytes])),
            Ok((json!([expected]), vec![])),
            "{bytes:x?}"
        );
    }
}

#[test]
fn binary_becomes_placeholders() {
    let packet = event(&[
        b"\xc4\x02\x01\x02",
        b"\x81\xa1a\xc5\x00\x01\x03",
        b"\xc6\x00\x00\x00\x00",
    ]);
    let expected = json!([placeholder(0), {"a": placeholder(1)}, placeholder(2)]);
    let attachments = [&[1, 2][..], &[3], &[]].map(Bytes::from_static).to_vec();
    assert_eq!(args(&packet), Ok((expected, attachments)));
}

#[test]
fn packets_of_a_client_are_read() {
    let ack = b"\x84\xa4type\x03\xa4data\x91\x01\xa3nsp\xa6/admin\xa2id\x07";
    let expected = Packet::Ack {
        namespace: "/admin".into(),
        id: 7,
        args: vec![json!(1)],
        attachments: 0,
    };
    assert_eq!(read(&ack.as_slice().into()), Ok((expected, vec![])));
    let undefined = b"\x84\xa4type\x01\xa4data\xd4\x00\x00\xa3nsp\xa1/\xa2id\xc0";
    let expected = Packet::Disconnect {
        namespace: "/".into(),
    };
    assert_eq!(read(&undefined.as_slice().into()), Ok((expected, vec![])));
    let connect = b"\x83\xa4type\x00\xa4data\x81\xa1k\xa1v\xa3nsp\xa1/";
    let auth = json!({"k": "v"}).as_object().cloned().expect("an object");
    let expected = Packet::Connect {
        namespace: "/".into(),
        auth,
    };
    assert_eq!(read(&connect.as_slice().into()), Ok((expected, vec![])));
}

#[test]
fn what_no_client_may_send_is_refused() {
    let deep = [&[0x91].repeat(100)[..], b"\x01"].concat();
    let very_deep = [0x91].repeat(100_000);
    let forged = b"\x82\xac_placeholder\xc3\xa3num\x05";
    for packet in [
        &b""[..],
        b"\xc1",
        b"\x01",
        b"\x90",
        b"\x80",
        b"\x82\xa4type\x04\xa3nsp\xa1/",
        b"\x82\xa4type\x05\xa3nsp\xa1/",
        b"\x82\xa4type\xa10\xa3nsp\xa1/",
        b"\x82\xa4type\x00\xa3nsp\x01",
        b"\x82\xa4type\x00\xa3nsp\xa0",
        b"\x82\xa4type\x00\xa3nsp\xa1x",
        b"\x82\xa4type\x02\xa3nsp\xa1/",
        b"\x83\xa4type\x00\xa4data\x90\xa3nsp\xa1/",
        b"\x83\xa4type\x00\xa4data\x81\xa1a\xc4\x00\xa3nsp\xa1/",
        b"\x83\xa4type\x01\xa4data\x80\xa3nsp\xa1/",
        b"\x83\xa4type\x02\xa4data\x90\xa3nsp\xa1/",
        b"\x83\xa4type\x02\xa4data\x91\xa7connect\xa3nsp\xa1/",
        b"\x83\xa4type\x03\xa4data\x90\xa3nsp\xa1/",
        b"\x84\xa4type\x02\xa4data\x91\xa1e\xa3nsp\xa1/\xa2id\xff",
        b"\x82\xa4type\x00\xa3nsp\xa1/\x00",
        b"\xdf\xff\xff\xff\xff",
        b"\x81\x90\x01",
        &event(&[&deep]),
        &event(&[&very_deep]),
        &event(&[b"\xdd\xff\xff\xff\xff"]),
        &event(&[b"\xc6\xff\xff\xff\xff"]),
        &event(&[b"\xa1\xff"]),
        &event(&[b"\xd4\x05\x00"]),
        &event(&[b"\xd7\x00\x7f\xff\xff\xff\xff\xff\xff\xff"]),
        &event(&[b"\xc4\x00".as_slice(); limits::ATTACHMENTS + 1]),
        &event(&[b"\xc4\x00", forged]),
    ] {
        let short = packet.get(..40).unwrap_or(packet);
        assert_eq!(
            read(&Bytes::copy_from_slice(packet)),
            Err(Malformed),
            "{short:x?}"
        );
    }
}

fn msgpack(frame: &Frame) -> Vec<WireFrame> {
    frame.wire_in(Encoding::Msgpack).collect()
}

#[test]
fn packets_of_the_server_are_one_binary_frame() {
    let event = Frame::binary_event("e", &[placeholder(0)], vec![Bytes::from_static(b"\x01")]);
    let event = event.expect("one attachment").within("/a").asking(7);
    for (frame, expected) in [
        (
            event,
            &b"\x84\xa4type\x02\xa4data\x92\xa1e\xc4\x01\x01\xa3nsp\xa2/a\xa2id\x07"[..],
        ),
        (Frame::disconnect("/"), b"\x82\xa4type\x01\xa3nsp\xa1/"),
        (
            Frame::connect("/", "s", None),
            b"\x83\xa4type\x00\xa4data\x81\xa3sid\xa1s\xa3nsp\xa1/",
        ),
        (
            Frame::connect_error("/", "m", None),
            b"\x83\xa4type\x04\xa4data\x81\xa7message\xa1m\xa3nsp\xa1/",
        ),
        (
            Frame::ack_one("/", 300, &-1).expect("a number"),
            b"\x84\xa4type\x03\xa4data\x91\xff\xa3nsp\xa1/\xa2id\xcd\x01\x2c",
        ),
    ] {
        assert_eq!(
            msgpack(&frame),
            [WireFrame::Binary(Bytes::from_static(expected))]
        );
    }
}

/// JSON as an application sends it, up to the sizes at which lengths change their form.
fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (0_u32..64).prop_map(|shift| Value::from(u64::MAX >> shift)),
        (0_u32..64).prop_map(|shift| Value::from(i64::MIN >> shift)),
        any::<f64>().prop_map(Value::from),
        (0_usize..70_000).prop_map(|length| Value::from("x".repeat(length))),
        ".{0,40}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 64, 20, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..20).prop_map(Value::Array),
            prop::collection::hash_map("[a-z]{0,40}", inner, 0..20)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn an_event_reads_as_it_was_written(values in prop::collection::vec(any_value(), 0..4), blob in prop::collection::vec(any::<u8>(), 0..300)) {
        let mut sent = values;
        sent.push(placeholder(0));
        let frame = Frame::binary_event("e", &sent, vec![blob.clone().into()]).expect("JSON");
        let [WireFrame::Binary(bytes)] = &msgpack(&frame)[..] else { panic!("one frame") };
        prop_assert_eq!(args(bytes), Ok((Value::Array(sent), vec![blob.into()])));
    }

    #[test]
    fn no_message_makes_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
        drop(read(&bytes.into()));
    }
}
