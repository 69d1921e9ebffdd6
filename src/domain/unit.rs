//! What is watched: a unit, its kind with built-in limits, and its status.

use super::{rule::RuleLimits, text::text_enum};

text_enum! {
    /// What a unit is; decides the limits that hold where no rule says otherwise.
    UnitKind {
        /// Refrigerator.
        Fridge = "fridge",
        /// Freezer.
        Freezer = "freezer",
        /// Refrigerated display.
        DisplayCase = "display_case",
        /// Cold room.
        WalkInCooler = "walk_in_cooler",
        /// Freezer room.
        WalkInFreezer = "walk_in_freezer",
        /// Cools hot food fast.
        BlastChiller = "blast_chiller",
        /// Keeps food hot.
        HotHold = "hot_hold",
        /// Pharmacy refrigerator.
        VaccineFridge = "vaccine_fridge",
        /// Anything else: no limits of its own.
        Other = "other",
    }
}

impl UnitKind {
    /// Limits in °C that hold for this kind where no rule sets any.
    #[must_use]
    pub const fn built_in_limits(self) -> RuleLimits {
        let (min, max) = match self {
            Self::Fridge | Self::DisplayCase | Self::WalkInCooler => (Some(0.0), Some(5.0)),
            Self::Freezer | Self::WalkInFreezer => (None, Some(-18.0)),
            Self::BlastChiller => (None, Some(5.0)),
            Self::HotHold => (Some(57.0), None),
            Self::VaccineFridge => (Some(2.0), Some(8.0)),
            Self::Other => (None, None),
        };
        RuleLimits { min, max }
    }
}

text_enum! {
    /// The state of a unit as onlookers see it; the first that holds, in this order.
    UnitStatus {
        /// No reading has ever come.
        Pending = "pending",
        /// Outside its limits for longer than the confirm time.
        Alarm = "alarm",
        /// Outside its limits.
        Excursion = "excursion",
        /// Its sensor is silent.
        Offline = "offline",
        /// Data is back; not yet two good readings.
        Restoring = "restoring",
        /// All is well.
        Ok = "ok",
    }
}
