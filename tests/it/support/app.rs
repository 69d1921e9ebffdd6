//! The real server inside the test's process: own data, a free port, a clock that the test moves.

use std::cell::Cell;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use freshtrack::app::{self, Running};
use freshtrack::clock::{Clock, ManualClock};
use freshtrack::config::{Config, Demo, Source};
use freshtrack::domain::Timestamp;
use freshtrack::storage::{Database, Hooks, Location, Options};
use serde_json::Value;
use tempfile::TempDir;

use super::demo::{Organization, Unit};
use super::{Answer, Client, DATABASE_URL, Http, Transport, Uplink, database_url};

/// When a test begins, by its own clock.
const START: &str = "2026-05-01T12:00:00.000Z";

/// A running server with the two demo organizations.
pub(crate) struct TestApp {
    /// Calls it.
    pub(crate) http: Http,
    /// Moves its time.
    pub(crate) clock: ManualClock,
    running: Running,
    data: TempDir,
    variables: Vec<(String, String)>,
    frames: Cell<u32>,
}

/// A reading that was posted after everything else: what a client gets before it, it gets at all.
#[derive(Debug, Clone)]
pub(crate) struct Mark {
    /// The unit that only marks are measured in.
    pub(crate) unit_id: String,
    /// What was measured; no two marks of a test are alike.
    pub(crate) celsius: f64,
}

impl TestApp {
    /// Starts with the defaults.
    pub(crate) async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// Starts with some keys set: `("FRESHTRACK__SOCKET__PING_INTERVAL_MS", "300")`.
    pub(crate) async fn start_with(variables: &[(&str, &str)]) -> Self {
        let data = tempfile::tempdir().unwrap();
        let clock = Clock::manual(Timestamp::parse(START).unwrap());
        let variables = variables.iter();
        let variables = variables.map(|&(name, value)| (name.to_owned(), value.to_owned()));
        Self::open(data, clock, variables.collect()).await
    }

    async fn open(data: TempDir, clock: ManualClock, variables: Vec<(String, String)>) -> Self {
        let folder = data.path().display().to_string();
        let own = [
            ("FRESHTRACK__SERVER__BIND", "127.0.0.1:0"),
            ("FRESHTRACK__STORAGE__DATA_DIR", folder.as_str()),
            // No balancer looks at a test's server: its stop need not wait for one.
            ("FRESHTRACK__SHUTDOWN__DRAIN_MS", "0"),
        ];
        let database = database_url();
        let source = Source {
            file: None,
            environment: database
                .iter()
                .map(|url| (DATABASE_URL, url.as_str()))
                .chain(own)
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .chain(variables.clone())
                .collect(),
            demo: Demo::Seeded,
        };
        let config = Config::load(&source).unwrap();
        let running = app::start(config, clock.clock()).await.unwrap();
        Self {
            http: Http::new(format!("http://{}", running.addr)),
            clock,
            running,
            data,
            variables,
            frames: Cell::new(0),
        }
    }

    /// Stops in order, and starts again on the same data at the same time of day.
    pub(crate) async fn restart(self) -> Self {
        self.running.stop().await;
        let frames = self.frames;
        let opened = Self::open(self.data, self.clock, self.variables).await;
        Self { frames, ..opened }
    }

    /// Where it listens.
    pub(crate) const fn addr(&self) -> SocketAddr {
        self.running.addr
    }

    /// Its database, opened from beside it, as an operator's command does.
    pub(crate) async fn database(&self) -> Database {
        let own = || Location::Sqlite(self.data.path().join("freshtrack.db"));
        let options = Options {
            location: database_url().map_or_else(own, Location::Postgres),
            readers: 1,
            queue: 1,
            group: 1,
        };
        let hooks = Hooks {
            entry: Arc::new(|_, _| ()),
            deadline: Arc::new(|_| ()),
        };
        let opened = Database::open(options, self.clock.clock(), hooks).await;
        opened.unwrap()
    }

    /// Where it keeps its data.
    pub(crate) fn data(&self) -> &Path {
        self.data.path()
    }

    /// Stops in order, and waits for it.
    pub(crate) async fn stop(self) {
        self.running.stop().await;
    }

    /// The owner's access token.
    pub(crate) async fn token(&self, organization: &Organization) -> String {
        self.http
            .login(organization.email, organization.password)
            .await
    }

    /// The owner's client, connected.
    pub(crate) async fn client(&self, organization: &Organization) -> Client {
        self.client_by(organization, Transport::WebSocket).await
    }

    /// The owner's client, connected by this transport.
    pub(crate) async fn client_by(
        &self,
        organization: &Organization,
        transport: Transport,
    ) -> Client {
        let auth = serde_json::json!({ "token": self.token(organization).await });
        match Client::connect(&self.http, transport, &auth).await {
            Ok(client) => client,
            Err(refused) => panic!("{} could not connect: {refused:?}", organization.email),
        }
    }

    /// Posts a new frame of this unit's sensor, measured now.
    pub(crate) async fn uplink(
        &self,
        organization: &Organization,
        unit: Unit,
        celsius: f64,
    ) -> Answer {
        self.post(organization, &self.frame(unit, celsius)).await
    }

    /// A new frame of this unit's sensor, measured now, not yet posted.
    pub(crate) fn frame(&self, unit: Unit, celsius: f64) -> Uplink {
        self.frames.set(self.frames.get() + 1);
        Uplink {
            dev_eui: unit.dev_eui.to_owned(),
            f_cnt: self.frames.get(),
            celsius,
            received_at: Some(self.clock.clock().now()),
        }
    }

    /// Posts a frame to the organization's webhook.
    pub(crate) async fn post(&self, organization: &Organization, uplink: &Uplink) -> Answer {
        self.http
            .post("/webhooks/ttn/up")
            .header("x-webhook-secret", organization.webhook_secret)
            .json(&uplink.body())
            .send()
            .await
    }

    /// Lets `by` pass on the server's clock.
    pub(crate) fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }

    /// What the owner gets at this path.
    pub(crate) async fn get(&self, organization: &Organization, path: &str) -> Value {
        let token = self.token(organization).await;
        self.http.get(path).bearer(&token).send().await.expect(200)
    }

    /// The unit of that name.
    pub(crate) async fn unit(&self, organization: &Organization, unit: Unit) -> Value {
        let units = self.get(organization, "/api/v1/units").await;
        let found = units["items"]
            .as_array()
            .into_iter()
            .flatten()
            .find(|item| item["name"] == unit.name);
        found.unwrap_or_else(|| panic!("no {}", unit.name)).clone()
    }

    /// The id of the unit of that name.
    pub(crate) async fn unit_id(&self, organization: &Organization, unit: Unit) -> String {
        let unit = self.unit(organization, unit).await;
        unit["id"].as_str().unwrap().to_owned()
    }

    /// Measures in the marks' unit, within its limits.
    pub(crate) async fn mark(&self, organization: &Organization) -> Mark {
        let unit_id = self.unit_id(organization, organization.marks).await;
        let celsius = 2.0 + f64::from(self.frames.get() + 1) / 100.0;
        self.uplink(organization, organization.marks, celsius)
            .await
            .expect_stored(1);
        Mark { unit_id, celsius }
    }
}
