//! A socket's stay in its hub: who holds it, keeps it there. session -> *seat* -> [`super::Hub`].

use std::fmt;

use actix::Addr;

use super::{Enter, Forget, Hub, Place};

/// A socket's place in its rooms. It leaves them when this is dropped.
pub struct Seat {
    hub: Addr<Hub>,
    place: Place,
}

impl Seat {
    /// None: the hub's thread is gone.
    pub(crate) async fn take(hub: &Addr<Hub>, enter: Enter) -> Option<Self> {
        let place = enter.place.clone();
        hub.send(enter).await.ok()?;
        Some(Self {
            hub: hub.clone(),
            place,
        })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        #[expect(
            clippy::disallowed_methods,
            reason = "one for each Enter, which waited for its place in the mailbox"
        )]
        self.hub.do_send(Forget(self.place.clone()));
    }
}

impl fmt::Debug for Seat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Seat").field(&self.place).finish()
    }
}
