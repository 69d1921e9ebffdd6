//! As much of WebSocket (RFC 6455) as the load and the floor need: whole text frames, no extensions.

use crate::failure::Failure;

/// What a frame is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Ping,
    Close,
    /// Nothing that any server of the comparison should send.
    Other(u8),
}

/// A frame at the beginning of what was read.
pub(crate) struct Frame<'a> {
    pub(crate) kind: Kind,
    pub(crate) payload: &'a [u8],
    /// What comes after it.
    pub(crate) rest: &'a [u8],
}

/// The first frame, if it is whole. The key of a masked one must be zero, as [`to_server`] makes it.
///
/// # Errors
/// If the frame is larger than anything here is.
pub(crate) fn first(bytes: &[u8]) -> Result<Option<Frame<'_>>, Failure> {
    let [start, length, after @ ..] = bytes else {
        return Ok(None);
    };
    let masked = length & 0x80 != 0;
    let (length, after) = match (length & 0x7F, after) {
        (126, [high, low, after @ ..]) => (usize::from(u16::from_be_bytes([*high, *low])), after),
        (126, _) => return Ok(None),
        (127, _) => return Err(Failure::protocol("a small frame", bytes)),
        (length, after) => (usize::from(length), after),
    };
    let key = if masked { 4 } else { 0 };
    let (Some(payload), Some(rest)) = (after.get(key..key + length), after.get(key + length..))
    else {
        return Ok(None);
    };
    let kind = match start & 0x0F {
        1 => Kind::Text,
        8 => Kind::Close,
        9 => Kind::Ping,
        other => Kind::Other(other),
    };
    Ok(Some(Frame {
        kind,
        payload,
        rest,
    }))
}

/// A text frame as a client sends it, masked with zeros: nothing to compute.
pub(crate) fn to_server(text: &str, wire: &mut Vec<u8>) {
    head(text.len(), 0x80, wire);
    wire.extend_from_slice(&[0; 4]);
    wire.extend_from_slice(text.as_bytes());
}

/// A text frame as a server sends it.
pub(crate) fn to_client(text: &str, wire: &mut Vec<u8>) {
    head(text.len(), 0, wire);
    wire.extend_from_slice(text.as_bytes());
}

fn head(length: usize, mask: u8, wire: &mut Vec<u8>) {
    wire.push(0x81);
    match (u8::try_from(length), u16::try_from(length)) {
        (Ok(short @ ..126), _) => wire.push(mask | short),
        (_, Ok(longer)) => {
            wire.push(mask | 126);
            wire.extend_from_slice(&longer.to_be_bytes());
        }
        _ => unreachable!("nothing of the comparison is larger than 64 KB"),
    }
}
