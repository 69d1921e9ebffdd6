//! What the fuzz targets do with their bytes. The same functions replay the corpus on a stable compiler
//! (`tests/corpus.rs`). Each panics when a promise is broken.

#[path = "machine.rs"]
mod machine;

use bytes::Bytes;
use socketio_proto::engineio::payload as engine_payload;
use socketio_proto::engineio::{Packet as EnginePacket, WireFrame};
use socketio_proto::limits;
use socketio_proto::socketio::{Encoding, Frame, Packet, msgpack as parser};

pub use machine::session;

/// A text packet that is read is within the limits, and is the same when it is written and read again.
pub fn packet(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let Ok(packet) = Packet::parse(text) else {
        return;
    };
    let attachments = match &packet {
        Packet::Event { attachments, .. } | Packet::Ack { attachments, .. } => *attachments,
        Packet::Connect { .. } | Packet::Disconnect { .. } => 0,
    };
    assert!(attachments <= limits::ATTACHMENTS);
    if let Some(frame) = written(&packet, vec![Bytes::new(); attachments]) {
        let Some(WireFrame::Text(wire)) = frame.wire().next() else {
            panic!("a JSON packet begins with text");
        };
        let again = wire.get(1..).map(Packet::parse);
        assert_eq!(again, Some(Ok(packet)));
    }
}

/// A body that is read is the same when it is written and read again.
pub fn payload(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let packets: Vec<EnginePacket> = engine_payload::decode(&text.into())
        .map_while(Result::ok)
        .collect();
    if packets.is_empty() {
        return;
    }
    let frames: Vec<WireFrame> = packets.iter().map(EnginePacket::to_frame).collect();
    let body = engine_payload::encode(&frames);
    let again: Vec<_> = engine_payload::decode(&body.into()).collect();
    assert_eq!(again, packets.into_iter().map(Ok).collect::<Vec<_>>());
}

/// A msgpack packet that is read is within the limits, and stays the same from the second reading on: placeholders
/// that a client forged are attachments of their own after the first.
pub fn msgpack(data: &[u8]) {
    let Ok((packet, attachments)) = parser::read(&Bytes::copy_from_slice(data)) else {
        return;
    };
    assert!(attachments.len() <= limits::ATTACHMENTS);
    if let Some(first) = reread(&packet, attachments) {
        let second = reread(&first.0, first.1.clone());
        assert_eq!(second, Some(first));
    }
}

/// None: no event, or one that has too many attachments once each has its own.
fn reread(packet: &Packet, attachments: Vec<Bytes>) -> Option<(Packet, Vec<Bytes>)> {
    let frame = written(packet, attachments)?;
    let Some(WireFrame::Binary(wire)) = frame.wire_in(Encoding::Msgpack).next() else {
        panic!("what has been read can be written");
    };
    parser::read(&wire).ok()
}

/// Events and acks as the server would send them.
fn written(packet: &Packet, attachments: Vec<Bytes>) -> Option<Frame> {
    let frame = match packet {
        Packet::Event {
            namespace,
            name,
            args,
            ack,
            ..
        } => {
            let frame = Frame::binary_event(name, args, attachments).map(|f| f.within(namespace));
            frame.map(|frame| ack.map_or(frame.clone(), |id| frame.asking(id)))
        }
        Packet::Ack {
            namespace,
            id,
            args,
            ..
        } => Frame::ack(namespace, *id, args, attachments),
        Packet::Connect { .. } | Packet::Disconnect { .. } => return None,
    };
    match frame {
        Ok(frame) => Some(frame),
        Err(error) => panic!("what has been read can be written: {error}"),
    }
}
