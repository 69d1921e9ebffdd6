//! A house with one organization: its log, its hubs, and what they got.

mod encoder;
mod hubs;
mod log;
mod town;

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use actix::{Addr, Supervisor};
use tokio::time::timeout;
use uuid::Uuid;

pub(super) use self::{
    encoder::Fussy,
    hubs::{ProbeHubs, frame_in_words},
    log::{Failing, MemoryLog},
    town::Town,
};
use crate::{
    actors::{
        Encoder, HubKey, Parts, Ticks, history,
        organization::{Empty, HeadSeen, OrganizationActor, Tick},
    },
    bus::{Bus, Wake},
    clock::{Clock, ManualClock},
    domain::{OrganizationId, Timestamp},
    events::{
        Audience, DataUpdated, Event, Heard, LogEntry, LogItem, Resource, log::fixtures::reading,
    },
};

/// Longest wait for what must come.
const DEADLINE: Duration = Duration::from_secs(10);

/// A reading of this temperature makes the encoder panic.
pub(super) const POISON: f64 = 66.6;
/// So does an event of this number.
pub(super) const POISONED_EVENT: u128 = 666;

pub(super) const HUB: HubKey = HubKey(0);

pub(super) fn organization(n: u128) -> OrganizationId {
    Uuid::from_u128(n).into()
}

/// A reading of a unit: numbered `n`, measured `n` seconds after the epoch.
pub(super) fn measured(unit: u128, n: i64) -> LogItem {
    measured_at(unit, n, 4.0)
}

pub(super) fn measured_at(unit: u128, n: i64, temperature: f64) -> LogItem {
    LogItem::Reading {
        unit_id: Uuid::from_u128(unit).into(),
        site_id: Uuid::from_u128(1_000).into(),
        reading: reading(n, temperature),
    }
}

/// An event for the whole organization, numbered `n`.
pub(super) fn happened(n: u128) -> LogItem {
    happened_for(Audience::Organization, n)
}

pub(super) fn happened_for(audience: Audience, n: u128) -> LogItem {
    let event = Event::DataUpdated(DataUpdated {
        resource: Resource::Units,
        id: Uuid::from_u128(n),
    });
    LogItem::Event { audience, event }
}

/// One organization, followed from its head, driven by messages.
pub(super) struct House {
    pub(super) log: Arc<MemoryLog>,
    pub(super) hubs: Arc<ProbeHubs>,
    pub(super) bus: Bus,
    pub(super) time: ManualClock,
    /// What the log told servers.
    pub(super) heard: Arc<Mutex<Vec<Heard>>>,
    pub(super) encoder: Arc<Fussy>,
    pub(super) actor: Addr<OrganizationActor>,
}

impl House {
    /// Opened when it follows: nothing that is committed from here on is before its time.
    pub(super) async fn open(hubs: usize) -> Self {
        Self::open_with(hubs, Ticks::ByMessage).await
    }

    pub(super) async fn open_with(hubs: usize, ticks: Ticks) -> Self {
        let (log, bus) = (Arc::new(MemoryLog::default()), Bus::memory());
        let (hubs, encoder) = (Arc::new(ProbeHubs::new(hubs)), Arc::new(Fussy::default()));
        let time = Clock::manual(Timestamp::from_millis(0));
        let heard: Arc<Mutex<Vec<Heard>>> = Arc::default();
        let parts = Arc::new(Parts {
            clock: time.clock(),
            heard: {
                let heard = Arc::clone(&heard);
                Arc::new(move |_, told| heard.lock().expect("unpoisoned").push(told))
            },
            ..parts(&log, &bus, &hubs, encoder.clone(), ticks)
        });
        let beginning = history::read(&*log, organization(1), time.clock().unskewed());
        let beginning = beginning.await.expect("read");
        let actor = Supervisor::start(move |_| {
            OrganizationActor::new(organization(1), parts, beginning, false)
        });
        let house = Self {
            time,
            heard,
            log,
            hubs,
            bus,
            encoder,
            actor,
        };
        house.emptied().await;
        house
    }

    /// Commits, and wakes whoever follows.
    pub(super) fn commit(&self, items: Vec<LogItem>) {
        let entry = self.log.commit(organization(1), items);
        self.bus.on_commit()(organization(1), entry);
    }

    /// Commits, and the wake is lost.
    pub(super) fn commit_unheard(&self, items: Vec<LogItem>) {
        self.log.commit(organization(1), items);
    }

    pub(super) fn wake(&self, seq: i64, entry: Option<Arc<LogEntry>>) {
        self.bus.publish(&Wake {
            organization: organization(1),
            seq,
            entry,
        });
    }

    pub(super) async fn tick(&self) {
        self.actor.send(Tick).await.expect("alive");
    }

    pub(super) async fn head_seen(&self, seq: i64) {
        let at = self.time.clock().now();
        self.actor.send(HeadSeen { seq, at }).await.expect("alive");
    }

    /// Everything committed has left: what hub 0 got by then is all that it gets.
    pub(super) async fn emptied(&self) -> Vec<String> {
        timeout(DEADLINE, self.actor.send(Empty))
            .await
            .expect("in time")
            .expect("alive");
        self.hubs.got(HUB)
    }
}

pub(super) fn parts(
    log: &Arc<MemoryLog>,
    bus: &Bus,
    hubs: &Arc<ProbeHubs>,
    encoder: Arc<dyn Encoder>,
    ticks: Ticks,
) -> Parts {
    Parts {
        reader: log.clone(),
        bus: bus.clone(),
        hubs: hubs.clone(),
        encoder,
        clock: Clock::manual(Timestamp::from_millis(0)).clock(),
        heard: Arc::new(|_, _| ()),
        ticks,
        arbiters: Vec::new(),
    }
}
