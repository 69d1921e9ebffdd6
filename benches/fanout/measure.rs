//! The scenarios: who connects, what is published, over which time. Each warms up before it counts, and waits at
//! its end until every message has reached everybody.

use std::ops::Range;
use std::time::Duration;

use tokio::time::Instant;

use crate::failure::Failure;
use crate::figures::Sample;
use crate::meter::Meter;
use crate::server::Server;
use crate::swarm::{self, Swarm};
use crate::{token, wire};

/// Members of the one large room.
const CROWD: u64 = 1_000;

/// Messages per second to it.
const CROWD_RATE: u32 = 20;

/// Small rooms.
const ROOMS: u64 = 500;

/// Members of each.
const ROOM: u64 = 10;

/// Messages per second to each.
const ROOM_RATE: u32 = 4;

/// Clients whose memory is measured, if as many file descriptors are allowed.
const IDLE: u64 = 10_000;

/// Descriptors that are not for clients.
const RESERVED: u64 = 100;

/// Before anything counts.
const WARM_UP: Duration = Duration::from_secs(1);

const MEASURED: Duration = Duration::from_secs(3);

/// Allocators and collectors come to rest.
const SETTLING: Duration = Duration::from_secs(2);

/// Once the interval of pings: each client is pinged once.
const PING_INTERVAL: Duration = Duration::from_secs(25);

/// A message that is published so much too late does not count as paced.
const LATE: Duration = Duration::from_millis(100);

/// Nothing came for so long: what is missing is lost, not late.
const SILENCE: Duration = Duration::from_secs(10);

/// A server with clients in rooms.
struct Scene<'a> {
    server: &'a Server,
    swarm: Swarm,
    /// What is published, in turns: one for each room.
    events: Vec<String>,
    members: u64,
    published: u64,
}

impl<'a> Scene<'a> {
    fn set(server: &'a Server, rooms: u64, members: u64) -> Result<Self, Failure> {
        let mut swarm = Swarm::new(server.address)?;
        let data = wire::data();
        let mut joins = vec![join("publisher", 0)?];
        let mut events = Vec::new();
        for room in 0..rooms {
            let organization = room.to_string();
            for _ in 0..members {
                joins.push(join(&organization, joins.len() as u64)?);
            }
            events.push(wire::publish(&organization, &data));
        }
        swarm.connect(joins)?;
        Ok(Self {
            server,
            swarm,
            events,
            members,
            published: 0,
        })
    }

    fn publish(&mut self) -> Result<(), Failure> {
        let turn = self.published as usize % self.events.len().max(1);
        self.published += 1;
        self.swarm
            .publish(self.events.get(turn).map_or("", |event| event))
    }

    /// Messages to one room each `interval`.
    fn paced(&mut self, interval: Duration) -> Result<Sample, Failure> {
        let mut due = Instant::now();
        self.pace(&mut due, interval, WARM_UP)?;
        let meter = Meter::start(self.server, &self.swarm)?;
        let limited = self.pace(&mut due, interval, MEASURED)?;
        let value = meter.per_message(self.server, &self.swarm)?;
        self.last()?;
        Ok(Sample { value, limited })
    }

    /// Whether any was late.
    fn pace(
        &mut self,
        due: &mut Instant,
        interval: Duration,
        time: Duration,
    ) -> Result<bool, Failure> {
        let end = Instant::now() + time;
        let mut late = false;
        loop {
            let now = Instant::now();
            if now >= end {
                return Ok(late);
            }
            if now >= *due {
                late |= now - *due > LATE;
                *due += interval;
                self.publish()?;
            }
            let next = (*due).min(end);
            self.swarm.turn(Some(next.saturating_duration_since(now)))?;
        }
    }

    /// Always `in_flight` messages that not everybody has.
    fn saturated(&mut self, in_flight: u64) -> Result<Sample, Failure> {
        self.press(in_flight, WARM_UP)?;
        let meter = Meter::start(self.server, &self.swarm)?;
        self.press(in_flight, MEASURED)?;
        let sample = meter.saturated(self.server, &self.swarm)?;
        self.last()?;
        Ok(sample)
    }

