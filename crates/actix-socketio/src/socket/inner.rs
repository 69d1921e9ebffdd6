//! What all clones of a socket share, whatever the application keeps with it. Part of [`super`].

use std::fmt;
use std::sync::{Arc, OnceLock};

use actix::Addr;
use socketio_proto::socketio::Frame;

use super::EmitError;
use crate::ask::AskIds;
use crate::emitter::Hubs;
use crate::handshake::Handshake;
use crate::hub::{Hub, HubId, Place};
use crate::queue::{Manner, Queue};
use crate::recovery::Journal;

/// What of a socket does not depend on the application's types.
pub(crate) struct Core {
    pub(crate) place: Place,
    pub(crate) id: String,
    /// The id that it has instead since its claim was accepted.
    pub(crate) restored: OnceLock<String>,
    pub(crate) pid: OnceLock<String>,
    pub(crate) handshake: Arc<Handshake>,
    pub(crate) queue: Arc<Queue>,
    pub(crate) journal: Option<Journal>,
    pub(crate) hubs: Arc<Hubs>,
    pub(crate) hub: (HubId, Addr<Hub>),
    pub(crate) ids: Arc<AskIds>,
}

impl Core {
    pub(crate) fn id(&self) -> &str {
        self.restored.get().unwrap_or(&self.id)
    }

    /// Queues a frame for its namespace; an event in its turn is numbered and kept, if the socket can come back.
    pub(super) fn push(&self, frame: &Frame, manner: &Manner) -> Result<(), EmitError> {
        let Self {
            place,
            queue,
            journal,
            ..
        } = self;
        let frame = frame.within(&place.namespace);
        if let (Some(journal), Manner::Queued(when_full)) = (journal, manner)
            && let Some(event) = journal.number(&frame)
        {
            let sent = journal.send(queue, place.key, &event, when_full);
            queue.wake();
            return sent;
        }
        queue.push(place.key, &frame, manner)
    }

    /// What it may come back with. A socket is told it once.
    pub(crate) fn issue(&self, pid: &str) {
        self.pid.get_or_init(|| pid.to_owned());
    }

    /// It is an earlier socket.
    pub(crate) fn restore(&self, sid: &str, pid: &str) {
        self.restored.get_or_init(|| sid.to_owned());
        self.issue(pid);
    }
}

impl fmt::Debug for Core {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Socket")
            .field("id", &self.id())
            .field("namespace", &self.place.namespace)
            .finish_non_exhaustive()
    }
}
