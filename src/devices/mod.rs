//! What sensors say: from the body of a webhook of The Things Stack to measurements in °C, %, V.
//!
//! `ingest` calls [`parse`], finds the device, then [`measure`] and [`reading_keys`]. Pure: no IO, no clock.
//!
//! The way of an uplink: `envelope` and `uplink` (JSON -> typed) -> `measurement`, which believes in this order
//! `decoded` by `aliases` (fields of the network's codec), `normalized`, `raw` (bytes, a file per maker) and
//! judges the result by what `catalog` knows of the sensor. A new maker is a file with a decoder of bytes, an
//! arm in `raw` and a row in `catalog`.
//!
//! Bounds: an uplink of more than [`MAX_MEASUREMENTS`] is undecodable; a sample holds 32 probes, the rest is
//! ignored; 32 gateways, likewise.

mod aliases;
mod catalog;
mod decoded;
mod dragino;
mod elsys;
mod envelope;
mod field;
mod frame;
mod mclimate;
mod measurement;
mod milesight;
mod netvox;
mod normalized;
mod quantity;
mod raw;
mod sample;
mod uplink;

#[cfg(test)]
mod tests;

pub use envelope::{Envelope, Identity, Message, OtherKind, parse};
pub use frame::{FrameKey, ReadingKeys, reading_keys};
pub use measurement::{MAX_MEASUREMENTS, Measurement, Profile, Unusable, measure};
pub use uplink::{Source, Uplink};
