//! Bytes to frames: keeps the beginning of a frame whose rest has not come. Part of [`super`].
//! Bounds: a frame and its head; a message in fragments by `max_payload`.

use super::frame::{self, Broken, Incoming};
use crate::transport::fragments::{Fragments, Outcome};
use bytes::Bytes;
use socketio_proto::engineio::WireFrame;

pub(super) struct Assembly {
    /// Empty between frames, and then without memory.
    partial: Vec<u8>,
    fragments: Fragments,
    limit: usize,
}

/// What came, as far as the connection has to act on it.
#[derive(Debug, PartialEq)]
pub(super) enum Heard {
    Frame(WireFrame),
    Ping(Bytes),
    /// With what the peer said.
    Close(Bytes),
}

impl Assembly {
    pub(super) const fn new(limit: usize) -> Self {
        Self {
            partial: Vec::new(),
            fragments: Fragments::new(limit),
            limit,
        }
    }

    /// Takes what came, which is unmasked in place. What stands before something broken is heard.
    pub(super) fn take(
        &mut self,
        fresh: &mut [u8],
        mut hear: impl FnMut(Heard),
    ) -> Result<(), Broken> {
        if self.partial.is_empty() {
            let taken = self.frames(fresh, &mut hear)?;
            self.partial.extend(fresh.get(taken..).unwrap_or_default());
            return Ok(());
        }
        let mut all = std::mem::take(&mut self.partial);
        all.extend_from_slice(fresh);
        let taken = self.frames(&mut all, &mut hear)?;
        if taken < all.len() {
            all.drain(..taken);
            self.partial = all;
        }
        Ok(())
    }

    /// Returns how many bytes were whole frames.
    fn frames(&mut self, bytes: &mut [u8], hear: &mut impl FnMut(Heard)) -> Result<usize, Broken> {
        let mut taken = 0;
        while let Some((incoming, length)) =
            frame::first(bytes.get_mut(taken..).unwrap_or_default(), self.limit)?
        {
            taken += length;
            match incoming {
                Incoming::Whole(_) if self.fragments.is_open() => return Err(Broken::Protocol),
                Incoming::Whole(frame) => hear(Heard::Frame(frame)),
                Incoming::Fragment(item) => match self.fragments.add(item) {
                    Outcome::Partial => {}
                    Outcome::Whole(frame) => hear(Heard::Frame(frame)),
                    Outcome::TooLarge => return Err(Broken::TooLarge),
                    Outcome::Invalid => return Err(Broken::Protocol),
                },
                Incoming::Ping(payload) => hear(Heard::Ping(payload)),
                Incoming::Pong => {}
                Incoming::Close(payload) => hear(Heard::Close(payload)),
            }
        }
        Ok(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Masked with zeros.
    fn wire(frames: &[(u8, &str)]) -> Vec<u8> {
        let mut wire = Vec::new();
        for (start, payload) in frames {
            wire.extend([*start, 0x80 | payload.len() as u8, 0, 0, 0, 0]);
            wire.extend(payload.as_bytes());
        }
        wire
    }

    fn text(text: &str) -> Heard {
        Heard::Frame(WireFrame::Text(text.into()))
    }

    #[test]
    fn the_same_is_heard_however_the_bytes_come() {
        let whole = wire(&[
            (0x81, "40"),
            (0x01, "42"),
            (0x89, "hi"),
            (0x80, "[\"a\"]"),
            (0x88, ""),
        ]);
        let expected = [
            text("40"),
            Heard::Ping(Bytes::from_static(b"hi")),
            text("42[\"a\"]"),
            Heard::Close(Bytes::new()),
        ];
        for size in 1..=whole.len() {
            let (mut assembly, mut heard) = (Assembly::new(100), Vec::new());
            for chunk in whole.clone().chunks_mut(size) {
                let taken = assembly.take(chunk, |one| heard.push(one));
                assert_eq!(taken, Ok(()), "{size}");
            }
            assert_eq!(heard, expected, "{size}");
            assert_eq!(
                assembly.partial.capacity(),
                0,
                "nothing is kept between frames"
            );
        }
    }

    #[test]
    fn what_came_before_something_broken_is_heard() {
        for (bad, expected) in [
            (wire(&[(0x83, "")]), Broken::Protocol),
            (wire(&[(0x80, "last")]), Broken::Protocol),
            (wire(&[(0x01, "a"), (0x81, "within")]), Broken::Protocol),
            (wire(&[(0x01, "12345678"), (0x80, "9")]), Broken::TooLarge),
        ] {
            let mut bytes = wire(&[(0x81, "40")]);
            bytes.extend(bad);
            let mut heard = Vec::new();
            let taken = Assembly::new(8).take(&mut bytes, |one| heard.push(one));
            assert_eq!((taken, heard), (Err(expected), vec![text("40")]));
        }
    }
}
