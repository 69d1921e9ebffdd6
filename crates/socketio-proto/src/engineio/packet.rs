//! One Engine.IO packet. Below: [`super::payload`] (several in one HTTP body); above: [`super::Session`].
//! Bounds: none of its own, the transport has cut the text before.

use bytes::Bytes;
use bytestring::ByteString;
use thiserror::Error;

/// What one WebSocket frame carries; on polling the same, separated and with binary in base64.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WireFrame {
    /// An encoded packet: `4hello`, `2`, `0{"sid":..}`.
    Text(ByteString),
    /// A binary message, without any prefix.
    Binary(Bytes),
}

impl WireFrame {
    /// Size in bytes before any base64.
    pub fn size(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Binary(bytes) => bytes.len(),
        }
    }
}

/// The content of a message packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// What follows the `4`.
    Text(ByteString),
    /// A binary frame, or `b` and base64 on polling.
    Binary(Bytes),
}

/// A packet of the Engine.IO protocol, version 4.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Packet {
    /// `0{"sid":..}`, from the server only.
    Open(ByteString),
    /// `1`
    Close,
    /// `2`, or `2probe` while upgrading.
    Ping(ByteString),
    /// `3`, or `3probe` while upgrading.
    Pong(ByteString),
    /// `4...`, or a binary message.
    Message(Message),
    /// `5`: the client has moved to the probed WebSocket.
    Upgrade,
    /// `6`: answers a poll that would otherwise wait.
    Noop,
}

/// The text is no Engine.IO packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not an Engine.IO packet")]
pub struct BadPacket;

impl Packet {
    /// Reads one text packet. Message text is shared with `wire`, not copied.
    ///
    /// ```
    /// # use socketio_proto::engineio::{Message, Packet};
    /// assert_eq!(Packet::parse(&"4hi".into()), Ok(Packet::Message(Message::Text("hi".into()))));
    /// ```
    ///
    /// # Errors
    /// [`BadPacket`] for an empty text or an unknown type.
    pub fn parse(wire: &ByteString) -> Result<Self, BadPacket> {
        let kind = *wire.as_bytes().first().ok_or(BadPacket)?;
        let rest = || {
            wire.get(1..)
                .map(|text| wire.slice_ref(text))
                .ok_or(BadPacket)
        };
        Ok(match kind {
            b'0' => Self::Open(rest()?),
            b'1' => Self::Close,
            b'2' => Self::Ping(rest()?),
            b'3' => Self::Pong(rest()?),
            b'4' => Self::Message(Message::Text(rest()?)),
            b'5' => Self::Upgrade,
            b'6' => Self::Noop,
            _ => return Err(BadPacket),
        })
    }

    /// Reads what one WebSocket frame carries.
    ///
    /// # Errors
    /// As [`Packet::parse`]; a binary frame is always a message.
    pub fn from_frame(frame: &WireFrame) -> Result<Self, BadPacket> {
        match frame {
            WireFrame::Text(text) => Self::parse(text),
            WireFrame::Binary(bytes) => Ok(Self::Message(Message::Binary(bytes.clone()))),
        }
    }

    /// Writes the packet as one WebSocket frame.
    pub fn to_frame(&self) -> WireFrame {
        let (kind, rest): (char, &str) = match self {
            Self::Open(text) => ('0', text.as_ref()),
            Self::Close => return WireFrame::Text(ByteString::from_static("1")),
            Self::Ping(text) => ('2', text.as_ref()),
            Self::Pong(text) => ('3', text.as_ref()),
            Self::Message(Message::Text(text)) => ('4', text.as_ref()),
            Self::Message(Message::Binary(bytes)) => return WireFrame::Binary(bytes.clone()),
            Self::Upgrade => return WireFrame::Text(ByteString::from_static("5")),
            Self::Noop => return WireFrame::Text(ByteString::from_static("6")),
        };
        WireFrame::Text(format!("{kind}{rest}").into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_packet_reads_as_it_was_written() {
        for (wire, packet) in [
            ("0{}", Packet::Open("{}".into())),
            ("1", Packet::Close),
            ("2", Packet::Ping(ByteString::new())),
            ("2probe", Packet::Ping("probe".into())),
            ("3", Packet::Pong(ByteString::new())),
            ("3probe", Packet::Pong("probe".into())),
            ("4", Packet::Message(Message::Text(ByteString::new()))),
            ("4héllo", Packet::Message(Message::Text("héllo".into()))),
            ("5", Packet::Upgrade),
            ("6", Packet::Noop),
        ] {
            assert_eq!(Packet::parse(&wire.into()), Ok(packet.clone()), "{wire}");
            assert_eq!(packet.to_frame(), WireFrame::Text(wire.into()), "{wire}");
        }
    }

    #[test]
    fn what_is_no_packet_is_refused() {
        for wire in ["", "7", "9x", "b", "é", " 4", "\u{1e}"] {
            assert_eq!(Packet::parse(&wire.into()), Err(BadPacket), "{wire:?}");
        }
    }

    #[test]
    fn a_binary_frame_is_a_message() {
        let frame = WireFrame::Binary(Bytes::from_static(b"\x00\xff"));
        let packet = Packet::from_frame(&frame).expect("always a message");
        assert_eq!(
            packet,
            Packet::Message(Message::Binary(Bytes::from_static(b"\x00\xff")))
        );
        assert_eq!(packet.to_frame(), frame);
    }
}
