//! How many readings the webhook takes, and how long its callers wait, with as many of them at once as a busy
//! network server has. A client of each organization watches, so that readings are sent on as they come.

use std::cell::RefCell;
use std::ops::Range;
use std::time::Duration;

use actix_web::rt;
use futures_util::FutureExt;
use futures_util::future::try_join_all;
use tokio::time::Instant;

use crate::failure::Failure;
use crate::http::Connection;
use crate::report::Spread;
use crate::server::Server;
use crate::socket::{Account, Socket};
use crate::uplink::{Organization, SENSORS, Uplink};
use crate::{in_time, within};

/// Callers at once, each with a connection that it keeps; the next uplink goes when the one before is answered.
pub(crate) const CALLERS: usize = 64;

/// Uplinks that are measured.
pub(crate) const READINGS: u32 = 20_000;

/// Uplinks before those, so that caches and connections are warm.
const WARM_UP: u32 = 1_000;

/// For all uplinks together: more than a disk that takes 10 ms a commit needs.
const LIMIT: Duration = Duration::from_secs(120);

/// What was measured.
pub(crate) struct Load {
    /// Answered with a 200, so durable, per second.
    pub(crate) per_second: f64,
    /// From before the first byte of a call to its answer.
    pub(crate) answers: Spread,
}

/// Measures over all sensors of the demo, within the limits of their units.
///
/// # Errors
/// If an answer is no 200, or a watching client is cut off.
pub(crate) async fn measure(server: &Server) -> Result<Load, Failure> {
    let mut watchers = Vec::new();
    for organization in [Organization::DemoFoods, Organization::RivalKitchen] {
        let socket = Account::login(server, organization)
            .await?
            .connect()
            .await?;
        watchers.push(rt::spawn(drain(socket)));
    }
    let connections = (0..CALLERS).map(|_| Connection::open(server.address));
    let mut callers = in_time("connections", try_join_all(connections)).await?;

    let warm_up = post_all(&mut callers, 0..WARM_UP);
    within(LIMIT, "the first answers", warm_up).await?;
    let start = Instant::now();
    let measured = post_all(&mut callers, WARM_UP..WARM_UP + READINGS);
    let answers = within(LIMIT, "all answers", measured).await?;
    let seconds = start.elapsed().as_secs_f64();
    for watcher in watchers {
        if let Some(Ok(cut_off)) = watcher.now_or_never() {
            return Err(cut_off);
        }
    }
    Ok(Load {
        per_second: f64::from(READINGS) / seconds,
        answers: Spread::of(answers),
    })
}

/// Until the connection ends.
async fn drain(mut watcher: Socket) -> Failure {
    loop {
        if let Err(cut_off) = watcher.event().await {
            return cut_off;
        }
    }
}

async fn post_all(
    callers: &mut [Connection],
    counters: Range<u32>,
) -> Result<Vec<Duration>, Failure> {
    let counters = RefCell::new(counters);
    let calls = callers.iter_mut().map(|caller| post(caller, &counters));
    let answers = try_join_all(calls).await?;
    Ok(answers.concat())
}

/// One caller: takes the next counter as long as there is one.
async fn post(
    caller: &mut Connection,
    counters: &RefCell<Range<u32>>,
) -> Result<Vec<Duration>, Failure> {
    let mut answers = Vec::new();
    loop {
        let next = counters.borrow_mut().next();
        let Some(f_cnt) = next else {
            return Ok(answers);
        };
        let request = caller.uplink_request(&uplink(f_cnt));
        let sent = Instant::now();
        caller.post_uplink(&request).await?;
        answers.push(sent.elapsed());
    }
}

fn uplink(f_cnt: u32) -> Uplink {
    let turn = f_cnt as usize;
    let sensor = SENSORS[turn % SENSORS.len()];
    Uplink {
        sensor,
        f_cnt,
        hundredths: sensor.cold + (turn / SENSORS.len() % 100) as i16,
    }
}
