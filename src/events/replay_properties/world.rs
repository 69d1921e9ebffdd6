//! The model: a log, two nodes, one client, and what happens to them.

use proptest::prelude::*;
use uuid::Uuid;

use crate::{
    domain::{OrganizationId, Reading, SiteId, Timestamp, UnitId},
    events::{
        Audience, Cursor, DataUpdated, Event, JoinedRoom, Listener, LogEntry, LogId, LogItem,
        Notice, Offset, Outgoing, Partial, Position, ReplayError, Resource, Room, Step, UnitBatch,
        flush, log::fixtures::reading, replay, route,
    },
};

const LOG: LogId = LogId(77);
pub(super) const UNITS: u8 = 4;

/// One thing that happens in a history.
#[derive(Debug, Clone)]
pub(super) enum Op {
    Commit(Vec<Item>),
    Apply(usize),
    Tick(usize),
    Join(u8),
    Leave(u8),
    /// The last `lost` frames never arrive; the client comes back on node `to`.
    Cut {
        lost: usize,
        to: usize,
    },
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Item {
    Reading { unit: u8, late: bool },
    Event(u8),
}

/// A rule that is broken on purpose.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Broken {
    Nothing,
    PartialForgotten,
    PartialTakenForWhole,
    StepForgotten,
    EntryTakenForSent,
    EntrySentAgain,
    ReadingsTakenForSent,
    JoinForgotten,
}

pub(super) fn organization() -> OrganizationId {
    Uuid::from_u128(1).into()
}

pub(super) fn unit(n: u8) -> UnitId {
    Uuid::from_u128(100 + u128::from(n)).into()
}

/// Units 0 and 1 stand in one site, 2 and 3 in another.
pub(super) fn site(n: u8) -> SiteId {
    Uuid::from_u128(200 + u128::from(n / 2)).into()
}

/// The rooms a client may join and leave; the first two it never leaves.
fn room(n: u8) -> Room {
    match n {
        0 => Room::Organization(organization()),
        1 => Room::User(Uuid::from_u128(3).into()),
        2 => Room::Readings(organization()),
        3 | 4 => Room::Site(site((n - 3) * 2)),
        _ => Room::Unit(unit(n - 5)),
    }
}

const LEAVABLE: std::ops::Range<u8> = 2..5 + UNITS;

/// None: for the servers.
fn audience(n: u8) -> Option<Audience> {
    match n {
        0 => Some(Audience::Readings),
        1 => Some(Audience::User(Uuid::from_u128(3).into())),
        2 => Some(Audience::User(Uuid::from_u128(4).into())),
        3 => None,
        _ => Some(Audience::Organization),
    }
}

pub(super) fn history() -> impl Strategy<Value = Vec<Op>> {
    let item = prop_oneof![
        3 => (0..UNITS, prop::bool::weighted(0.2)).prop_map(|(unit, late)| Item::Reading { unit, late }),
        2 => (0..8_u8).prop_map(Item::Event),
    ];
    let op = prop_oneof![
        4 => prop::collection::vec(item, 1..6).prop_map(Op::Commit),
        4 => (0..2_usize).prop_map(Op::Apply),
        2 => (0..2_usize).prop_map(Op::Tick),
        2 => LEAVABLE.prop_map(Op::Join),
        1 => LEAVABLE.prop_map(Op::Leave),
        2 => (0..12_usize, 0..2_usize).prop_map(|(lost, to)| Op::Cut { lost, to }),
    ];
    prop::collection::vec(op, 1..60)
}

pub(super) struct World {
    pub(super) log: Vec<LogEntry>,
    /// Ids of readings and events, ascending in the order of the log.
    ids: i64,
    nodes: [Position; 2],
    pub(super) client: Client,
    broken: Broken,
}

pub(super) struct Client {
    node: usize,
    /// The last one received, or the one it connected at.
    offset: Offset,
    pub(super) rooms: Vec<JoinedRoom>,
    /// Each stay in a room: from which offset to which.
    pub(super) stays: Vec<(Room, Offset, Option<Offset>)>,
    in_flight: Vec<Outgoing>,
    pub(super) received: Vec<Event>,
}

impl Client {
    fn connect(at: Offset) -> Self {
        let rooms: Vec<JoinedRoom> = (0..3).map(|n| JoinedRoom { room: room(n), at }).collect();
        let stays = rooms.iter().map(|joined| (joined.room, at, None)).collect();
        Self {
            node: 0,
            offset: at,
            rooms,
            stays,
            in_flight: Vec::new(),
            received: Vec::new(),
        }
    }

    fn receive(&mut self, frames: usize) {
        for Outgoing { event, offset, .. } in self.in_flight.drain(..frames) {
            self.offset = offset.unwrap_or(self.offset);
            self.received.push(event);
        }
    }

    fn receive_all(&mut self) {
        self.receive(self.in_flight.len());
    }

    fn join(&mut self, room: Room, at: Offset) {
        if !self.rooms.iter().any(|joined| joined.room == room) {
            self.rooms.push(JoinedRoom { room, at });
            self.stays.push((room, at, None));
        }
    }

    /// The client's leave comes after everything that was sent before the answer.
    fn leave(&mut self, room: Room, at: Offset) {
        self.receive_all();
        self.rooms.retain(|joined| joined.room != room);
        if let Some((.., to @ None)) = self.stays.iter_mut().rfind(|stay| stay.0 == room) {
            *to = Some(at);
        }
    }
}

impl World {
    pub(super) fn new(broken: Broken) -> Self {
        let start = Position::at(LOG, 0);
        Self {
            log: Vec::new(),
            ids: 0,
            nodes: [start; 2],
            client: Client::connect(start.offset()),
            broken,
        }
    }

