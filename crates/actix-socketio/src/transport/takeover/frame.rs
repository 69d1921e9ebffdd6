//! WebSocket frames (RFC 6455, section 5.2) by hand: heads out, whole frames in. Part of [`super`].
//! Bound: the payload of a frame, by `max_payload`; its head says so before anything of it is kept.

use actix_http::ws::{CloseCode, Item};
use bytes::Bytes;
use bytestring::ByteString;
use socketio_proto::engineio::WireFrame;

/// The longest payload of a control frame (section 5.5).
pub(super) const CONTROL: usize = 125;

const TEXT: u8 = 1;
const BINARY: u8 = 2;
const CLOSE: u8 = 8;
const PING: u8 = 9;
const PONG: u8 = 10;

/// What the peer sent.
#[derive(Debug, PartialEq)]
pub(super) enum Incoming {
    Whole(WireFrame),
    Fragment(Item),
    Ping(Bytes),
    Pong,
    /// With what it said, to be said back.
    Close(Bytes),
}

/// The peer does not keep to the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Broken {
    TooLarge,
    Protocol,
    /// A text that is not UTF-8.
    NotText,
}

impl Broken {
    /// What the peer is told.
    pub(super) const fn code(self) -> CloseCode {
        match self {
            Self::TooLarge => CloseCode::Size,
            Self::Protocol => CloseCode::Protocol,
            Self::NotText => CloseCode::Invalid,
        }
    }
}

/// How a frame begins.
struct Head {
    start: u8,
    key: [u8; 4],
    payload: usize,
    /// Bytes of the head itself.
    length: usize,
}

/// Takes the first frame if it is whole, and says how many bytes it had. Unmasks in place.
pub(super) fn first(bytes: &mut [u8], limit: usize) -> Result<Option<(Incoming, usize)>, Broken> {
    let Some(head) = head(bytes, limit)? else {
        return Ok(None);
    };
    let end = head.length + head.payload;
    let Some(payload) = bytes.get_mut(head.length..end) else {
        return Ok(None);
    };
    unmask(payload, head.key);
    Ok(Some((incoming(head.start, payload)?, end)))
}

fn head(bytes: &[u8], limit: usize) -> Result<Option<Head>, Broken> {
    let [start, second, rest @ ..] = bytes else {
        return Ok(None);
    };
    // Reserved bits need an extension, and a client masks what it sends.
    if start & 0x70 != 0 || second & 0x80 == 0 {
        return Err(Broken::Protocol);
    }
    let (payload, rest) = match (second & 0x7F, rest) {
        (126, [a, b, rest @ ..]) => (u64::from(u16::from_be_bytes([*a, *b])), rest),
        (127, [a, b, c, d, e, f, g, h, rest @ ..]) => {
            let length = u64::from_be_bytes([*a, *b, *c, *d, *e, *f, *g, *h]);
            (length, rest)
        }
        (126 | 127, _) => return Ok(None),
        (short, rest) => (u64::from(short), rest),
    };
    let control = start & 0x08 != 0;
    if control && (start & 0x80 == 0 || payload > CONTROL as u64) {
        return Err(Broken::Protocol);
    }
    let payload = usize::try_from(payload).map_err(|_| Broken::TooLarge)?;
    if payload > limit && !control {
        return Err(Broken::TooLarge);
    }
    let [a, b, c, d, rest @ ..] = rest else {
        return Ok(None);
    };
    Ok(Some(Head {
        start: *start,
        key: [*a, *b, *c, *d],
        payload,
        length: bytes.len() - rest.len(),
    }))
}

fn unmask(payload: &mut [u8], key: [u8; 4]) {
    let wide = u64::from_ne_bytes([
        key[0], key[1], key[2], key[3], key[0], key[1], key[2], key[3],
    ]);
    let (eights, rest) = payload.as_chunks_mut::<8>();
    for eight in eights {
        *eight = (u64::from_ne_bytes(*eight) ^ wide).to_ne_bytes();
    }
    for (byte, key) in rest.iter_mut().zip(key.into_iter().cycle()) {
        *byte ^= key;
    }
}

fn incoming(start: u8, payload: &[u8]) -> Result<Incoming, Broken> {
    let last = start & 0x80 != 0;
    let bytes = || Bytes::copy_from_slice(payload);
    Ok(match (start & 0x0F, last) {
        (TEXT, true) => {
            let text = str::from_utf8(payload).map_err(|_| Broken::NotText)?;
            Incoming::Whole(WireFrame::Text(ByteString::from(text)))
        }
        (BINARY, true) => Incoming::Whole(WireFrame::Binary(bytes())),
        (TEXT, false) => Incoming::Fragment(Item::FirstText(bytes())),
        (BINARY, false) => Incoming::Fragment(Item::FirstBinary(bytes())),
        (0, false) => Incoming::Fragment(Item::Continue(bytes())),
        (0, true) => Incoming::Fragment(Item::Last(bytes())),
        (CLOSE, _) if payload.len() == 1 => return Err(Broken::Protocol),
        (CLOSE, _) => Incoming::Close(bytes()),
        (PING, _) => Incoming::Ping(bytes()),
        (PONG, _) => Incoming::Pong,
        _ => return Err(Broken::Protocol),
    })
}

