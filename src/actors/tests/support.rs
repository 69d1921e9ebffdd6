//! A house with one organization: its log, its hubs, and what they got.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use actix::{Addr, Supervisor};
use actix_socketio::{Delivery, EncodeError, Frame};
use futures_util::{FutureExt, future::BoxFuture};
use serde_json::Value;
use socketio_proto::engineio::WireFrame;
use tokio::{sync::Notify, time::timeout};
use uuid::Uuid;

use crate::{
    actors::{
        Encoder, HubKey, Hubs, Outcome, Parts, Ticks,
        organization::{Empty, HeadSeen, OrganizationActor, Tick},
    },
    bus::{Bus, Wake},
    domain::{OrganizationId, Reading, Timestamp},
    events::{
        Audience, DataUpdated, Event, Head, LogEntry, LogId, LogItem, LogReader, LogUnreadable,
        Resource, UnitBatch, UnitOutput, log::fixtures::reading,
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

/// A log in memory.
#[derive(Default)]
pub(super) struct MemoryLog(Mutex<Logs>);

#[derive(Default)]
struct Logs {
    logs: BTreeMap<OrganizationId, (i64, Vec<LogEntry>)>,
    heads_read: usize,
    trapped: usize,
    failing: Option<Failing>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Failing {
    Error,
    Panic,
    /// Entries never come, and whoever gives up on them panics.
    Trap,
}

/// Panics when dropped, outside of every guard.
struct Trap;

impl Drop for Trap {
    fn drop(&mut self) {
        panic!("the trap snapped");
    }
}

impl MemoryLog {
    pub(super) fn commit(
        &self,
        organization: OrganizationId,
        items: Vec<LogItem>,
    ) -> Arc<LogEntry> {
        let mut state = self.0.lock().expect("unpoisoned");
        let (head, entries) = state.logs.entry(organization).or_default();
        *head += 1;
        let entry = LogEntry {
            seq: *head,
            at: Timestamp::from_millis(*head),
            items,
        };
        entries.push(entry.clone());
        Arc::new(entry)
    }

    /// The retention takes everything up to and with this number.
    pub(super) fn prune(&self, organization: OrganizationId, through: i64) {
        let mut state = self.0.lock().expect("unpoisoned");
        state
            .logs
            .entry(organization)
            .or_default()
            .1
            .retain(|entry| entry.seq > through);
    }

    /// A failover loses the commits after this number.
    pub(super) fn lose(&self, organization: OrganizationId, after: i64) {
        let mut state = self.0.lock().expect("unpoisoned");
        let (head, entries) = state.logs.entry(organization).or_default();
        *head = after;
        entries.retain(|entry| entry.seq <= after);
    }

    pub(super) fn fail(&self, failing: Option<Failing>) {
        self.0.lock().expect("unpoisoned").failing = failing;
    }

    /// Reads of entries that never come.
    pub(super) fn trapped(&self) -> usize {
        self.0.lock().expect("unpoisoned").trapped
    }

    pub(super) fn heads_read(&self) -> usize {
        self.0.lock().expect("unpoisoned").heads_read
    }

    fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&mut Logs) -> T,
    ) -> BoxFuture<'_, Result<T, LogUnreadable>> {
        let mut state = self.0.lock().expect("unpoisoned");
        let result = match state.failing {
            None | Some(Failing::Trap) => Ok(read(&mut state)),
            Some(Failing::Error) => Err(LogUnreadable("the database is away".into())),
            Some(Failing::Panic) => return async { panic!("the reader is broken") }.boxed(),
        };
        async { result }.boxed()
    }
}

