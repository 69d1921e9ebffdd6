//! To the hubs: each gets everything once and in order, though it may refuse a turn.
//!
//! A turn is what leaves at once between two positions. A hub that was in step gets it as encoded for all; one
//! that had refused gets what it lacks from the window, all in one, or `stream:gap` if it lacks too much.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use actix_socketio::{Delivery, Frame, Room as RoomName, WhenFull};
use log::{error, warn};

use super::window::Window;
use crate::{
    actors::{
        encoder::Encoder,
        hubs::{HubKey, Hubs, Outcome},
    },
    domain::{OrganizationId, UnitId},
    events::{Event, GapReason, Listener, Outgoing, Position, ReplayError, Room, gap, replay},
};

/// Times that something may panic before it is left out.
const PANICS: u8 = 2;

/// What one hub has got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Progress {
    /// Everything up to here.
    At(Position),
    /// Not everything; it must be told before it goes on.
    Lost(GapReason),
}

/// What was being encoded when something panicked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Suspect {
    /// An event of this entry.
    Entry(i64),
    /// Readings of this unit.
    Unit(UnitId),
}

impl Suspect {
    fn of(outgoing: &Outgoing) -> Option<Self> {
        if matches!(outgoing.event, Event::StreamPosition(_)) {
            return None;
        }
        let offset = outgoing.offset?;
        Some(match offset.partial {
            Some(partial) => Self::Unit(partial.unit),
            None => Self::Entry(offset.events.seq),
        })
    }
}

/// Sends to the hubs and remembers how far each is. Survives a panic of its actor.
pub(super) struct Outlet {
    organization: OrganizationId,
    hubs: Arc<dyn Hubs>,
    encoder: Arc<dyn Encoder>,
    progress: BTreeMap<HubKey, Progress>,
    /// The furthest that any turn reached: where a new hub begins, also while the rest goes back.
    furthest: Option<Position>,
    trying: Option<Suspect>,
    /// What a client gets before the readings that took the place of others; made once.
    slow_notice: Option<Frame>,
    /// Forgotten once every hub is past it.
    panics: HashMap<Suspect, u8>,
}

impl Outlet {
    pub(super) fn new(
        organization: OrganizationId,
        hubs: Arc<dyn Hubs>,
        encoder: Arc<dyn Encoder>,
    ) -> Self {
        let (progress, panics) = (BTreeMap::new(), HashMap::new());
        Self {
            organization,
            hubs,
            encoder,
            progress,
            furthest: None,
            trying: None,
            slow_notice: None,
            panics,
        }
    }

    /// Sends a turn. `window` must reach from the furthest hub behind to `after`.
    pub(super) fn turn(
        &mut self,
        before: Position,
        after: Position,
        outgoing: &[Outgoing],
        window: &Window,
    ) {
        self.meet(before);
        let in_step = |progress: &Progress| *progress == Progress::At(before);
        let shared = if self.progress.values().any(in_step) {
            self.encode(outgoing)
        } else {
            Vec::new()
        };
        if self.progress.values().all(in_step) {
            let refused = if shared.is_empty() {
                Vec::new()
            } else {
                self.hubs.deliver(shared)
            };
            for (hub, progress) in &mut self.progress {
                if !refused.contains(hub) {
                    *progress = Progress::At(after);
                }
            }
        } else {
            let hubs: Vec<(HubKey, Progress)> =
                self.progress.iter().map(|(hub, at)| (*hub, *at)).collect();
            for (hub, progress) in hubs {
                let deliveries = if in_step(&progress) {
                    Some(shared.clone())
                } else {
                    self.lacking(progress, after, window)
                };
                self.deliver_to(hub, deliveries, after);
            }
        }
        if self
            .progress
            .values()
            .all(|progress| *progress == Progress::At(after))
        {
            self.acquit(before, after);
        }
        self.furthest = Some(
            self.furthest
                .map_or(after, |furthest| further(furthest, after)),
        );
    }

    /// Every hub has lost its place: each is told with the next turn that it takes.
    pub(super) fn lose(&mut self, reason: GapReason) {
        self.furthest = None;
        self.meet_new(Progress::Lost(reason));
        self.progress
            .values_mut()
            .for_each(|progress| *progress = Progress::Lost(reason));
    }

    /// Hubs that hold the window back have lost their place.
    pub(super) fn lose_laggards(&mut self, position: Position) {
        for (hub, progress) in &mut self.progress {
            if matches!(progress, Progress::At(at) if at.flushed < position.flushed) {
                warn!(organization_id:% = self.organization, hub = hub.0; "hub fell behind: its sockets are told of a gap");
                *progress = Progress::Lost(GapReason::FellBehind);
            }
        }
    }

    /// Up to where every hub has got everything; None without hubs.
    pub(super) fn lowest(&self) -> Option<Position> {
        let known = self
            .progress
            .values()
            .filter_map(|progress| match progress {
                Progress::At(position) => Some(*position),
                Progress::Lost(_) => None,
            });
        known.reduce(|a, b| Position {
            applied: a.applied.min(b.applied),
            flushed: a.flushed.min(b.flushed),
            ..a
        })
    }

