//! Puts a WebSocket message together that comes in fragments. Part of [`super`]. Bound: the limit in bytes.

use actix_http::ws::Item;
use bytes::{Bytes, BytesMut};
use bytestring::ByteString;
use socketio_proto::engineio::WireFrame;

pub(super) struct Fragments {
    open: Option<(Kind, BytesMut)>,
    limit: usize,
}

#[derive(Clone, Copy)]
enum Kind {
    Text,
    Binary,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Partial,
    Whole(WireFrame),
    TooLarge,
    /// Out of order, or text that is none.
    Invalid,
}

impl Fragments {
    pub(super) const fn new(limit: usize) -> Self {
        Self { open: None, limit }
    }

    /// A message has begun and not ended.
    pub(super) const fn is_open(&self) -> bool {
        self.open.is_some()
    }

    pub(super) fn add(&mut self, item: Item) -> Outcome {
        match (item, self.open.take()) {
            (Item::FirstText(bytes), None) => self.keep(Kind::Text, BytesMut::new(), &bytes),
            (Item::FirstBinary(bytes), None) => self.keep(Kind::Binary, BytesMut::new(), &bytes),
            (Item::Continue(bytes), Some((kind, whole))) => self.keep(kind, whole, &bytes),
            (Item::Last(bytes), Some((kind, whole))) => match self.keep(kind, whole, &bytes) {
                Outcome::Partial => self
                    .open
                    .take()
                    .map_or(Outcome::Invalid, |(kind, whole)| finish(kind, whole)),
                refused => refused,
            },
            (Item::FirstText(_) | Item::FirstBinary(_), Some(_))
            | (Item::Continue(_) | Item::Last(_), None) => Outcome::Invalid,
        }
    }

    fn keep(&mut self, kind: Kind, mut whole: BytesMut, bytes: &Bytes) -> Outcome {
        if whole.len() + bytes.len() > self.limit {
            return Outcome::TooLarge;
        }
        whole.extend_from_slice(bytes);
        self.open = Some((kind, whole));
        Outcome::Partial
    }
}

fn finish(kind: Kind, whole: BytesMut) -> Outcome {
    match kind {
        Kind::Binary => Outcome::Whole(WireFrame::Binary(whole.freeze())),
        Kind::Text => ByteString::try_from(whole).map_or(Outcome::Invalid, |text| {
            Outcome::Whole(WireFrame::Text(text))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(text: &'static str) -> Bytes {
        Bytes::from_static(text.as_bytes())
    }

    fn play(items: Vec<Item>) -> Vec<Outcome> {
        let mut fragments = Fragments::new(4);
        items.into_iter().map(|item| fragments.add(item)).collect()
    }

    #[test]
    fn fragments_become_one_frame() {
        let text = vec![
            Item::FirstText(bytes("4a")),
            Item::Continue(bytes("b")),
            Item::Last(bytes("c")),
        ];
        let whole = Outcome::Whole(WireFrame::Text("4abc".into()));
        assert_eq!(play(text), [Outcome::Partial, Outcome::Partial, whole]);
        let binary = vec![Item::FirstBinary(bytes("a")), Item::Last(bytes("b"))];
        assert_eq!(
            play(binary),
            [
                Outcome::Partial,
                Outcome::Whole(WireFrame::Binary(bytes("ab")))
            ]
        );
    }

    #[test]
    fn what_is_too_large_or_out_of_order_is_refused() {
        let large = vec![Item::FirstText(bytes("4aa")), Item::Last(bytes("bb"))];
        assert_eq!(play(large), [Outcome::Partial, Outcome::TooLarge]);
        assert_eq!(play(vec![Item::Last(bytes("a"))]), [Outcome::Invalid]);
        assert_eq!(play(vec![Item::Continue(bytes("a"))]), [Outcome::Invalid]);
        let twice = vec![Item::FirstText(bytes("a")), Item::FirstText(bytes("a"))];
        assert_eq!(play(twice), [Outcome::Partial, Outcome::Invalid]);
        let no_text = vec![
            Item::FirstText(bytes("4")),
            Item::Last(Bytes::from_static(b"\xff")),
        ];
        assert_eq!(play(no_text), [Outcome::Partial, Outcome::Invalid]);
    }
}
