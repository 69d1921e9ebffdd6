//! Hubs that write down what they got, and refuse when told to.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Mutex,
};

use actix_socketio::{Delivery, Frame};
use serde_json::Value;
use socketio_proto::engineio::WireFrame;
use tokio::{sync::Notify, time::timeout};
use uuid::Uuid;

use super::DEADLINE;
use crate::{
    actors::{HubKey, Hubs, Outcome},
    domain::Timestamp,
};

/// Hubs that write down what they got.
pub(in crate::actors::tests) struct ProbeHubs {
    state: Mutex<Probes>,
    changed: Notify,
}

struct Probes {
    received: BTreeMap<HubKey, Vec<Delivery>>,
    turns: BTreeMap<HubKey, usize>,
    refusing: BTreeSet<HubKey>,
}

impl ProbeHubs {
    pub(in crate::actors::tests) fn new(hubs: usize) -> Self {
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

    pub(in crate::actors::tests) fn refuse(&self, hub: HubKey, refusing: bool) {
        let mut state = self.state.lock().expect("unpoisoned");
        if refusing {
            state.refusing.insert(hub);
        } else {
            state.refusing.remove(&hub);
        }
    }

    pub(in crate::actors::tests) fn add(&self, hub: HubKey) {
        self.state
            .lock()
            .expect("unpoisoned")
            .received
            .insert(hub, Vec::new());
    }

    pub(in crate::actors::tests) fn remove(&self, hub: HubKey) {
        self.state.lock().expect("unpoisoned").received.remove(&hub);
    }

    /// What a hub got so far, in words.
    pub(in crate::actors::tests) fn got(&self, hub: HubKey) -> Vec<String> {
        self.received(hub)
            .iter()
            .map(|delivery| frame_in_words(&delivery.frame))
            .collect()
    }

    pub(in crate::actors::tests) fn received(&self, hub: HubKey) -> Vec<Delivery> {
        self.state
            .lock()
            .expect("unpoisoned")
            .received
            .get(&hub)
            .cloned()
            .unwrap_or_default()
    }

    /// Messages that a hub took; each is one turn.
    pub(in crate::actors::tests) fn turns(&self, hub: HubKey) -> usize {
        self.state
            .lock()
            .expect("unpoisoned")
            .turns
            .get(&hub)
            .copied()
            .unwrap_or_default()
    }

    /// Waits until a hub has got this many; what it has then.
    pub(in crate::actors::tests) async fn until(&self, hub: HubKey, count: usize) -> Vec<String> {
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
pub(in crate::actors::tests) fn frame_in_words(frame: &Frame) -> String {
    let Some(WireFrame::Text(text)) = frame.wire().next() else {
        panic!("no text: {frame:?}")
    };
    let event: Vec<Value> = serde_json::from_str(&text[2..]).expect("an event");
    let (name, payload) = (event[0].as_str().expect("a name"), &event[1]);
    let number = |value: &Value| {
        Uuid::parse_str(value.as_str().expect("an id"))
            .expect("a UUID")
            .as_u128()
    };
    let second = |value: &Value| {
        let timestamp = Timestamp::parse(value.as_str().expect("a time")).expect("a time");
        timestamp.as_millis() / 1_000
    };
    match name {
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
        "stream:position" => format!("complete through {}", second(&payload["completeThrough"])),
        "stream:gap" => format!("gap: {}", payload["reason"].as_str().expect("a reason")),
        other => panic!("unexpected {other}"),
    }
}