/// The head of an outgoing frame: its bytes, of which the first so many count.
pub(super) type OutgoingHead = ([u8; 10], usize);

/// Of a message.
pub(super) fn message(frame: &WireFrame) -> OutgoingHead {
    match frame {
        WireFrame::Text(text) => outgoing(TEXT, text.len()),
        WireFrame::Binary(bytes) => outgoing(BINARY, bytes.len()),
    }
}

/// The answer to a ping.
pub(super) fn pong(payload: &Bytes) -> OutgoingHead {
    outgoing(PONG, payload.len())
}

pub(super) const fn is_pong((head, _): &OutgoingHead) -> bool {
    head[0] == 0x80 | PONG
}

/// The end. `payload` has a code, or nothing.
pub(super) fn close(payload: &Bytes) -> OutgoingHead {
    outgoing(CLOSE, payload.len())
}

fn outgoing(opcode: u8, length: usize) -> OutgoingHead {
    let mut head = [0; 10];
    head[0] = 0x80 | opcode;
    let used = match (u8::try_from(length), u16::try_from(length)) {
        (Ok(short @ ..126), _) => {
            head[1] = short;
            2
        }
        (_, Ok(longer)) => {
            head[1] = 126;
            head[2..4].copy_from_slice(&longer.to_be_bytes());
            4
        }
        _ => {
            head[1] = 127;
            head[2..10].copy_from_slice(&(length as u64).to_be_bytes());
            10
        }
    };
    (head, used)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: usize = 70_000;

    /// As a client sends it.
    fn masked(start: u8, payload: &[u8]) -> Vec<u8> {
        let key = [1, 2, 3, 4];
        let (head, used) = outgoing(0, payload.len());
        let mut wire = head[..used].to_vec();
        wire[0] = start;
        wire[1] |= 0x80;
        wire.extend(key);
        wire.extend(
            payload
                .iter()
                .zip(key.into_iter().cycle())
                .map(|(byte, key)| byte ^ key),
        );
        wire
    }

    fn text(text: &str) -> Incoming {
        Incoming::Whole(WireFrame::Text(text.into()))
    }

    #[test]
    fn frames_of_every_length_are_unmasked() {
        for length in [0, 1, 7, 8, 9, 125, 126, 65_535, 65_536, LIMIT] {
            let payload = "x".repeat(length);
            let mut wire = masked(0x81, payload.as_bytes());
            let whole = wire.len();
            wire.extend(b"next");
            let taken = first(&mut wire, LIMIT);
            assert_eq!(taken, Ok(Some((text(&payload), whole))), "{length}");
        }
    }

    #[test]
    fn a_frame_is_taken_only_when_it_is_whole() {
        let wire = masked(0x81, &[b'x'; 200]);
        for length in 0..wire.len() {
            assert_eq!(
                first(&mut wire[..length].to_vec(), LIMIT),
                Ok(None),
                "{length}"
            );
        }
    }

    #[test]
    fn each_kind_is_told_apart() {
        let bytes = Bytes::from_static;
        for (start, payload, expected) in [
            (0x82, "4", Incoming::Whole(WireFrame::Binary(bytes(b"4")))),
            (0x01, "a", Incoming::Fragment(Item::FirstText(bytes(b"a")))),
            (
                0x02,
                "a",
                Incoming::Fragment(Item::FirstBinary(bytes(b"a"))),
            ),
            (0x00, "a", Incoming::Fragment(Item::Continue(bytes(b"a")))),
            (0x80, "a", Incoming::Fragment(Item::Last(bytes(b"a")))),
            (0x88, "", Incoming::Close(Bytes::new())),
            (0x89, "hi", Incoming::Ping(bytes(b"hi"))),
            (0x8A, "hi", Incoming::Pong),
        ] {
            let mut wire = masked(start, payload.as_bytes());
            let taken = first(&mut wire, LIMIT).map(|taken| taken.map(|(frame, _)| frame));
            assert_eq!(taken, Ok(Some(expected)), "{start:x}");
        }
    }

    #[test]
    fn what_breaks_the_protocol_is_refused() {
        let mut unmasked = masked(0x81, b"a");
        unmasked[1] &= 0x7F;
        for (name, mut wire, expected) in [
            ("unmasked", unmasked, Broken::Protocol),
            ("reserved bit", masked(0xC1, b"a"), Broken::Protocol),
            ("reserved opcode", masked(0x83, b"a"), Broken::Protocol),
            ("ping in fragments", masked(0x09, b"a"), Broken::Protocol),
            ("large ping", masked(0x89, &[0; 126]), Broken::Protocol),
            ("half a close code", masked(0x88, b"a"), Broken::Protocol),
            ("no UTF-8", masked(0x81, b"\xff"), Broken::NotText),
            (
                "over the limit",
                masked(0x81, &[b'x'; 70_001]),
                Broken::TooLarge,
            ),
            (
                "announced only",
                vec![0x81, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0, 0],
                Broken::TooLarge,
            ),
        ] {
            assert_eq!(first(&mut wire, LIMIT), Err(expected), "{name}");
        }
    }
}
