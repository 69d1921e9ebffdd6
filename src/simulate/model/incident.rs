//! What goes wrong, where and when: a change of the conditions for some time.

use super::{Conditions, Seconds};

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::simulate) enum Fault {
    /// A long defrost: a thick coat of ice.
    Defrost,
    /// Somebody forgot to close.
    DoorLeftOpen,
    /// The compressor does not start.
    CompressorFailure,
    /// The sensor is broken, flat or out of reach.
    SensorLost,
    /// No gateway hears anybody.
    GatewayOutage,
    /// No power; sensors have batteries, and so has the gateway.
    PowerCut,
}

/// Which units it befalls, by their place in the site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::simulate) enum Reach {
    /// Every unit.
    All,
    /// One unit.
    Unit(usize),
}

/// One fault with its place and time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::simulate) struct Incident {
    /// What.
    pub(in crate::simulate) fault: Fault,
    /// Where.
    pub(in crate::simulate) reach: Reach,
    /// From when.
    pub(in crate::simulate) from: Seconds,
    /// Until when; `None`: nobody comes to help.
    pub(in crate::simulate) until: Option<Seconds>,
}

impl Incident {
    /// The conditions of this unit at this moment, with the incident in them.
    pub(in crate::simulate) fn upon(
        &self,
        unit: usize,
        at: Seconds,
        conditions: Conditions,
    ) -> Conditions {
        let reached = match self.reach {
            Reach::All => true,
            Reach::Unit(only) => only == unit,
        };
        if !reached || at < self.from || self.until.is_some_and(|until| at >= until) {
            return conditions;
        }
        match self.fault {
            Fault::Defrost => Conditions {
                defrosting: true,
                ..conditions
            },
            Fault::DoorLeftOpen => Conditions {
                door_open: true,
                ..conditions
            },
            Fault::CompressorFailure => Conditions {
                compressor_works: false,
                ..conditions
            },
            Fault::SensorLost | Fault::GatewayOutage => Conditions {
                heard: false,
                ..conditions
            },
            Fault::PowerCut => Conditions {
                mains: false,
                ..conditions
            },
        }
    }
}