    pub(super) fn play(&mut self, op: &Op) {
        match op {
            Op::Commit(items) => self.commit(items),
            Op::Apply(node) => self.apply(*node),
            Op::Tick(node) => self.tick(*node),
            Op::Join(n) => self
                .client
                .join(room(*n), self.nodes[self.client.node].offset()),
            Op::Leave(n) => self
                .client
                .leave(room(*n), self.nodes[self.client.node].offset()),
            Op::Cut { lost, to } => self.cut(*lost, *to),
        }
    }

    fn commit(&mut self, items: &[Item]) {
        let seq = i64::try_from(self.log.len()).expect("short") + 1;
        let items = items.iter().map(|item| self.item(*item)).collect();
        self.log.push(LogEntry {
            seq,
            at: Timestamp::from_millis(seq),
            items,
        });
    }

    fn item(&mut self, item: Item) -> LogItem {
        self.ids += 1;
        match item {
            Item::Event(n) => {
                let id = Uuid::from_u128(self.ids.unsigned_abs().into());
                let event = Event::DataUpdated(DataUpdated {
                    resource: Resource::Units,
                    id,
                });
                match audience(n) {
                    Some(audience) => LogItem::Event { audience, event },
                    None => LogItem::Notice(Notice::MemberChanged { user_id: id.into() }),
                }
            }
            Item::Reading { unit: n, late } => {
                let measured = reading(self.ids, 4.0);
                let timestamp = measured
                    .timestamp
                    .plus_seconds(if late { -1_000 } else { 0 });
                LogItem::Reading {
                    unit_id: unit(n),
                    site_id: site(n),
                    reading: Reading {
                        late,
                        timestamp,
                        ..measured
                    },
                }
            }
        }
    }

    fn apply(&mut self, node: usize) {
        let before = self.nodes[node];
        let next = usize::try_from(before.applied).expect("positive");
        let Some(entry) = self.log.get(next) else {
            return;
        };
        let sent = route(organization(), before, entry);
        self.nodes[node].applied += 1;
        self.send(node, sent);
    }

    fn tick(&mut self, node: usize) {
        let before = self.nodes[node];
        let fresh = self
            .log
            .iter()
            .filter(|entry| (before.flushed + 1..=before.applied).contains(&entry.seq));
        let items: Vec<&LogItem> = fresh.flat_map(|entry| &entry.items).collect();
        let units = (0..UNITS).map(|n| {
            let mut batch = UnitBatch::new(unit(n), site(n));
            for item in &items {
                if let LogItem::Reading {
                    unit_id, reading, ..
                } = item
                    && *unit_id == unit(n)
                {
                    batch.consider(reading);
                    batch.push(reading.clone());
                }
            }
            batch.into_output()
        });
        let sent = flush(organization(), before, before.applied, units);
        self.nodes[node].flushed = before.applied;
        self.send(node, sent);
    }

    fn send(&mut self, node: usize, sent: Vec<Outgoing>) {
        if node == self.client.node {
            let heard = |outgoing: &Outgoing| {
                self.client
                    .rooms
                    .iter()
                    .any(|joined| outgoing.rooms.contains(&joined.room))
            };
            let sent: Vec<Outgoing> = sent.into_iter().filter(heard).collect();
            self.client.in_flight.extend(sent);
        }
    }

    fn cut(&mut self, lost: usize, to: usize) {
        self.client
            .receive(self.client.in_flight.len().saturating_sub(lost));
        self.client.in_flight.clear();
        self.client.node = to;
        let from = self.break_offset(self.client.offset);
        let mut rooms = self.client.rooms.clone();
        if self.broken == Broken::JoinForgotten {
            rooms
                .iter_mut()
                .for_each(|joined| joined.at = Position::at(LOG, 0).offset());
        }
        self.client.in_flight = loop {
            match replay(
                organization(),
                &self.log,
                &from,
                Listener::Rooms(&rooms),
                self.nodes[to],
            ) {
                Ok(replayed) => break replayed,
                Err(ReplayError::Ahead) => self.catch_up(to),
                Err(error) => panic!("the whole log is there, but {error}"),
            }
        };
    }

    /// The claim waits for the flush that passes it; nothing of it reaches the client live.
    fn catch_up(&mut self, node: usize) {
        let waiting = std::mem::replace(&mut self.client.node, usize::MAX);
        self.apply(node);
        self.tick(node);
        self.client.node = waiting;
    }

    fn break_offset(&self, offset: Offset) -> Offset {
        let end = i64::try_from(self.log.len()).expect("short");
        match (self.broken, offset.partial) {
            (Broken::PartialForgotten, _) => Offset {
                partial: None,
                ..offset
            },
            (Broken::PartialTakenForWhole, Some(partial)) => Offset {
                flushed: partial.through,
                partial: None,
                ..offset
            },
            (Broken::StepForgotten, Some(partial)) => Offset {
                partial: Some(Partial {
                    step: Step::Batch,
                    ..partial
                }),
                ..offset
            },
            (Broken::EntryTakenForSent, _)
                if offset.events.seq <= end && offset.events.index > 0 =>
            {
                Offset {
                    events: Cursor {
                        seq: offset.events.seq + 1,
                        index: 0,
                    },
                    ..offset
                }
            }
            (Broken::EntrySentAgain, _) => Offset {
                events: Cursor {
                    index: 0,
                    ..offset.events
                },
                ..offset
            },
            (Broken::ReadingsTakenForSent, _) => Offset {
                flushed: offset.flushed.max((offset.events.seq - 1).min(end)),
                partial: None,
                ..offset
            },
            _ => offset,
        }
    }

    pub(super) fn finish(&mut self) {
        let node = self.client.node;
        for _ in 0..self.log.len() {
            self.apply(node);
        }
        self.tick(node);
        self.client.receive_all();
    }
}
