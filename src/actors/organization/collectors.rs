//! The unit actors of one organization, and which of them have something for the next flush.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use actix::Addr;
use log::warn;

use crate::{
    actors::{
        encoder::Encoder,
        registry::start_unit,
        unit::{Collect, UnitActor},
    },
    domain::{SiteId, UnitId},
    events::{LogEntry, LogItem},
};

/// Flushes without a reading after which a unit's actor ends.
const IDLE_FLUSHES: u64 = 60;

/// Where a unit's readings are until the flush.
enum Collector {
    /// With its actor.
    Actor { unit: Addr<UnitActor>, used: u64 },
    /// Its actor refused or failed: in the log alone.
    Log,
}

/// Hands readings to the units. Bound: [`Collectors::MAX_READINGS`] between two flushes.
pub(super) struct Collectors {
    encoder: Arc<dyn Encoder>,
    units: HashMap<UnitId, Collector>,
    waiting: BTreeSet<UnitId>,
    readings: usize,
    flushes: u64,
}

impl Collectors {
    /// Readings between two flushes; over it the log is not followed until the next flush.
    const MAX_READINGS: usize = 50_000;

    pub(super) fn new(encoder: Arc<dyn Encoder>) -> Self {
        Self {
            encoder,
            units: HashMap::new(),
            waiting: BTreeSet::new(),
            readings: 0,
            flushes: 0,
        }
    }

    pub(super) const fn is_full(&self) -> bool {
        self.readings >= Self::MAX_READINGS
    }

    /// Ends every unit's actor: the next readings find new ones.
    pub(super) fn clear(&mut self) {
        *self = Self::new(Arc::clone(&self.encoder));
    }

    /// Hands an entry's readings to their units.
    pub(super) fn collect(&mut self, entry: &LogEntry) {
        let mut by_unit: BTreeMap<UnitId, Collect> = BTreeMap::new();
        for item in &entry.items {
            if let LogItem::Reading {
                unit_id,
                site_id,
                reading,
            } = item
            {
                let collect = by_unit.entry(*unit_id).or_insert_with(|| empty(*site_id));
                collect.site_id = *site_id;
                collect.readings.push(reading.clone());
            }
        }
        for (unit_id, collect) in by_unit {
            self.hand_over(unit_id, collect);
        }
    }

    fn hand_over(&mut self, unit_id: UnitId, collect: Collect) {
        self.readings += collect.readings.len();
        self.waiting.insert(unit_id);
        let flushes = self.flushes;
        let collector = self
            .units
            .entry(unit_id)
            .or_insert_with(|| Collector::Actor {
                unit: start_unit(unit_id, Arc::clone(&self.encoder)),
                used: flushes,
            });
        if let Collector::Actor { unit, used } = collector {
            *used = flushes;
            if unit.try_send(collect).is_err() {
                *collector = Collector::Log;
            }
        }
    }

    /// The units that have something, in order; those with an actor to ask for it.
    pub(super) fn begin_flush(&mut self) -> BTreeMap<UnitId, Option<Addr<UnitActor>>> {
        self.flushes += 1;
        self.readings = 0;
        let waiting = std::mem::take(&mut self.waiting);
        let asked = waiting.into_iter().map(|unit_id| {
            let actor = match self.units.get(&unit_id) {
                Some(Collector::Actor { unit, .. }) => Some(unit.clone()),
                Some(Collector::Log) | None => None,
            };
            (unit_id, actor)
        });
        let asked = asked.collect();
        let flushes = self.flushes;
        self.units.retain(|_, collector| match collector {
            Collector::Actor { used, .. } => flushes - *used <= IDLE_FLUSHES,
            Collector::Log => false,
        });
        asked
    }

    /// A unit did not answer in time: what it holds now cannot be known, so the log stands in for it.
    pub(super) fn distrust(&mut self, unit_id: UnitId) {
        warn!(actor = "unit", id:% = unit_id; "unit did not answer: its readings are taken from the log");
        if self.waiting.contains(&unit_id) {
            self.units.insert(unit_id, Collector::Log);
        } else {
            self.units.remove(&unit_id);
        }
    }
}

const fn empty(site_id: SiteId) -> Collect {
    Collect {
        site_id,
        readings: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{actors::WireEncoder, domain::Timestamp, events::log::fixtures::reading};

    fn entry(unit: UnitId) -> LogEntry {
        let site_id = Uuid::nil().into();
        let items = vec![LogItem::Reading {
            unit_id: unit,
            site_id,
            reading: reading(1, 4.0),
        }];
        LogEntry {
            seq: 1,
            at: Timestamp::from_millis(0),
            items,
        }
    }

    /// The units of a flush, and whether their actors are asked.
    fn asked(collectors: &mut Collectors) -> Vec<(UnitId, bool)> {
        collectors
            .begin_flush()
            .into_iter()
            .map(|(unit, actor)| (unit, actor.is_some()))
            .collect()
    }

    #[actix::test]
    async fn a_unit_that_did_not_answer_is_asked_again_only_after_a_flush_from_the_log() {
        let unit = Uuid::from_u128(1).into();
        let mut collectors = Collectors::new(Arc::new(WireEncoder));
        collectors.collect(&entry(unit));
        assert_eq!(asked(&mut collectors), [(unit, true)]);
        collectors.collect(&entry(unit));
        collectors.distrust(unit);
        collectors.collect(&entry(unit));
        assert_eq!(asked(&mut collectors), [(unit, false)]);
        collectors.collect(&entry(unit));
        assert_eq!(asked(&mut collectors), [(unit, true)]);
    }

    #[actix::test]
    async fn a_unit_without_readings_is_let_go() {
        let unit = Uuid::from_u128(1).into();
        let mut collectors = Collectors::new(Arc::new(WireEncoder));
        collectors.collect(&entry(unit));
        for _ in 0..IDLE_FLUSHES {
            collectors.begin_flush();
        }
        assert_eq!(collectors.units.len(), 1);
        collectors.begin_flush();
        assert_eq!(collectors.units.len(), 0);
    }
}
