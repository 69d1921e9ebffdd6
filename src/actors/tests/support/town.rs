//! Several organizations and the registry that starts them.

use std::sync::Arc;

use actix::Addr;

use super::{Fussy, HUB, MemoryLog, ProbeHubs, organization, parts};
use crate::{
    actors::{
        Admit, Admitted, Drain, NotAdmitted, Registry, Ticks, Watch, WatchError, WatchGuard,
        registry::Poll,
    },
    bus::Bus,
    events::LogItem,
};

/// Organizations that are followed for whom somebody watches.
pub(in crate::actors::tests) struct Town {
    pub(in crate::actors::tests) log: Arc<MemoryLog>,
    pub(in crate::actors::tests) bus: Bus,
    pub(in crate::actors::tests) hubs: Arc<ProbeHubs>,
    pub(in crate::actors::tests) encoder: Arc<Fussy>,
    pub(in crate::actors::tests) registry: Addr<Registry>,
}

impl Town {
    pub(in crate::actors::tests) fn new(ticks: Ticks) -> Self {
        let (log, bus, hubs) = (
            Arc::new(MemoryLog::default()),
            Bus::memory(),
            Arc::new(ProbeHubs::new(1)),
        );
        let encoder = Arc::new(Fussy::default());
        let registry = Registry::start(parts(&log, &bus, &hubs, encoder.clone(), ticks));
        Self {
            log,
            bus,
            hubs,
            encoder,
            registry,
        }
    }

    pub(in crate::actors::tests) async fn watch(&self, n: u128) -> Result<WatchGuard, WatchError> {
        self.registry
            .send(Watch(organization(n)))
            .await
            .expect("alive")
    }

    pub(in crate::actors::tests) fn commit(&self, n: u128, items: Vec<LogItem>) {
        let entry = self.log.commit(organization(n), items);
        self.bus.on_commit()(organization(n), entry);
    }

    pub(in crate::actors::tests) async fn poll(&self) {
        self.registry.send(Poll).await.expect("alive");
    }

    pub(in crate::actors::tests) async fn drained(&self) -> Vec<String> {
        self.registry.send(Drain).await.expect("alive");
        self.hubs.got(HUB)
    }

    pub(in crate::actors::tests) async fn admit(
        &self,
        admit: Admit,
    ) -> Result<Admitted, NotAdmitted> {
        self.registry.send(admit).await.expect("alive")
    }
}