    fn press(&mut self, in_flight: u64, time: Duration) -> Result<(), Failure> {
        let end = Instant::now() + time;
        while Instant::now() < end {
            while self.published < self.swarm.delivered() / self.members + in_flight {
                self.publish()?;
            }
            self.swarm.turn(Some(Duration::from_millis(10)))?;
        }
        Ok(())
    }

    /// Waits until everybody has everything.
    fn last(&mut self) -> Result<(), Failure> {
        let (mut before, mut heard) = (self.swarm.delivered(), Instant::now());
        loop {
            let delivered = self.swarm.delivered();
            let missing = self.published * self.members - delivered;
            if missing == 0 {
                return Ok(());
            }
            if delivered > before {
                (before, heard) = (delivered, Instant::now());
            }
            if heard.elapsed() > SILENCE {
                return Err(Failure::Lost(missing));
            }
            self.swarm.turn(Some(Duration::from_millis(10)))?;
        }
    }
}

fn join(organization: &str, user: u64) -> Result<Box<str>, Failure> {
    let token = token::of(organization, user)?;
    Ok(wire::join(organization, &token).into())
}

/// One large room: at its pace, then with 4 and with 32 messages in flight.
///
/// # Errors
/// If a message gets lost.
pub(crate) fn crowd(server: &Server) -> Result<[Sample; 3], Failure> {
    let mut scene = Scene::set(server, 1, CROWD)?;
    Ok([
        scene.paced(Duration::from_secs(1) / CROWD_RATE)?,
        scene.saturated(4)?,
        scene.saturated(32)?,
    ])
}

/// Many small rooms.
///
/// # Errors
/// If a message gets lost.
pub(crate) fn rooms(server: &Server) -> Result<Sample, Failure> {
    let mut scene = Scene::set(server, ROOMS, ROOM)?;
    scene.paced(Duration::from_secs(1) / (ROOM_RATE * ROOMS as u32))
}

/// What clients cost that do nothing.
pub(crate) struct Idle {
    /// µs for each.
    pub(crate) connect: Sample,
    /// KB for each.
    pub(crate) memory: Sample,
    /// µs for each and second, if it was to be measured.
    pub(crate) pings: Option<Sample>,
}

/// Many clients that only answer pings. `with_pings` takes an interval of pings longer.
///
/// # Errors
/// If one is refused or cut off.
pub(crate) fn idle(server: &Server, with_pings: bool) -> Result<Idle, Failure> {
    let allowed = (swarm::descriptors()? as u64).saturating_sub(RESERVED);
    let count = IDLE.min(allowed);
    let mut swarm = Swarm::new(server.address)?;
    let clients = |users: Range<u64>| {
        users
            .map(|user| join("0", user))
            .collect::<Result<Vec<_>, _>>()
    };
    // What the first ones cause is not counted.
    swarm.connect(clients(0..RESERVED / 2)?)?;
    swarm.until(Instant::now() + SETTLING)?;
    let before = server.anonymous_memory()?;
    let joins = clients(RESERVED..RESERVED + count)?;

    let meter = Meter::start(server, &swarm)?;
    swarm.connect(joins)?;
    let connect = meter.micros_each(server, count)?;
    swarm.until(Instant::now() + SETTLING)?;
    let grown = server.anonymous_memory()?.saturating_sub(before);

    let pings = if with_pings {
        let meter = Meter::start(server, &swarm)?;
        swarm.until(Instant::now() + PING_INTERVAL)?;
        Some(meter.micros_each(server, count * PING_INTERVAL.as_secs())?)
    } else {
        None
    };
    let sample = |value| Sample {
        value,
        limited: false,
    };
    Ok(Idle {
        connect: sample(connect),
        memory: sample(grown as f64 / 1e3 / count as f64),
        pings: pings.map(sample),
    })
}
