//! Several packets in one HTTP body, separated by 0x1e. Neighbours: [`super::packet`], [`super::Session`].
//! Binary is `b` and base64, without a `4` in front. Bounds: the caller cuts the body at `maxPayload`.

use base64::Engine as _;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use base64::{alphabet, engine::DecodePaddingMode};
use bytestring::ByteString;

use super::packet::{BadPacket, Message, Packet, WireFrame};

/// Stands between two packets of a payload.
pub const SEPARATOR: char = '\u{1e}';

const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Reads the packets of a body in order. After a bad one nothing more is to be read: the session ends there.
///
/// ```text
/// 4hello\x1e2\x1ebAQID
/// ```
pub fn decode(body: &ByteString) -> impl Iterator<Item = Result<Packet, BadPacket>> {
    body.split(SEPARATOR)
        .map(move |part| match part.strip_prefix('b') {
            Some(base64) => LENIENT
                .decode(base64)
                .map(|bytes| Packet::Message(Message::Binary(bytes.into())))
                .map_err(|_| BadPacket),
            None => Packet::parse(&body.slice_ref(part)),
        })
}

/// Writes frames as one body.
pub fn encode(frames: &[WireFrame]) -> String {
    let mut body = String::with_capacity(frames.iter().map(encoded_size).sum());
    for (index, frame) in frames.iter().enumerate() {
        if index > 0 {
            body.push(SEPARATOR);
        }
        match frame {
            WireFrame::Text(text) => body.push_str(text),
            WireFrame::Binary(bytes) => {
                body.push('b');
                STANDARD.encode_string(bytes, &mut body);
            }
        }
    }
    body
}

/// Bytes that the frame takes in a body, its separator included.
pub fn encoded_size(frame: &WireFrame) -> usize {
    match frame {
        WireFrame::Text(text) => text.len() + 1,
        WireFrame::Binary(bytes) => bytes.len().div_ceil(3) * 4 + 2,
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use proptest::prelude::*;

    use super::*;

    fn packets(body: &str) -> Vec<Result<Packet, BadPacket>> {
        decode(&body.into()).collect()
    }

    #[test]
    fn packets_are_split_at_the_separator() {
        let text = |text: &str| Ok(Packet::Message(Message::Text(text.into())));
        let binary =
            |bytes: &'static [u8]| Ok(Packet::Message(Message::Binary(Bytes::from_static(bytes))));
        for (body, expected) in [
            ("4a", vec![text("a")]),
            ("4a\u{1e}4b", vec![text("a"), text("b")]),
            (
                "4a\u{1e}bAQIDBA==\u{1e}1",
                vec![text("a"), binary(&[1, 2, 3, 4]), Ok(Packet::Close)],
            ),
            ("bAQIDBA", vec![binary(&[1, 2, 3, 4])]),
            ("b", vec![binary(&[])]),
            ("4a\u{1e}", vec![text("a"), Err(BadPacket)]),
            (
                "4a\u{1e}x\u{1e}4b",
                vec![text("a"), Err(BadPacket), text("b")],
            ),
            ("b*", vec![Err(BadPacket)]),
            ("", vec![Err(BadPacket)]),
        ] {
            assert_eq!(packets(body), expected, "{body:?}");
        }
    }

    proptest! {
        #[test]
        fn a_payload_reads_as_it_was_written(frames in prop::collection::vec(any_frame(), 1..8)) {
            let body = encode(&frames);
            prop_assert_eq!(body.len() + 1, frames.iter().map(encoded_size).sum::<usize>());
            let read: Vec<_> = decode(&body.into()).map(|packet| packet.map(|packet| packet.to_frame())).collect();
            prop_assert_eq!(read, frames.into_iter().map(Ok).collect::<Vec<_>>());
        }

        #[test]
        fn no_body_makes_the_reader_panic(body in ".*") {
            decode(&body.into()).for_each(drop);
        }
    }

    fn any_frame() -> impl Strategy<Value = WireFrame> {
        prop_oneof![
            "[^\u{1e}]*".prop_map(|text| WireFrame::Text(format!("4{text}").into())),
            prop::collection::vec(any::<u8>(), 0..40)
                .prop_map(|bytes| WireFrame::Binary(bytes.into())),
        ]
    }
}