impl LogReader for MemoryLog {
    fn head(&self, organization: OrganizationId) -> BoxFuture<'_, Result<Head, LogUnreadable>> {
        self.read(move |state| {
            state.heads_read += 1;
            let seq = state.logs.get(&organization).map_or(0, |(head, _)| *head);
            Head { log: LogId(1), seq }
        })
    }

    fn entries(
        &self,
        organization: OrganizationId,
        after: i64,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<LogEntry>, LogUnreadable>> {
        let mut state = self.0.lock().expect("unpoisoned");
        if state.failing == Some(Failing::Trap) {
            state.trapped += 1;
            let trap = Trap;
            return async move {
                let _trap = trap;
                std::future::pending().await
            }
            .boxed();
        }
        drop(state);
        self.read(move |state| {
            let entries = state
                .logs
                .get(&organization)
                .into_iter()
                .flat_map(|(_, entries)| entries);
            entries
                .filter(|entry| entry.seq > after)
                .take(limit)
                .cloned()
                .collect()
        })
    }

    fn heads(
        &self,
        organizations: Vec<OrganizationId>,
    ) -> BoxFuture<'_, Result<Vec<(OrganizationId, i64)>, LogUnreadable>> {
        self.read(move |state| {
            let head = |id: OrganizationId| state.logs.get(&id).map(|(head, _)| (id, *head));
            organizations.into_iter().filter_map(head).collect()
        })
    }
}

/// Hubs that write down what they got.
pub(super) struct ProbeHubs {
    state: Mutex<Probes>,
    changed: Notify,
}

struct Probes {
    received: BTreeMap<HubKey, Vec<Delivery>>,
    turns: BTreeMap<HubKey, usize>,
    refusing: BTreeSet<HubKey>,
}

impl ProbeHubs {
    fn new(hubs: usize) -> Self {
        let received = (0..hubs).map(|hub| (HubKey(hub), Vec::new())).collect();
        let state = Mutex::new(Probes {
            received,
            turns: BTreeMap::new(),
            refusing: BTreeSet::new(),
        });
        Self {
            state,
            changed: Notify::new(),
        }
    }

    pub(super) fn refuse(&self, hub: HubKey, refusing: bool) {
        let mut state = self.state.lock().expect("unpoisoned");
        if refusing {
            state.refusing.insert(hub);
        } else {
            state.refusing.remove(&hub);
        }
    }

    pub(super) fn add(&self, hub: HubKey) {
        self.state
            .lock()
            .expect("unpoisoned")
            .received
            .insert(hub, Vec::new());
    }

    pub(super) fn remove(&self, hub: HubKey) {
        self.state.lock().expect("unpoisoned").received.remove(&hub);
    }

    /// What a hub got so far, in words.
    pub(super) fn got(&self, hub: HubKey) -> Vec<String> {
        self.received(hub).iter().map(in_words).collect()
    }

    pub(super) fn received(&self, hub: HubKey) -> Vec<Delivery> {
        self.state
            .lock()
            .expect("unpoisoned")
            .received
            .get(&hub)
            .cloned()
            .unwrap_or_default()
    }

    /// Messages that a hub took; each is one turn.
    pub(super) fn turns(&self, hub: HubKey) -> usize {
        self.state
            .lock()
            .expect("unpoisoned")
            .turns
            .get(&hub)
            .copied()
            .unwrap_or_default()
    }

    /// Waits until a hub has got this many; what it has then.
    pub(super) async fn until(&self, hub: HubKey, count: usize) -> Vec<String> {
        let enough = async {
            loop {
                let changed = self.changed.notified();
                if self.received(hub).len() >= count {
                    return;
                }
                changed.await;
            }
        };
        let came = timeout(DEADLINE, enough).await;
        let got = self.got(hub);
        assert!(came.is_ok(), "waited for {count}, got {got:#?}");
        got
    }

    fn post(&self, state: &mut Probes, hub: HubKey, deliveries: Vec<Delivery>) -> Outcome {
        if state.refusing.contains(&hub) {
            return Outcome::Refused;
        }
        let Some(received) = state.received.get_mut(&hub) else {
            return Outcome::Gone;
        };
        received.extend(deliveries);
        *state.turns.entry(hub).or_default() += 1;
        self.changed.notify_waiters();
        Outcome::Accepted
    }
}

impl Hubs for ProbeHubs {
    fn list(&self) -> Vec<HubKey> {
        self.state
            .lock()
            .expect("unpoisoned")
            .received
            .keys()
            .copied()
            .collect()
    }

    fn deliver(&self, deliveries: Vec<Delivery>) -> Vec<HubKey> {
        let mut state = self.state.lock().expect("unpoisoned");
        let hubs: Vec<HubKey> = state.received.keys().copied().collect();
        hubs.into_iter()
            .filter(|hub| self.post(&mut state, *hub, deliveries.clone()) == Outcome::Refused)
            .collect()
    }

