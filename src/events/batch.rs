//! One unit's readings of one flush: collected in time order, then handed in as events.

use std::collections::BTreeMap;

use super::{Event, ReadingsBatch, SensorReading};
use crate::domain::{Reading, SiteId, Timestamp, UnitId};

/// What a unit has collected since its last flush. Holds at most [`UnitBatch::MAX_READINGS`]; over it the
/// oldest measurement leaves, and [`UnitOutput::overflowed`] says so.
#[derive(Debug, Clone, PartialEq)]
pub struct UnitBatch {
    unit_id: UnitId,
    site_id: SiteId,
    /// By time, then by arrival.
    readings: BTreeMap<(Timestamp, u64), Reading>,
    /// The newest that is neither late nor simulated.
    newest: Option<Reading>,
    arrivals: u64,
    overflowed: bool,
}

/// What one unit hands in at a flush.
#[derive(Debug, Clone, PartialEq)]
pub struct UnitOutput {
    /// The unit.
    pub unit_id: UnitId,
    /// Its site.
    pub site_id: SiteId,
    /// Whether readings had to leave the batch.
    pub overflowed: bool,
    /// For the organization's readings room, if there is something new for it.
    pub batch: Option<Event>,
    /// For the site's and the unit's room, if there is a live reading.
    pub newest: Option<Event>,
}

impl UnitBatch {
    /// Readings a batch holds at most: some 200 KB of JSON.
    pub const MAX_READINGS: usize = 1_000;

    /// Nothing collected yet.
    #[must_use]
    pub const fn new(unit_id: UnitId, site_id: SiteId) -> Self {
        Self {
            unit_id,
            site_id,
            readings: BTreeMap::new(),
            newest: None,
            arrivals: 0,
            overflowed: false,
        }
    }

    /// Takes a reading for the batch.
    pub fn push(&mut self, reading: Reading) {
        self.arrivals += 1;
        self.readings
            .insert((reading.timestamp, self.arrivals), reading);
        if self.readings.len() > Self::MAX_READINGS {
            self.readings.pop_first();
            self.overflowed = true;
        }
    }

    /// Takes a reading as a candidate for the newest; of two of one time the later arrival wins.
    pub fn consider(&mut self, reading: &Reading) {
        let live = !reading.late && !reading.simulated;
        if live
            && self
                .newest
                .as_ref()
                .is_none_or(|newest| newest.timestamp <= reading.timestamp)
        {
            self.newest = Some(reading.clone());
        }
    }

    /// The unit's site, as its last reading has it.
    pub const fn set_site(&mut self, site_id: SiteId) {
        self.site_id = site_id;
    }

    /// The unit's site.
    #[must_use]
    pub const fn site(&self) -> SiteId {
        self.site_id
    }

    /// Whether there is nothing to hand in.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.readings.is_empty() && self.newest.is_none()
    }

    /// What was collected, as events.
    #[must_use]
    pub fn into_output(self) -> UnitOutput {
        let Self {
            unit_id,
            site_id,
            readings,
            newest,
            overflowed,
            ..
        } = self;
        let readings: Vec<Reading> = readings.into_values().collect();
        let batch = (!readings.is_empty()).then_some(Event::ReadingsBatch(ReadingsBatch {
            unit_id,
            site_id,
            count: readings.len(),
            readings,
        }));
        let newest = newest.map(|reading| {
            Event::SensorReading(Box::new(SensorReading::new(unit_id, site_id, &reading)))
        });
        UnitOutput {
            unit_id,
            site_id,
            overflowed,
            batch,
            newest,
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::events::log::fixtures::reading;

    fn collect(readings: impl IntoIterator<Item = Reading>) -> UnitOutput {
        let mut batch = UnitBatch::new(Uuid::nil().into(), Uuid::nil().into());
        for reading in readings {
            batch.consider(&reading);
            batch.push(reading);
        }
        batch.into_output()
    }

    fn batch_times(output: &UnitOutput) -> Vec<i64> {
        match &output.batch {
            Some(Event::ReadingsBatch(batch)) => {
                assert_eq!(batch.count, batch.readings.len());
                batch
                    .readings
                    .iter()
                    .map(|reading| reading.timestamp.as_millis() / 1000)
                    .collect()
            }
            other => panic!("no batch but {other:?}"),
        }
    }

    fn newest_time(output: &UnitOutput) -> Option<i64> {
        match &output.newest {
            Some(Event::SensorReading(reading)) => Some(reading.timestamp.as_millis() / 1000),
            None => None,
            Some(other) => panic!("no reading but {other:?}"),
        }
    }

    #[test]
    fn a_batch_is_in_time_order() {
        let output = collect([3, 1, 2].map(|n| reading(n, 4.0)));
        assert_eq!(batch_times(&output), [1, 2, 3]);
        assert_eq!(newest_time(&output), Some(3));
        assert!(!output.overflowed);
    }

    #[test]
    fn late_and_simulated_readings_are_in_the_batch_but_never_newest() {
        let late = |n| Reading {
            late: true,
            ..reading(n, 4.0)
        };
        let simulated = |n| Reading {
            simulated: true,
            ..reading(n, 4.0)
        };
        for (name, readings, newest) in [
            ("late", vec![reading(1, 4.0), late(2)], Some(1)),
            ("simulated", vec![reading(1, 4.0), simulated(2)], Some(1)),
            ("nothing live", vec![late(1), simulated(2)], None),
        ] {
            let output = collect(readings);
            assert_eq!(batch_times(&output), [1, 2], "{name}");
            assert_eq!(newest_time(&output), newest, "{name}");
        }
    }

    #[test]
    fn of_two_readings_of_one_time_both_are_kept_and_the_later_arrival_is_newest() {
        let output = collect([reading(1, 4.0), reading(1, 5.0)]);
        assert_eq!(batch_times(&output), [1, 1]);
        assert!(
            matches!(output.newest, Some(Event::SensorReading(reading)) if reading.temperature == Some(5.0))
        );
    }

    #[test]
    fn over_the_bound_the_oldest_measurements_leave() {
        let readings = (1..=1_002).rev().map(|n| reading(n, 4.0));
        let output = collect(readings);
        assert_eq!(batch_times(&output), (3..=1_002).collect::<Vec<_>>());
        assert!(output.overflowed);
    }

    #[test]
    fn nothing_collected_hands_in_nothing() {
        let output = collect([]);
        assert_eq!((output.batch, output.newest), (None, None));
    }
}