    /// What this hub has been handed, when the organization is at `position`; None while it must be told of a gap.
    pub(super) fn place(&mut self, hub: HubKey, position: Position) -> Option<Position> {
        self.meet(position);
        match self.progress.get(&hub) {
            Some(Progress::At(at)) => Some(*at),
            Some(Progress::Lost(_)) | None => None,
        }
    }

    /// The actor panicked: what was being encoded is suspect.
    pub(super) fn after_panic(&mut self) {
        if let Some(suspect) = self.trying.take() {
            *self.panics.entry(suspect).or_default() += 1;
        }
    }

    /// Every hub is past these.
    fn acquit(&mut self, before: Position, after: Position) {
        self.panics.retain(|suspect, _| match suspect {
            Suspect::Entry(seq) => *seq > after.applied,
            Suspect::Unit(_) => after.flushed == before.flushed,
        });
    }

    /// New hubs begin at this position; the sockets of a hub that is gone are gone with it.
    fn meet(&mut self, position: Position) {
        let start = self
            .furthest
            .map_or(position, |furthest| further(furthest, position));
        let there = self.meet_new(Progress::At(start));
        self.progress.retain(|hub, _| there.contains(hub));
    }

    fn meet_new(&mut self, progress: Progress) -> Vec<HubKey> {
        let there = self.hubs.list();
        for hub in &there {
            self.progress.entry(*hub).or_insert(progress);
        }
        there
    }

    /// What a hub needs to be at `after`; None if that must wait.
    fn lacking(
        &mut self,
        progress: Progress,
        after: Position,
        window: &Window,
    ) -> Option<Vec<Delivery>> {
        let lost = match progress {
            Progress::Lost(reason) => reason,
            Progress::At(at) => {
                let from = at.offset();
                match replay(
                    self.organization,
                    window.entries(),
                    &from,
                    Listener::Everyone,
                    after,
                ) {
                    Ok(outgoing) => return Some(self.encode(&outgoing)),
                    Err(ReplayError::Ahead) => return None,
                    Err(ReplayError::Gone | ReplayError::OtherLog) => GapReason::FellBehind,
                }
            }
        };
        Some(self.encode(&[gap(vec![Room::Organization(self.organization)], lost)]))
    }

    fn deliver_to(&mut self, hub: HubKey, deliveries: Option<Vec<Delivery>>, after: Position) {
        let Some(deliveries) = deliveries else { return };
        let outcome = if deliveries.is_empty() {
            Outcome::Accepted
        } else {
            self.hubs.deliver_to(hub, deliveries)
        };
        match outcome {
            Outcome::Accepted => self.progress.insert(hub, Progress::At(after)),
            Outcome::Refused => None,
            Outcome::Gone => self.progress.remove(&hub),
        };
    }

    fn encode(&mut self, outgoing: &[Outgoing]) -> Vec<Delivery> {
        outgoing
            .iter()
            .filter_map(|outgoing| self.delivery(outgoing))
            .collect()
    }

    /// A delivery, or a gap in its place if it cannot be made.
    fn delivery(&mut self, outgoing: &Outgoing) -> Option<Delivery> {
        let suspect = Suspect::of(outgoing);
        let guilty = suspect.is_some_and(|suspect| {
            self.panics
                .get(&suspect)
                .is_some_and(|times| *times >= PANICS)
        });
        let frame = if guilty {
            None
        } else {
            self.frame(outgoing, suspect)
        };
        let frame = frame.or_else(|| {
            error!(organization_id:% = self.organization, event = outgoing.event.name(), offset:? = outgoing.offset;
                "event left out: it could not be encoded");
            self.frame(&gap(Vec::new(), GapReason::EntrySkipped), None)
        })?;
        let rooms = outgoing
            .rooms
            .iter()
            .map(|room| RoomName::from(room.to_string()))
            .collect();
        Some(Delivery {
            rooms,
            except: Vec::new(),
            frame,
            when_full: self.when_full(&outgoing.event),
        })
    }

    /// Readings give way to newer ones of their unit; without a word for that they do not.
    fn when_full(&mut self, event: &Event) -> WhenFull {
        let Some(key) = event.superseded_by_key() else {
            return WhenFull::Disconnect;
        };
        if self.slow_notice.is_none() {
            self.slow_notice = self.frame(&gap(Vec::new(), GapReason::SlowClient), None);
        }
        let notice = self.slow_notice.clone();
        notice.map_or(WhenFull::Disconnect, |notice| {
            WhenFull::coalesce(key, notice)
        })
    }

    fn frame(&mut self, outgoing: &Outgoing, suspect: Option<Suspect>) -> Option<Frame> {
        self.trying = suspect;
        let frame = self
            .encoder
            .encode(&outgoing.event, outgoing.offset.as_ref());
        self.trying = None;
        frame.ok()
    }
}

fn further(a: Position, b: Position) -> Position {
    Position {
        applied: a.applied.max(b.applied),
        flushed: a.flushed.max(b.flushed),
        ..b
    }
}
