//! From an uplink to a client: how long until the alert, and until the reading in its batch.
//!
//! Uplinks come at a steady pace, unit after unit, in turns too warm and cold again: each warm one triggers an alert,
//! each cold one resolves it. Every uplink has a temperature of its own, by which events tell whose they are.

use std::collections::BTreeMap;
use std::time::Duration;

use actix_web::rt::time::interval;
use futures_util::future::try_join;
use serde_json::Value;
use tokio::time::{Instant, MissedTickBehavior};

use crate::failure::Failure;
use crate::http::Connection;
use crate::report::Spread;
use crate::server::Server;
use crate::socket::{Account, Socket};
use crate::uplink::{Organization, SENSORS, Sensor, Uplink};
use crate::within;

/// Uplinks in all: a whole number of rounds warm and cold, and few enough for a temperature each.
pub(crate) const UPLINKS: u16 = 400;

/// Eight units take 1.04 s, so that their uplinks drift through the second in which a unit collects.
const PACE: Duration = Duration::from_millis(130);

/// For the whole: twice what the pace takes.
const LIMIT: Duration = Duration::from_secs(120);

/// Above the limits of every unit, in hundredths of a degree Celsius.
const WARM: i16 = 1200;

/// What was measured, from before the first byte of the webhook call to the client's callback.
pub(crate) struct Latencies {
    /// To `alert:triggered`.
    pub(crate) alerts: Spread,
    /// To `sensor:readings:batch`.
    pub(crate) batches: Spread,
}

/// When something happened, by hundredths of a degree.
type Moments = BTreeMap<i64, Instant>;

struct Seen {
    alerts: Moments,
    readings: Moments,
}

/// Measures on a server that has no readings yet.
///
/// # Errors
/// If an answer is no 200, or an event does not come.
pub(crate) async fn measure(server: &Server) -> Result<Latencies, Failure> {
    let account = Account::login(server, Organization::DemoFoods).await?;
    let watcher = account.connect().await?;
    let caller = Connection::open(server.address).await?;
    let both = try_join(post_all(caller), watch(watcher));
    let (posted, seen) = within(LIMIT, "all alerts and batches", both).await?;
    Ok(Latencies {
        alerts: spread(&posted, &seen.alerts)?,
        batches: spread(&posted, &seen.readings)?,
    })
}

async fn post_all(mut caller: Connection) -> Result<Moments, Failure> {
    let mut posted = Moments::new();
    let mut pace = interval(PACE);
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for (turn, sensor) in (0..UPLINKS).zip(demo_foods().cycle()) {
        let uplink = uplink(turn, sensor);
        let request = caller.uplink_request(&uplink);
        pace.tick().await;
        posted.insert(i64::from(uplink.hundredths), Instant::now());
        caller.post_uplink(&request).await?;
    }
    Ok(posted)
}

fn demo_foods() -> impl Iterator<Item = Sensor> + Clone {
    SENSORS
        .into_iter()
        .filter(|sensor| sensor.organization == Organization::DemoFoods)
}

/// Warm in even rounds, cold in odd ones.
fn uplink(turn: u16, sensor: Sensor) -> Uplink {
    let round = usize::from(turn) / demo_foods().count();
    let base = if round.is_multiple_of(2) {
        WARM
    } else {
        sensor.cold
    };
    Uplink {
        sensor,
        f_cnt: u32::from(turn),
        hundredths: base.saturating_add_unsigned(turn),
    }
}

async fn watch(mut watcher: Socket) -> Result<Seen, Failure> {
    let mut seen = Seen {
        alerts: Moments::new(),
        readings: Moments::new(),
    };
    let readings = usize::from(UPLINKS);
    while seen.alerts.len() < readings / 2 || seen.readings.len() < readings {
        let event = watcher.event().await?;
        let now = Instant::now();
        match event.name.as_str() {
            "alert:triggered" => note(&mut seen.alerts, &event.payload["value"], now)?,
            "sensor:readings:batch" => {
                for reading in event.payload["readings"].as_array().into_iter().flatten() {
                    note(&mut seen.readings, &reading["temperature"], now)?;
                }
            }
            _ => {}
        }
    }
    Ok(seen)
}

fn note(moments: &mut Moments, celsius: &Value, now: Instant) -> Result<(), Failure> {
    let hundredths = (celsius.as_f64().unwrap_or(f64::NAN) * 100.0).round() as i64;
    match moments.insert(hundredths, now) {
        None => Ok(()),
        Some(_) => Err(Failure::Stray(hundredths)),
    }
}

fn spread(posted: &Moments, seen: &Moments) -> Result<Spread, Failure> {
    let latencies = seen.iter().map(|(hundredths, at)| {
        let sent = posted.get(hundredths).ok_or(Failure::Stray(*hundredths))?;
        Ok(at.duration_since(*sent))
    });
    Ok(Spread::of(latencies.collect::<Result<_, Failure>>()?))
}
