//! Figures of the line from the webhook to a client, printed and not judged: `cargo bench --bench spine`.
//!
//! The server is the real program as a process of its own, with its default configuration; the load comes from this one,
//! so on a small machine both share the cores.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a figure that cannot be taken ends the run"
)]

#[path = "../tests/it/support/mod.rs"]
#[allow(
    dead_code,
    unused_imports,
    reason = "shared with the tests, which use more of it"
)]
mod support;

use std::time::Duration;

use freshtrack::clock::Clock;
use futures_util::future::join_all;
use serde_json::json;
use support::{Client, DEMO, Http, ServerProcess, Transport, Uplink};

/// Alerts whose way is timed.
const ALERTS: u32 = 200;
/// Readings whose way is timed, about one a second.
const BATCHES: u32 = 20;
/// Callers of the webhook at once, each waiting for its answer.
const CALLERS: u32 = 64;
/// Sensors whose readings they bring.
const DEVICES: u32 = 8;
/// How long they call.
const CALLING: Duration = Duration::from_secs(10);
/// Clients that are connected to see what one costs.
const CLIENTS: usize = 1000;

#[actix_web::main]
async fn main() {
    let folder = tempfile::tempdir().unwrap();
    let server = ServerProcess::start(folder.path());
    let bench = Bench {
        http: server.http.clone(),
        clock: Clock::system(),
        token: server.http.login(DEMO.email, DEMO.password).await,
    };
    bench.alerts().await;
    bench.batches().await;
    bench.readings().await;
    bench.memory().await;
}

struct Bench {
    http: Http,
    clock: Clock,
    token: String,
}

impl Bench {
    /// From the first byte of the webhook call to the client's event.
    async fn alerts(&self) {
        let mut client = self.client().await;
        let mut waits = Vec::new();
        for round in 0..ALERTS {
            let posted = self.clock.monotonic();
            self.post(DEMO.fridge.dev_eui, 2 * round, 12.0).await;
            client.expect("alert:triggered").await;
            waits.push(self.clock.monotonic() - posted);
            self.post(DEMO.fridge.dev_eui, 2 * round + 1, 3.0).await;
            client.expect("alert:resolved").await;
        }
        println!("webhook to alert:triggered      {}", spread(waits));
    }

    /// From the first byte of the webhook call to the batch, which waits for the organization's tick.
    async fn batches(&self) {
        let mut client = self.client().await;
        let mut waits = Vec::new();
        for round in 0..BATCHES {
            let posted = self.clock.monotonic();
            self.post(DEMO.marks.dev_eui, round, 3.5).await;
            client.expect("sensor:readings:batch").await;
            waits.push(self.clock.monotonic() - posted);
        }
        println!("webhook to the reading's batch  {}", spread(waits));
    }

    /// Readings committed per second, and how long each caller waited.
    async fn readings(&self) {
        let began = self.clock.monotonic();
        let callers = (0..CALLERS).map(|caller| self.call_until(caller, began + CALLING));
        let waits = join_all(callers).await.concat();
        let took = (self.clock.monotonic() - began).as_millis().max(1);
        let rate = waits.len() as u128 * 1000 / took;
        println!(
            "readings/s with {CALLERS} callers       {rate}  {}",
            spread(waits)
        );
    }

    async fn call_until(&self, caller: u32, end: Duration) -> Vec<Duration> {
        let mut waits = Vec::new();
        let mut frame = (caller + 1) * 1_000_000;
        let dev_eui = format!("A84041000000000{}", 1 + caller % DEVICES);
        while self.clock.monotonic() < end {
            let posted = self.clock.monotonic();
            self.post(&dev_eui, frame, 3.5).await;
            waits.push(self.clock.monotonic() - posted);
            frame += 1;
        }
        waits
    }

    /// What the server's memory grows by for idle clients.
    async fn memory(&self) {
        let before = self.resident().await;
        let mut clients = Vec::with_capacity(CLIENTS);
        for _ in 0..CLIENTS {
            clients.push(self.client().await);
        }
        let grown = self.resident().await.saturating_sub(before);
        println!(
            "memory for {} clients        {} KiB",
            clients.len(),
            grown / 1024
        );
    }

    async fn client(&self) -> Client {
        let auth = json!({ "token": self.token });
        match Client::connect(&self.http, Transport::WebSocket, &auth).await {
            Ok(client) => client,
            Err(refused) => panic!("{refused:?}"),
        }
    }

    async fn post(&self, dev_eui: &str, f_cnt: u32, celsius: f64) {
        let uplink = Uplink {
            dev_eui: dev_eui.to_owned(),
            f_cnt,
            celsius,
            received_at: None,
        };
        self.http
            .post("/webhooks/ttn/up")
            .header("x-webhook-secret", DEMO.webhook_secret)
            .json(&uplink.body())
            .send()
            .await
            .expect_stored(1);
    }

    async fn resident(&self) -> u64 {
        let health = self.http.get("/health").send().await.expect(200);
        health["memory"]["residentBytes"].as_u64().unwrap()
    }
}

/// `p50 1.2 ms  p99 3.4 ms`
fn spread(mut times: Vec<Duration>) -> String {
    times.sort_unstable();
    let at = |percent: usize| {
        let index = times.len().saturating_sub(1) * percent / 100;
        let time = times.get(index).copied().unwrap_or_default();
        format!("{:.1} ms", time.as_secs_f64() * 1000.0)
    };
    format!("p50 {}  p99 {}", at(50), at(99))
}
