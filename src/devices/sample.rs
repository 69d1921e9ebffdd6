//! One moment of one sensor as some source tells it, before it is judged and before a probe is chosen.

use crate::domain::Timestamp;

use super::{
    catalog::Sensor,
    quantity::{Quantity, Range},
};

/// Probes that one sample can hold; more are ignored.
const MAX_PROBES: usize = 32;

/// Everything a source says of one moment.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Sample {
    /// Its own time, in a backlog.
    pub(super) at: Option<Timestamp>,
    /// °C of the sensor in the housing.
    pub(super) air: Quantity,
    /// °C of the probes, in the order of the payload.
    pub(super) probes: Vec<Quantity>,
    /// Relative, %.
    pub(super) humidity: Quantity,
    /// As the sensor says it, before the polarity of the device.
    pub(super) door_open: Option<bool>,
    /// %.
    pub(super) battery_percent: Quantity,
    /// V.
    pub(super) battery_volts: Quantity,
    /// The sensor itself calls its battery low.
    pub(super) battery_low: bool,
}

impl Sample {
    /// Whether nothing at all was measured.
    pub(super) fn is_empty(&self) -> bool {
        let nothing = Self {
            at: self.at,
            ..Self::default()
        };
        *self == nothing
    }

    /// Adds a probe, within the bound.
    pub(super) fn push_probe(&mut self, probe: Quantity) {
        if probe != Quantity::Absent && self.probes.len() < MAX_PROBES {
            self.probes.push(probe);
        }
    }

    /// Takes from the other what is not mentioned here.
    pub(super) fn complete(&mut self, other: Self) {
        self.air = self.air.or(other.air);
        if self.probes.is_empty() {
            self.probes = other.probes;
        }
        self.humidity = self.humidity.or(other.humidity);
        self.door_open = self.door_open.or(other.door_open);
        self.battery_percent = self.battery_percent.or(other.battery_percent);
        self.battery_volts = self.battery_volts.or(other.battery_volts);
        self.battery_low |= other.battery_low;
    }

    /// Marks as impossible what this sensor cannot have measured.
    pub(super) fn judged(mut self, sensor: &Sensor) -> Self {
        if sensor.saturates(self.air) {
            self.air = Quantity::Impossible;
            self.humidity = Quantity::Impossible;
        }
        self.air = self.air.within(sensor.air);
        for probe in &mut self.probes {
            *probe = probe.within(sensor.probe);
        }
        self.humidity = self.humidity.within(Range::PERCENT);
        self.battery_percent = self.battery_percent.within(Range::PERCENT);
        self.battery_volts = self.battery_volts.within(Range::VOLTS);
        self
    }

    /// The first probe that answers; impossible if there are probes and none does.
    pub(super) fn first_probe(&self) -> Quantity {
        self.probes
            .iter()
            .find(|probe| probe.value().is_some())
            .or(self.probes.first())
            .copied()
            .unwrap_or_default()
    }
}

/// All that one source makes of one uplink.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Samples {
    /// The moment of the uplink; empty in a mere backlog.
    pub(super) live: Sample,
    /// Earlier moments, in the order of the payload.
    pub(super) history: Vec<Sample>,
}

impl Samples {
    /// Takes from the other what is missing here. A backlog is believed whole or not at all: its entries
    /// cannot be matched between sources.
    pub(super) fn complete(&mut self, other: Self) {
        self.live.complete(other.live);
        if self.history.is_empty() {
            self.history = other.history;
        }
    }

    /// Whether nothing at all was measured.
    pub(super) fn is_empty(&self) -> bool {
        self.live.is_empty() && self.history.is_empty()
    }
}
