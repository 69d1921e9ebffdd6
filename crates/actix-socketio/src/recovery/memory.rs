//! Recovery within one process: sockets that lost their transport stay in their rooms for a while, without one, and
//! their journals go on. Part of [`super`].
//! Bounds: for each socket the journal's, and [`MemoryRecovery::sessions`] sockets that are waited for.

mod store;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use self::store::{Store, Turn};
use super::journal::{Limits, Shared};
use super::{Claim, Journal, Missed, Parting, Recovery, Restored};
use crate::handler::Refusal;
use crate::sid;
use crate::socket::Socket;

/// What [`MemoryRecovery`] must know of an application's data.
pub trait Recoverable: Send + Sync + 'static {
    /// Whom [`crate::Handler::connect`] found it to be. A pid is good for the one that it was given to only.
    type Identity: PartialEq;

    /// Compared with that of the socket that was lost.
    fn identity(&self) -> Self::Identity;

    /// The fresh data takes over what is to come back. What `connect` has just checked, such as a role, stays.
    fn take_over(&self, lost: &Self);
}

/// Keeps what sockets with data `D` are sent, and brings them back within a window after they lost their transport.
///
/// ```
/// use std::sync::atomic::{AtomicU32, Ordering};
/// use std::time::Duration;
///
/// use actix_socketio::{DisconnectReason, Event, Handler, MemoryRecovery, Recoverable, Recovery, Refusal, Socket};
///
/// struct Chat(MemoryRecovery<Guest>);
///
/// struct Guest {
///     name: String,
///     score: AtomicU32,
/// }
///
/// impl Recoverable for Guest {
///     type Identity = String;
///
///     fn identity(&self) -> String {
///         self.name.clone()
///     }
///
///     fn take_over(&self, lost: &Self) {
///         self.score.store(lost.score.load(Ordering::Relaxed), Ordering::Relaxed);
///     }
/// }
///
/// impl Handler for Chat {
///     type Data = Guest;
///
///     fn recovery(&self) -> Option<&impl Recovery<Guest>> {
///         Some(&self.0)
///     }
/// #   async fn connect(&self, _: &Socket, _: serde_json::Value) -> Result<Guest, Refusal> { Err(Refusal::CloseTransport) }
/// #   async fn event(&self, _: &Socket<Guest>, _: Event) {}
/// #   fn disconnect(&self, _: &Socket<Guest>, _: DisconnectReason) {}
///     // connect, event and disconnect as ever
/// }
///
/// let chat = Chat(MemoryRecovery::new(Duration::from_secs(120)));
/// ```
pub struct MemoryRecovery<D> {
    shared: Arc<Shared>,
    limits: Limits,
    window: Duration,
    sessions: usize,
    store: Mutex<Store<D>>,
}

impl<D> MemoryRecovery<D> {
    /// Sockets come back within `window` after they ended. It should be longer than ping interval and timeout together,
    /// for that is how late an end can be noticed.
    pub fn new(window: Duration) -> Self {
        Self {
            shared: Arc::new(Shared::new()),
            limits: Limits {
                events: 1000,
                bytes: 250_000,
                // What was sent just before a late noticed end, at the end of the window after it.
                age: window.saturating_mul(2),
            },
            window,
            sessions: 10_000,
            store: Mutex::default(),
        }
    }

    /// Events kept for one socket. Default 1,000. Who has missed more begins afresh.
    #[must_use]
    pub const fn events(mut self, events: usize) -> Self {
        self.limits.events = events;
        self
    }

    /// Bytes of events kept for one socket. Default 250,000. Who has missed more begins afresh.
    #[must_use]
    pub const fn bytes(mut self, bytes: usize) -> Self {
        self.limits.bytes = bytes;
        self
    }

    /// Sockets that are waited for at once; over it the one that ended first is given up. Default 10,000.
    #[must_use]
    pub const fn sessions(mut self, sessions: usize) -> Self {
        self.sessions = sessions;
        self
    }

    /// Works on the store as it is now, less who has been waited for long enough. What falls out of it is dropped when
    /// it is no longer locked.
    fn with_store<T>(&self, work: impl FnOnce(&mut Store<D>) -> T) -> T {
        let mut store = self.lock();
        let now = self.shared.clock.now();
        let given_up = store.expire(now, self.window, self.sessions);
        let result = work(&mut store);
        drop(store);
        drop(given_up);
        result
    }

    fn lock(&self) -> MutexGuard<'_, Store<D>> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<D: Recoverable> MemoryRecovery<D> {
    /// The socket that is claimed, if it may be, and the turn to claim it.
    fn holder(&self, socket: &Socket<D>, claim: &Claim) -> Option<(Socket<D>, Turn)> {
        self.with_store(|store| {
            let (earlier, turn) = store.holder(&claim.pid)?;
            let may = earlier.namespace() == socket.namespace()
                && earlier.data().identity() == socket.data().identity();
            may.then(|| (earlier.clone(), Arc::clone(turn)))
        })
    }

    async fn restore(&self, socket: &Socket<D>, claim: &Claim) -> Option<Restored> {
        let (_, turn) = self.holder(socket, claim)?;
        let _turn = turn.lock().await;
        // Another claim may have been accepted meanwhile: then its socket is the one that is claimed.
        let (earlier, _) = self.holder(socket, claim)?;
        missed(&earlier, claim)?;
        let rooms = earlier.rooms().await.ok()?;
        socket.join(rooms).await.ok()?;
        // What was delivered before this socket joined has reached the earlier one.
        earlier.caught_up().await.ok()?;
        let missed = missed(&earlier, claim)?;
        // What has reached the earlier one has reached this one too, unless it was before it joined.
        socket.caught_up().await.ok()?;
        socket.succeed(&missed)?;
        socket.data().take_over(earlier.data());
        let replaced = self.with_store(|store| store.replace(&claim.pid, socket.clone()));
        earlier.close();
        drop(replaced);
        Some(Restored {
            sid: earlier.id().to_owned(),
            missed: missed.frames(),
        })
    }
}

/// What a claimed socket would get now. None: it cannot be told, or is too much.
fn missed<D>(earlier: &Socket<D>, claim: &Claim) -> Option<Missed> {
    let missed = earlier.journal()?.after(claim.offset.as_deref())?;
    (missed.size() <= claim.limit).then_some(missed)
}

impl<D: Recoverable> Recovery<D> for MemoryRecovery<D> {
    fn journal(&self) -> Option<Journal> {
        Some(Journal::new(&self.shared, self.limits))
    }

    async fn issue(&self, socket: &Socket<D>) -> Result<Option<String>, Refusal> {
        let pid = sid::random();
        self.with_store(|store| store.insert(&pid, socket.clone()));
        Ok(Some(pid))
    }

    async fn claim(&self, socket: &Socket<D>, claim: Claim) -> Result<Option<Restored>, Refusal> {
        Ok(self.restore(socket, &claim).await)
    }

    fn parted(&self, socket: &Socket<D>, Parting { reason, seat }: Parting) {
        let Some(pid) = socket.pid() else { return };
        if reason.is_final() {
            let forgotten = self.with_store(|store| store.forget(pid, socket));
            drop(forgotten);
        } else {
            let now = self.shared.clock.now();
            let left = self.with_store(|store| store.keep(pid, socket, seat, now));
            drop(left);
        }
    }
}

impl<D> fmt::Debug for MemoryRecovery<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryRecovery")
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}
