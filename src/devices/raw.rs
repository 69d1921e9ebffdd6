//! Bytes of a device -> samples: one arm per layout, a file per maker.

use crate::domain::Timestamp;

use super::{
    catalog::{Layout, Sensor},
    dragino, elsys, mclimate, milesight, netvox,
    sample::{Sample, Samples},
};

/// The bytes do not have the layout of the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Malformed;

/// What our own decoder made of the bytes; nothing for a frame that holds no measurement, such as a version.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Raw {
    /// The measurements.
    pub(super) samples: Samples,
    /// The published codec is known to be wrong for such a frame: these go before its fields.
    pub(super) overrules: bool,
}

impl Raw {
    /// One moment, which the published codec reads as we do.
    pub(super) fn live(live: Sample) -> Self {
        Self {
            samples: Samples {
                live,
                history: Vec::new(),
            },
            overrules: false,
        }
    }
}

/// None if we have no decoder for this layout and port.
pub(super) fn decode(sensor: &Sensor, f_port: u8, bytes: &[u8]) -> Option<Result<Raw, Malformed>> {
    match (sensor.layout, f_port) {
        (Layout::Lht65, 2) => Some(dragino::lht65(bytes)),
        (Layout::Lds02, 10) => Some(dragino::lds02(bytes)),
        (Layout::Em300Th, 85) => Some(milesight::em300_th(bytes)),
        (Layout::Em300Mcs, 85) => Some(milesight::em300_mcs(bytes)),
        // The port is a setting of the device.
        (Layout::Elsys, 1..) => Some(elsys::sensor(bytes, sensor.door)),
        (Layout::NetvoxTh, 6) => Some(netvox::temperature_humidity(bytes)),
        // The answers to a configuration.
        (Layout::NetvoxTh, 7) => Some(Ok(Raw::default())),
        (Layout::MclimateHt, 2) => Some(mclimate::ht(bytes)),
        (Layout::MclimateOpenClose, 2) => Some(mclimate::open_close(bytes)),
        (
            Layout::Unknown
            | Layout::Lht65
            | Layout::Lds02
            | Layout::Em300Th
            | Layout::Em300Mcs
            | Layout::Elsys
            | Layout::NetvoxTh
            | Layout::MclimateHt
            | Layout::MclimateOpenClose,
            _,
        ) => None,
    }
}

/// The clock of a device, Unix seconds. One that was never set (0) tells no moment.
pub(super) fn clock(seconds: u32) -> Option<Timestamp> {
    (seconds > 0).then(|| Timestamp::from_millis(i64::from(seconds) * 1000))
}

/// A contact in a byte of its own: 1 is open.
pub(super) fn contact(byte: u8) -> Option<bool> {
    match byte {
        0 => Some(false),
        1 => Some(true),
        _ => None,
    }
}