    fn deliver_to(&self, hub: HubKey, deliveries: Vec<Delivery>) -> Outcome {
        self.post(&mut self.state.lock().expect("unpoisoned"), hub, deliveries)
    }
}

/// `event 7`, `batch of 3: 1 2`, `newest of 3: 2`, `gap: log_restarted`
fn in_words(delivery: &Delivery) -> String {
    let Some(WireFrame::Text(text)) = delivery.frame.wire().next() else {
        panic!("no text: {delivery:?}")
    };
    let (name, payload): (String, Value) = serde_json::from_str(&text[2..]).expect("an event");
    let number = |value: &Value| {
        Uuid::parse_str(value.as_str().expect("an id"))
            .expect("a UUID")
            .as_u128()
    };
    let second = |value: &Value| {
        let timestamp = Timestamp::parse(value.as_str().expect("a time")).expect("a time");
        timestamp.as_millis() / 1_000
    };
    match name.as_str() {
        "data:updated" => format!("event {}", number(&payload["id"])),
        "sensor:readings:batch" => {
            let readings = payload["readings"].as_array().expect("readings");
            let ids: Vec<String> = readings
                .iter()
                .map(|reading| number(&reading["id"]).to_string())
                .collect();
            format!("batch of {}: {}", number(&payload["unitId"]), ids.join(" "))
        }
        "sensor:reading" => format!(
            "newest of {}: {}",
            number(&payload["unitId"]),
            second(&payload["timestamp"])
        ),
        "stream:gap" => format!("gap: {}", payload["reason"].as_str().expect("a reason")),
        other => panic!("unexpected {other}"),
    }
}

/// An encoder that panics on what is marked, as often as it is told to.
#[derive(Default)]
pub(super) struct Fussy {
    pub(super) compose: AtomicUsize,
    pub(super) encode: AtomicUsize,
}

impl Fussy {
    fn check(budget: &AtomicUsize, marked: bool) {
        if marked
            && budget
                .fetch_update(SeqCst, SeqCst, |left| left.checked_sub(1))
                .is_ok()
        {
            panic!("marked to fail");
        }
    }
}

impl Encoder for Fussy {
    fn compose(&self, batch: UnitBatch) -> UnitOutput {
        let output = batch.into_output();
        Self::check(&self.compose, output.batch.as_ref().is_some_and(is_marked));
        output
    }

    fn encode(&self, event: &Event) -> Result<Frame, EncodeError> {
        Self::check(&self.encode, is_marked(event));
        Frame::event(event.name(), &event.payload())
    }
}

fn is_marked(event: &Event) -> bool {
    let poisoned = |reading: &Reading| reading.temperature == Some(POISON);
    match event {
        Event::DataUpdated(changed) => changed.id == Uuid::from_u128(POISONED_EVENT),
        Event::ReadingsBatch(batch) => batch.readings.iter().any(poisoned),
        _ => false,
    }
}

/// One organization, followed from its head, driven by messages.
pub(super) struct House {
    pub(super) log: Arc<MemoryLog>,
    pub(super) hubs: Arc<ProbeHubs>,
    pub(super) bus: Bus,
    pub(super) encoder: Arc<Fussy>,
    pub(super) actor: Addr<OrganizationActor>,
}

impl House {
    /// Opened when it follows: nothing that is committed from here on is before its time.
    pub(super) async fn open(hubs: usize) -> Self {
        let (log, bus) = (Arc::new(MemoryLog::default()), Bus::memory());
        let (hubs, encoder) = (Arc::new(ProbeHubs::new(hubs)), Arc::new(Fussy::default()));
        let parts = Arc::new(parts(&log, &bus, &hubs, encoder.clone(), Ticks::ByMessage));
        let head = Head {
            log: LogId(1),
            seq: 0,
        };
        let actor =
            Supervisor::start(move |_| OrganizationActor::new(organization(1), parts, head, false));
        let house = Self {
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
        self.actor.send(HeadSeen(seq)).await.expect("alive");
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
        ticks,
        arbiters: Vec::new(),
    }
}

impl ProbeHubs {
    pub(super) fn one() -> Arc<Self> {
        Arc::new(Self::new(1))
    }
}
