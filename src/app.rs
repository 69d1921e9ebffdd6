//! Puts the parts together and takes them apart again, in order.
//!
//! Start: clock, database (with the hooks that wake the bus and the deadlines), demo, jobs, actors, Socket.IO, HTTP,
//! the demo's sensors.
//! Stop: the demo's sensors; not ready any more, webhooks answered for a while, then refused; what is committed leaves; clients are
//! closed; requests end; the writer commits what it has. Each step has a limit, together under 15 s.

use std::{io, net::SocketAddr, num::NonZeroUsize, sync::Arc, time::Duration};

use actix::Addr;
use actix_socketio::{Listener, SocketIo};
use actix_web::{
    App,
    dev::ServerHandle,
    rt::{self, task::JoinHandle},
    web::ServiceConfig,
};
use tokio::signal::unix::{SignalKind, signal};

use crate::{
    actors::{Drain, Parts, Registry, Ticks, WireEncoder},
    auth::{PasswordHasher, TokenKey},
    bus::Bus,
    clock::{self, Clock},
    config::{self, Config, Demo},
    http::{self, Check, Draining, Probes},
    ingest::{self, Ingest},
    jobs::{deadlines, retention},
    operations::{Operations, Setup},
    realtime::{Realtime, Services},
    simulate::{InvalidUrl, Sensors, seed},
    storage::{self, Database, Location},
    telemetry,
};

/// Logins that may wait for a core; over it they are refused as busy.
const WAITING_LOGINS: usize = 64;

/// How long each step of the stop may take, after the drain (at most 10 s by configuration, 2 s by default).
const STEP: Duration = Duration::from_secs(3);

/// A request's headers must be there within this time.
const HEADERS_WITHIN: Duration = Duration::from_secs(10);

