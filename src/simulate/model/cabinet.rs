//! What units are made of. Lumped: one temperature each for the air, the product and the evaporator.
//!
//! The figures are of the order that data sheets give; what counts is what they bring about together: cycles of
//! 15 to 30 minutes, hours until a dead fridge is warm, minutes until an open one is.

use crate::domain::UnitKind;

/// A unit's build. Capacities in J/K, conductances in W/K, temperatures in °C.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::simulate) struct Cabinet {
    /// Capacity of the air with lining and shelves.
    pub(super) air: f64,
    /// Capacity of what is stored.
    pub(super) product: f64,
    /// Capacity of the evaporator.
    pub(super) evaporator: f64,
    /// From the air through the walls to the room.
    pub(super) walls: f64,
    /// From the air through the open door to the room: air exchange. 0 where there is no door.
    pub(super) door: f64,
    /// Between air and product.
    pub(super) product_surface: f64,
    /// Between air and evaporator while the fan runs.
    pub(super) coil: f64,
    /// The same in still air.
    pub(super) coil_in_still_air: f64,
    /// Between evaporator and refrigerant while the compressor runs.
    pub(super) refrigerant: f64,
    /// Temperature of the refrigerant then.
    pub(super) suction: f64,
    /// Electric heater of the evaporator during a defrost, W. 0 where the air defrosts it.
    pub(super) heater: f64,
    /// The compressor starts at this temperature of the air.
    pub(super) cut_in: f64,
    /// And stops at this one.
    pub(super) cut_out: f64,
    /// How long a defrost of ordinary days takes, seconds.
    pub(super) defrost_seconds: u64,
}

const FRIDGE: Cabinet = Cabinet {
    air: 15_000.0,
    product: 105_000.0,
    evaporator: 4_000.0,
    walls: 3.0,
    door: 60.0,
    product_surface: 15.0,
    coil: 16.0,
    coil_in_still_air: 4.0,
    refrigerant: 40.0,
    suction: -12.0,
    heater: 0.0,
    cut_in: 3.6,
    cut_out: 1.8,
    defrost_seconds: 420,
};

const FREEZER: Cabinet = Cabinet {
    air: 15_000.0,
    product: 95_000.0,
    evaporator: 4_000.0,
    walls: 2.0,
    door: 45.0,
    product_surface: 12.0,
    coil: 16.0,
    coil_in_still_air: 2.0,
    refrigerant: 40.0,
    suction: -40.0,
    heater: 250.0,
    cut_in: -22.3,
    cut_out: -24.8,
    defrost_seconds: 480,
};

const WALK_IN: Cabinet = Cabinet {
    air: 120_000.0,
    product: 1_400_000.0,
    evaporator: 20_000.0,
    walls: 18.0,
    door: 300.0,
    product_surface: 120.0,
    coil: 110.0,
    coil_in_still_air: 20.0,
    refrigerant: 250.0,
    suction: -10.0,
    heater: 0.0,
    cut_in: 3.4,
    cut_out: 1.8,
    defrost_seconds: 600,
};

/// Open in front: an air curtain stands for the door.
const DISPLAY_CASE: Cabinet = Cabinet {
    air: 30_000.0,
    product: 120_000.0,
    evaporator: 6_000.0,
    walls: 9.0,
    door: 0.0,
    product_surface: 20.0,
    coil: 35.0,
    coil_in_still_air: 8.0,
    refrigerant: 80.0,
    suction: -14.0,
    heater: 0.0,
    cut_in: 3.2,
    cut_out: 1.4,
    defrost_seconds: 420,
};

impl Cabinet {
    /// The build of a unit of this kind. What is no cold store of its own is played as a fridge.
    pub(in crate::simulate) const fn of(kind: UnitKind) -> Self {
        match kind {
            UnitKind::Fridge | UnitKind::VaccineFridge | UnitKind::HotHold | UnitKind::Other => {
                FRIDGE
            }
            UnitKind::Freezer | UnitKind::WalkInFreezer => FREEZER,
            UnitKind::WalkInCooler | UnitKind::BlastChiller => WALK_IN,
            UnitKind::DisplayCase => DISPLAY_CASE,
        }
    }

    /// The same build with its thermostat set this much warmer, °C.
    pub(in crate::simulate) fn set_warmer(self, by: f64) -> Self {
        Self {
            cut_in: self.cut_in + by,
            cut_out: self.cut_out + by,
            ..self
        }
    }

    /// What its thermostat keeps on average.
    pub(super) fn set_point(&self) -> f64 {
        f64::midpoint(self.cut_in, self.cut_out)
    }
}
