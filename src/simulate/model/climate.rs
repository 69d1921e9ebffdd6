//! What is in a unit at a moment, and what becomes of it: heat and moisture balances, stepped explicitly.
//!
//! Bound: a step of [`STEP`] is far below every time constant of every cabinet, so that no balance overshoots.

use super::{Cabinet, Conditions};

/// Longest step of the balances, seconds.
const STEP: f64 = 5.0;

/// An evaporator is free of ice at this temperature, °C; its thermostat ends the heating then.
const ICE_FREE: f64 = 10.0;

/// Relative humidity of the room.
const ROOM_HUMIDITY: f64 = 0.45;

/// Shares per second by which the vapour of the air nears that at the coil, over the product, and outside the door.
const DRYING: f64 = 1.0 / 600.0;
const EVAPORATION: f64 = 1.0 / 1200.0;
const DOOR_EXCHANGE: f64 = 1.0 / 120.0;

/// One unit from the inside. Temperatures in °C.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::simulate) struct Climate {
    cabinet: Cabinet,
    air: f64,
    product: f64,
    evaporator: f64,
    /// Pressure of the water vapour in the air, Pa.
    vapour: f64,
    /// Whether the thermostat asks for cold.
    asks: bool,
}

impl Climate {
    /// A unit that has been running for long.
    pub(in crate::simulate) fn settled(cabinet: Cabinet) -> Self {
        let air = cabinet.set_point();
        Self {
            cabinet,
            air,
            product: air,
            evaporator: air,
            vapour: 0.75 * saturation(air),
            asks: false,
        }
    }

    /// °C of the air.
    pub(in crate::simulate) const fn air(&self) -> f64 {
        self.air
    }

    /// °C of what is stored.
    pub(in crate::simulate) const fn product(&self) -> f64 {
        self.product
    }

    /// Relative humidity of the air, %.
    pub(in crate::simulate) fn humidity(&self) -> f64 {
        (100.0 * self.vapour / saturation(self.air)).clamp(0.0, 100.0)
    }

    /// Lets time pass under these conditions.
    pub(in crate::simulate) fn advance(&mut self, conditions: &Conditions, seconds: f64) {
        let mut left = seconds;
        while left > 0.0 {
            let step = left.min(STEP);
            self.turn_thermostat();
            let compressor_runs = self.asks
                && conditions.mains
                && conditions.compressor_works
                && !conditions.defrosting;
            self.exchange_heat(conditions, compressor_runs, step);
            self.exchange_moisture(conditions, compressor_runs, step);
            left -= step;
        }
    }

    fn turn_thermostat(&mut self) {
        if self.air >= self.cabinet.cut_in {
            self.asks = true;
        } else if self.air <= self.cabinet.cut_out {
            self.asks = false;
        }
    }

    fn exchange_heat(&mut self, conditions: &Conditions, compressor_runs: bool, seconds: f64) {
        let cabinet = &self.cabinet;
        let heated = conditions.defrosting && cabinet.heater > 0.0;
        // A heated coil must not blow its warmth at the food.
        let fan_runs = conditions.mains && !heated;
        let coil = if fan_runs {
            cabinet.coil
        } else {
            cabinet.coil_in_still_air
        };
        let to_coil = coil * (self.air - self.evaporator);
        let to_product = cabinet.product_surface * (self.air - self.product);
        let open = if conditions.door_open {
            cabinet.door
        } else {
            0.0
        };
        let from_room = (cabinet.walls + open) * (conditions.ambient - self.air);
        let to_refrigerant = if compressor_runs {
            cabinet.refrigerant * (self.evaporator - cabinet.suction)
        } else {
            0.0
        };
        let heater = if heated && conditions.mains && self.evaporator < ICE_FREE {
            cabinet.heater
        } else {
            0.0
        };
        self.air += (from_room - to_coil - to_product) * seconds / cabinet.air;
        self.product += to_product * seconds / cabinet.product;
        self.evaporator += (to_coil + heater - to_refrigerant) * seconds / cabinet.evaporator;
    }

    fn exchange_moisture(&mut self, conditions: &Conditions, compressor_runs: bool, seconds: f64) {
        let at_coil = saturation(self.evaporator);
        let dries = compressor_runs && at_coil < self.vapour;
        let mut change = EVAPORATION * (saturation(self.product) - self.vapour);
        if dries {
            change += DRYING * (at_coil - self.vapour);
        }
        if conditions.door_open {
            let room = ROOM_HUMIDITY * saturation(conditions.ambient);
            change += DOOR_EXCHANGE * (room - self.vapour);
        }
        self.vapour = (self.vapour + change * seconds).clamp(0.0, saturation(self.air));
    }
}

/// Pressure of water vapour over water at this temperature, Pa (Magnus, with the WMO's coefficients).
fn saturation(celsius: f64) -> f64 {
    611.2 * (17.62 * celsius / (243.12 + celsius)).exp()
}