/// Why the server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database could not be opened.
    #[error(transparent)]
    Store(#[from] storage::StoreError),
    /// The signing secret could not be read or made.
    #[error(transparent)]
    Secret(#[from] config::SecretError),
    /// The demo could not be made.
    #[error("demo: {0}")]
    Seed(#[from] seed::SeedError),
    /// The demo's sensors have nowhere to go.
    #[error("the demo's sensors: {0}")]
    Sensors(#[from] InvalidUrl),
    /// The address could not be listened on.
    #[error("cannot listen on {bind}: {cause}")]
    Listen {
        /// The address.
        bind: SocketAddr,
        /// What the system says.
        cause: io::Error,
    },
}

/// A server that runs.
pub struct Running {
    /// Where it listens.
    pub addr: SocketAddr,
    drain: Duration,
    draining: Arc<Draining>,
    realtime: Realtime,
    registry: Addr<Registry>,
    http: ServerHandle,
    database: Database,
    tasks: Vec<JoinHandle<()>>,
    sensors: Option<Sensors>,
}

/// Runs a server until SIGTERM or Ctrl-C, then stops it in order.
///
/// # Errors
/// [`StartError`] if it cannot start.
pub fn run(config: Config) -> Result<(), StartError> {
    let clock = Clock::system();
    telemetry::init(&config.log, clock.clone());
    actix::System::new().block_on(async {
        let running = start(config, clock).await?;
        stop_signal().await;
        running.stop().await;
        Ok(())
    })
}

/// Starts a server on the present actix system.
///
/// # Errors
/// [`StartError`] if it cannot start; nothing is left running then but what ends with the system.
pub async fn start(config: Config, clock: Clock) -> Result<Running, StartError> {
    let offset_file = config.clock.offset_file.clone();
    let offset = offset_file.map(|path| rt::spawn(clock::watch_offset(path, clock.clone())));
    let (bus, hints) = (Bus::memory(), deadlines::Hints::default());
    let base = Base::open(config, clock, &bus, &hints).await?;
    let mut tasks = Vec::from_iter(offset);
    tasks.extend(base.jobs(hints));
    let (realtime, registry) = base.live(bus);
    let draining = base.draining();
    let state = base.http_state(&realtime, Arc::clone(&draining));
    let bind = base.config.server.bind;
    let (addr, http) = listen(bind, state, realtime.socketio().clone(), &mut tasks)?;
    log::info!(addr:% = addr, node_id = base.config.server.node_id.as_str(); "listening");
    let sensors = base.sensors(addr)?;
    let drain = base.config.shutdown.drain;
    Ok(Running {
        addr,
        drain,
        draining,
        realtime,
        registry,
        http,
        database: base.database,
        tasks,
        sensors,
    })
}

/// Where the configured database is.
#[must_use]
pub(crate) fn location(database: &config::Database) -> Location {
    match database {
        config::Database::Sqlite { path } => Location::Sqlite(path.clone()),
        config::Database::Postgres { url } => Location::Postgres(url.expose().to_owned()),
    }
}

/// What all parts stand on.
struct Base {
    config: Config,
    clock: Clock,
    database: Database,
    operations: Operations,
}

impl Base {
    async fn open(
        config: Config,
        clock: Clock,
        bus: &Bus,
        hints: &deadlines::Hints,
    ) -> Result<Self, StartError> {
        let options = storage::Options {
            location: location(&config.database),
            readers: config.storage.read_connections,
            queue: config.ingest.queue,
            group: config.ingest.group,
        };
        let hints = hints.clone();
        let hooks = storage::Hooks {
            entry: bus.on_commit(),
            deadline: Arc::new(move |due| hints.set(due)),
        };
        let database = Database::open(options, clock.clone(), hooks).await?;
        if config.demo != Demo::Off {
            seed::seed(&database, &clock).await?;
        }
        let operations = Operations::new(Setup {
            database: database.clone(),
            clock: clock.clone(),
            passwords: PasswordHasher::new(cores(), WAITING_LOGINS),
            tokens: TokenKey::hs256(config.auth.jwt_secret.resolve()?.expose().as_bytes()),
            access_ttl: config.auth.access_ttl,
            refresh_ttl: config.auth.refresh_ttl,
        });
        Ok(Self {
            config,
            clock,
            database,
            operations,
        })
    }

    fn jobs(&self, hints: deadlines::Hints) -> [JoinHandle<()>; 2] {
        let ages = retention::Ages {
            log: self.config.storage.log_retention,
            quarantine: self.config.quarantine.max_age,
            readings: self.config.storage.readings_retention,
        };
        let (database, clock) = (|| self.database.clone(), || self.clock.clone());
        [
            rt::spawn(deadlines::run(database(), clock(), hints)),
            rt::spawn(retention::run(database(), clock(), ages)),
        ]
    }

    /// The live path: actors, and the Socket.IO server that they deliver to.
    fn live(&self, bus: Bus) -> (Realtime, Addr<Registry>) {
        let services = Services {
            operations: self.operations.clone(),
            database: self.database.clone(),
            clock: self.clock.clone(),
        };
        let reader = Arc::new(self.database.clone());
        Realtime::start(&self.config, services, |hubs, heard| {
            Registry::start(Parts {
                reader,
                bus,
                clock: self.clock.clone(),
                hubs,
                encoder: Arc::new(WireEncoder),
                heard,
                ticks: Ticks::EverySecond,
                arbiters: Vec::new(),
            })
        })
    }

    fn draining(&self) -> Arc<Draining> {
        Arc::new(Draining::new(
            self.clock.clone(),
            self.config.shutdown.drain,
        ))
    }

    /// What plays against this server's own webhook.
    fn sensors(&self, addr: SocketAddr) -> Result<Option<Sensors>, InvalidUrl> {
        match self.config.demo {
            Demo::Off | Demo::Seeded => Ok(None),
            Demo::Played => Sensors::start(addr, self.clock.clone()).map(Some),
        }
    }

    fn http_state(&self, realtime: &Realtime, draining: Arc<Draining>) -> http::State {
        let sockets = realtime.socketio().clone();
        let limits = ingest::Limits {
            organization_rate: self.config.ingest.organization_rate,
            quarantine_rows: i64::try_from(self.config.quarantine.max_rows).unwrap_or(i64::MAX),
        };
        http::State {
            ingest: Ingest::new(self.database.clone(), self.clock.clone(), limits),
            operations: self.operations.clone(),
            database: self.database.clone(),
            clock: self.clock.clone(),
            node_id: self.config.server.node_id.clone(),
            allowed_origins: self.config.server.allowed_origins.clone(),
            demo: self.config.demo,
            draining,
            probes: Probes {
                socket_connections: Arc::new(move || sockets.socket_count()),
                // Wakes go from one thread of this process to another.
                bus: Arc::new(|| Check::Ok),
            },
        }
    }
}

fn listen(
    bind: SocketAddr,
    state: http::State,
    socketio: SocketIo,
    tasks: &mut Vec<JoinHandle<()>>,
) -> Result<(SocketAddr, ServerHandle), StartError> {
    let refused = |cause| StartError::Listen { bind, cause };
    let app = move || {
        let routes = |routes: &mut ServiceConfig| http::configure(routes, &state);
        App::new()
            .wrap(http::node_header(&state))
            .service(http::own_pages_only(socketio.service()))
            .configure(routes)
    };
    let server = Listener::new(app)
        .client_request_timeout(HEADERS_WITHIN)
        .shutdown_timeout(STEP.as_secs())
        .disable_signals()
        .bind(bind)
        .map_err(refused)?;
    let addr = server.addrs().first().copied().unwrap_or(bind);
    let server = server.run();
    let handle = server.handle();
    tasks.push(rt::spawn(async move {
        if let Err(error) = server.await {
            log::error!(error:% = error; "http server ended");
        }
    }));
    Ok((addr, handle))
}

fn cores() -> NonZeroUsize {
    std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
}

/// Waits for SIGTERM or Ctrl-C.
pub(crate) async fn stop_signal() {
    let (Ok(mut terminate), Ok(mut interrupt)) = (
        signal(SignalKind::terminate()),
        signal(SignalKind::interrupt()),
    ) else {
        log::error!("signals cannot be heard: the server stops");
        return;
    };
    tokio::select! {
        _ = terminate.recv() => log::info!("SIGTERM: stopping"),
        _ = interrupt.recv() => log::info!("interrupted: stopping"),
    }
}

impl Running {
    /// Stops in order; what was answered 200 is durable, what was committed has left for the clients.
    pub async fn stop(self) {
        if let Some(sensors) = self.sensors {
            limited("sensors", sensors.stop()).await;
        }
        self.draining.begin();
        self.realtime.announce_drain();
        tokio::time::sleep(self.drain).await;
        limited("batches", self.registry.send(Drain)).await;
        limited("clients", self.realtime.socketio().shutdown(STEP)).await;
        limited("requests", self.http.stop(true)).await;
        for task in self.tasks {
            task.abort();
        }
        limited("writer", self.database.close()).await;
        log::info!("stopped");
    }
}

/// One step of the stop: given up after its limit, so that the others have their turn.
async fn limited<T>(step: &str, work: impl Future<Output = T>) {
    if tokio::time::timeout(STEP + Duration::from_millis(500), work)
        .await
        .is_err()
    {
        log::warn!(step = step; "step of the stop took too long");
    }
}
