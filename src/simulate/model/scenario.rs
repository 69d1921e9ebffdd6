//! The plays that can be asked for by name.

use super::{Fault, Incident, Reach, Seconds};
use crate::domain::text_enum;

/// Ordinary life comes first, for three reports of a sensor.
const BEGINS: Seconds = 900;

const MINUTE: Seconds = 60;

text_enum! {
    /// What is played, in the text of the command line. What befalls one unit befalls the first that is played; the
    /// other units live on.
    Scenario {
        /// Ordinary days: openings of the door, defrosts.
        Normal = "normal",
        /// Every unit defrosts a thick coat of ice for 40 minutes.
        Defrost = "defrost",
        /// The door of one unit stands open for an hour.
        DoorLeftOpen = "door-left-open",
        /// The compressor of one unit fails for good.
        CompressorFailure = "compressor-failure",
        /// The sensors of one unit fall silent for good.
        SensorLost = "sensor-lost",
        /// Nothing is heard of any sensor for two hours.
        GatewayOutage = "gateway-outage",
        /// The whole site is without power for two hours.
        PowerCut = "power-cut",
    }
}

impl Scenario {
    /// What goes wrong in it, if anything.
    pub(in crate::simulate) const fn incident(self) -> Option<Incident> {
        let (fault, reach, minutes) = match self {
            Self::Normal => return None,
            Self::Defrost => (Fault::Defrost, Reach::All, Some(40)),
            Self::DoorLeftOpen => (Fault::DoorLeftOpen, Reach::Unit(0), Some(60)),
            Self::CompressorFailure => (Fault::CompressorFailure, Reach::Unit(0), None),
            Self::SensorLost => (Fault::SensorLost, Reach::Unit(0), None),
            Self::GatewayOutage => (Fault::GatewayOutage, Reach::All, Some(120)),
            Self::PowerCut => (Fault::PowerCut, Reach::All, Some(120)),
        };
        Some(Incident {
            fault,
            reach,
            from: BEGINS,
            until: match minutes {
                Some(minutes) => Some(BEGINS + minutes * MINUTE),
                None => None,
            },
        })
    }
}
