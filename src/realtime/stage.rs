//! The way to the organizations' actors: who watches, and who comes into which rooms. handler, commands and
//! recovery -> [stage] -> registry. Bounds: the registry's.

use std::sync::{Arc, OnceLock};

use actix::Recipient;
use actix_socketio::{Room as RoomName, Socket};
use log::warn;

use crate::{
    actors::{
        Admit, Admitted, EmitterHubs, Entrant, Entry, HubKey, NotAdmitted, Outcome, Watch,
        WatchError, WatchGuard,
    },
    domain::OrganizationId,
};

/// See the module. A clone is the same.
#[derive(Clone, Default)]
pub(super) struct Stage(Arc<OnceLock<Doors>>);

/// What is behind it.
pub(super) struct Doors {
    pub(super) watch: Recipient<Watch>,
    pub(super) admit: Recipient<Admit>,
    pub(super) hubs: Arc<EmitterHubs>,
}

impl Stage {
    /// To be called before the first client comes.
    pub(super) fn open(&self, doors: impl FnOnce() -> Doors) {
        self.0.get_or_init(doors);
    }

    /// The organization is followed until the guard is dropped.
    pub(super) async fn watch(
        &self,
        organization: OrganizationId,
    ) -> Result<WatchGuard, WatchError> {
        let doors = self.0.get().ok_or(WatchError)?;
        let watched = doors.watch.send(Watch(organization)).await;
        watched.unwrap_or_else(|error| {
            warn!(organization_id:% = organization, error:% = error; "registry does not answer");
            Err(WatchError)
        })
    }

    /// The socket comes into rooms of an organization that it watches.
    pub(super) async fn admit<D>(
        &self,
        organization: OrganizationId,
        socket: &Socket<D>,
        entry: Entry,
    ) -> Result<Admitted, NotAdmitted> {
        let doors = self.0.get().ok_or(NotAdmitted::NotNow)?;
        let entrant = Box::new(Visitor {
            hub: doors.hubs.key(socket.hub()),
            socket: socket.plain(),
        });
        let admit = Admit {
            organization,
            entrant,
            entry,
        };
        doors.admit.send(admit).await.unwrap_or_else(|error| {
            warn!(organization_id:% = organization, error:% = error; "registry does not answer");
            Err(NotAdmitted::NotNow)
        })
    }
}

/// A socket on its way into rooms.
struct Visitor {
    hub: HubKey,
    socket: Socket,
}

impl Entrant for Visitor {
    fn hub(&self) -> HubKey {
        self.hub
    }

    fn join(&self, rooms: Vec<RoomName>) -> Outcome {
        self.socket.join_now(rooms).into()
    }
}
