//! The real `socket.io-client` behind a proxy that cuts and slows, while readings, alerts and subscriptions go on and
//! the server restarts: nothing is missed and nothing repeated. Fifteen seconds in the suite; `scripts/soak` runs it
//! longer.

use std::time::Duration;

use actix_web::rt::time::{Instant, sleep};

use super::{
    page::Page,
    proxy::{Pace, Proxy},
    record::{Line, Tally, Truth},
    whole_log,
};
use crate::support::{DEMO, TestApp};

/// How long it goes on, seconds.
const SECONDS: &str = "FRESHTRACK_SOAK_SECONDS";

/// Between two uplinks.
const PACE: Duration = Duration::from_millis(20);

/// Between two restarts of the server; one in the suite's run.
const RESTARTS: Duration = Duration::from_secs(8);

/// Log rows must outlive the run.
const RETENTION: (&str, &str) = ("FRESHTRACK__STORAGE__LOG_RETENTION_SECONDS", "7200");

/// The same numbers in each run (xorshift).
struct Chance(u64);

impl Chance {
    const fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }

    const fn millis(&mut self, from: u64, to: u64) -> Duration {
        Duration::from_millis(from + self.below(to - from))
    }
}

fn duration() -> Duration {
    let seconds = std::env::var_os(SECONDS).and_then(|text| text.to_str()?.parse().ok());
    Duration::from_secs(seconds.unwrap_or(15))
}

/// What happens to the pages.
struct Storm {
    app: TestApp,
    proxy: Proxy,
    chance: Chance,
    uplinks: usize,
    cuts: usize,
    restarts: usize,
}

impl Storm {
    /// Ends in calm weather.
    async fn rage(mut self, duration: Duration) -> Self {
        let began = Instant::now();
        let mut last = began;
        let mut next_cut = began + self.chance.millis(50, 450);
        let mut next_change = began + self.chance.millis(500, 2_000);
        let mut next_restart = began + RESTARTS;
        let mut slow = false;
        while began.elapsed() < duration {
            let now = Instant::now();
            self.app.advance(now - last);
            last = now;
            self.measure().await;
            if now >= next_cut {
                self.proxy.cut();
                self.cuts += 1;
                next_cut = now + self.chance.millis(50, 450);
            }
            if now >= next_change {
                slow = !slow;
                let pace = if slow { Pace::Slow } else { Pace::Free };
                self.proxy.set_pace(pace);
                next_change = now + self.chance.millis(500, 2_000);
            }
            if now >= next_restart {
                self = self.restarted().await;
                next_restart = Instant::now() + RESTARTS;
                last = Instant::now();
            }
            sleep(PACE).await;
        }
        self.proxy.set_pace(Pace::Free);
        self
    }

    /// One reading in five is too warm.
    async fn measure(&mut self) {
        let unit = DEMO.fridges[usize::try_from(self.chance.below(4)).unwrap()];
        let celsius = if self.chance.below(5) == 0 { 12.0 } else { 3.0 };
        let posted = self.app.uplink(&DEMO, unit, celsius).await;
        posted.expect_stored(1);
        self.uplinks += 1;
    }

    async fn restarted(self) -> Self {
        let app = self.app.restart().await;
        self.proxy.lead_to(app.addr());
        Self {
            app,
            restarts: self.restarts + 1,
            ..self
        }
    }
}

#[actix_web::test]
async fn pages_miss_nothing_and_get_nothing_twice_whatever_is_cut() {
    let app = TestApp::start_with(&[RETENTION]).await;
    let proxy = Proxy::start(app.addr()).await;
    let token = app.token(&DEMO).await;
    let fridge = app.unit_id(&DEMO, DEMO.fridges[0]).await;
    let other = app.unit_id(&DEMO, DEMO.fridges[1]).await;
    let mut pages = Vec::new();
    for (name, transport, units) in [
        ("polling", "polling", &[][..]),
        ("websocket", "websocket", &[][..]),
        ("default", "default", &[][..]),
        (
            "subscriber",
            "default",
            &[fridge.as_str(), other.as_str()][..],
        ),
    ] {
        pages.push((name, Page::open(proxy.addr, &token, transport, units).await));
    }
    let storm = Storm {
        app,
        proxy,
        chance: Chance(0x9e37_79b9_7f4a_7c15),
        uplinks: 0,
        cuts: 0,
        restarts: 0,
    };
    let storm = storm.rage(duration()).await;
    storm.app.mark(&DEMO).await;
    let log = whole_log(&storm.app).await;
    let truth = Truth::of(&log);
    let mut tallies = Vec::new();
    for (name, page) in pages {
        page.wait_for(truth.last_reading()).await;
        let record: Vec<Line> = page
            .end()
            .await
            .iter()
            .map(|line| Line::parse(line))
            .collect();
        tallies.push((name, truth.compare(name, &record)));
    }
    let Storm {
        uplinks,
        cuts,
        restarts,
        proxy,
        ..
    } = &storm;
    let severed = proxy.severed();
    println!(
        "{uplinks} uplinks, {cuts} cuts of {severed} connections, {restarts} restarts: {tallies:#?}"
    );
    for (name, Tally { recovered, .. }) in tallies {
        assert!(recovered > 0, "{name} never came back");
    }
    storm.app.stop().await;
}
