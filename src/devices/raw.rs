//! Bytes of a device -> samples: one arm per layout, a file per maker.

use super::{catalog::Layout, dragino, sample::Samples};

/// The bytes do not have the layout of the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Malformed;

/// What our own decoder made of the bytes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Raw {
    /// The measurements.
    pub(super) samples: Samples,
    /// The published codec is known to be wrong for such a frame: these go before its fields.
    pub(super) overrules: bool,
}

/// None if we have no decoder for this layout and port.
pub(super) fn decode(layout: Layout, f_port: u8, bytes: &[u8]) -> Option<Result<Raw, Malformed>> {
    match (layout, f_port) {
        (Layout::Lht65, 2) => Some(dragino::lht65(bytes)),
        (Layout::Lds02, 10) => Some(dragino::lds02(bytes)),
        (Layout::Lht65 | Layout::Lds02 | Layout::Unknown, _) => None,
    }
}
