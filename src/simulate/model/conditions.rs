//! What acts on a unit and on its sensors at one moment.

/// Ordinary conditions in a room of 22 °C, unless something changes them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::simulate) struct Conditions {
    /// °C of the room.
    pub(in crate::simulate) ambient: f64,
    /// Whether the door stands open.
    pub(in crate::simulate) door_open: bool,
    /// Whether there is power for compressor, fan and heater.
    pub(in crate::simulate) mains: bool,
    /// Whether the compressor would run if it were asked to.
    pub(in crate::simulate) compressor_works: bool,
    /// Whether the unit's clock has stopped the compressor to defrost.
    pub(in crate::simulate) defrosting: bool,
    /// Whether the sensors send, and a gateway hears them.
    pub(in crate::simulate) heard: bool,
}

impl Default for Conditions {
    fn default() -> Self {
        Self {
            ambient: 22.0,
            door_open: false,
            mains: true,
            compressor_works: true,
            defrosting: false,
            heard: true,
        }
    }
}
