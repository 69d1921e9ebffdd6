//! How a sensor is set up, as far as it bears on what its values mean.

use std::ops::RangeInclusive;

use super::text::text_enum;

/// Seconds between uplinks that a device may be expected to keep: at most a week.
pub const EXPECTED_INTERVAL_SECONDS: RangeInclusive<i32> = 1..=604_800;

text_enum! {
    /// What a device is for.
    DeviceRole {
        /// Measures the unit's temperature.
        Temperature = "temperature",
        /// Watches its door.
        Door = "door",
    }
}

impl DeviceRole {
    /// Seconds between uplinks where nobody says otherwise: thermometers report every ten minutes, whatever
    /// their model, and door sensors at rest once a day.
    #[must_use]
    pub const fn usual_interval_seconds(self) -> i32 {
        match self {
            Self::Temperature => 600,
            Self::Door => 86_400,
        }
    }
}

text_enum! {
    /// Which thermometer of a device counts.
    #[derive(Default)]
    Probe {
        /// The one in the housing; without one, the first probe that is connected.
        #[default]
        Internal = "internal",
        /// The first probe that is connected. A sensor that has both but no working probe is at fault: its housing
        /// hangs elsewhere. A sensor of which we only know one thermometer counts by that one.
        External = "external",
    }
}

text_enum! {
    /// How a door contact is mounted.
    #[derive(Default)]
    DoorPolarity {
        /// Open is open.
        #[default]
        Normal = "normal",
        /// Open is closed.
        Inverted = "inverted",
    }
}
