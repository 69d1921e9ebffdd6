//! Passwords off the event loop: on tokio's blocking pool, a bounded number at once and a bounded number waiting.

use std::num::NonZeroUsize;
use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use super::{AuthError, PasswordHash};

/// Checks and makes password hashes; cheap to clone, all clones share the bounds. Each check holds 19 MiB
/// and a core for some tens of milliseconds. Over `parallel` running and `waiting` waiting ones, the next is
/// refused with [`AuthError::Busy`].
#[derive(Debug, Clone)]
pub struct PasswordHasher {
    admitted: Arc<Semaphore>,
    running: Arc<Semaphore>,
}

impl PasswordHasher {
    /// `parallel`: the cores that logins may take. `waiting`: how many more may wait for them.
    #[must_use]
    pub fn new(parallel: NonZeroUsize, waiting: usize) -> Self {
        let parallel = parallel.get().min(Semaphore::MAX_PERMITS);
        let admitted = parallel.saturating_add(waiting).min(Semaphore::MAX_PERMITS);
        Self {
            admitted: Arc::new(Semaphore::new(admitted)),
            running: Arc::new(Semaphore::new(parallel)),
        }
    }

    /// See [`PasswordHash::of`].
    ///
    /// # Errors
    /// Those of `of`; [`AuthError::Busy`] over the bound, [`AuthError::Interrupted`] if the runtime stops.
    pub async fn hash(&self, password: String) -> Result<PasswordHash, AuthError> {
        self.run(move || PasswordHash::of(&password)).await?
    }

    /// See [`PasswordHash::verify`]; `stored` is `None` for an unknown account.
    ///
    /// # Errors
    /// Those of `verify`; [`AuthError::Busy`] over the bound, [`AuthError::Interrupted`] if the runtime stops.
    pub async fn verify(
        &self,
        stored: Option<PasswordHash>,
        password: String,
    ) -> Result<(), AuthError> {
        self.run(move || PasswordHash::verify(stored.as_ref(), &password))
            .await?
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, AuthError> {
        let admitted = Arc::clone(&self.admitted)
            .try_acquire_owned()
            .map_err(|_| AuthError::Busy)?;
        let running = Arc::clone(&self.running)
            .acquire_owned()
            .await
            .map_err(|_| AuthError::Interrupted)?;
        // The permits go along: work that nobody waits for any more still holds its core.
        let work = move || {
            let _permits = (admitted, running);
            work()
        };
        spawn_blocking(work)
            .await
            .map_err(|_| AuthError::Interrupted)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;
    use crate::domain::Code;

    fn hasher(parallel: usize, waiting: usize) -> PasswordHasher {
        PasswordHasher::new(NonZeroUsize::new(parallel).expect("not zero"), waiting)
    }

    #[tokio::test]
    async fn a_hashed_password_verifies() {
        let hasher = hasher(1, 1);
        let stored = hasher.hash("freshtrack".to_owned()).await.expect("hashed");
        let right = hasher.verify(Some(stored.clone()), "freshtrack".to_owned());
        right.await.expect("the same password");
        for (stored, password) in [(Some(stored), "Freshtrack"), (None, "freshtrack")] {
            let refused = hasher.verify(stored, password.to_owned()).await;
            let code = refused.map_err(|error| error.code());
            assert_eq!(code, Err(Code::InvalidCredentials), "{password}");
        }
    }

    #[tokio::test]
    async fn over_the_bound_it_is_busy_and_then_free_again() {
        let hasher = hasher(1, 1);
        let (started, has_started) = tokio::sync::oneshot::channel();
        let (release, released) = mpsc::channel::<()>();
        let first = tokio::spawn({
            let hasher = hasher.clone();
            async move {
                hasher
                    .run(move || (started.send(()), released.recv()).1)
                    .await
            }
        });
        has_started.await.expect("runs");

        let waiting = tokio::spawn({
            let hasher = hasher.clone();
            async move { hasher.run(|| 2).await }
        });
        while hasher.admitted.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        let refused = hasher.run(|| 3).await.map_err(|error| error.code());
        assert_eq!(refused, Err(Code::Unavailable));

        release.send(()).expect("still running");
        first
            .await
            .expect("joined")
            .expect("ran")
            .expect("released");
        assert_eq!(waiting.await.expect("joined").expect("ran"), 2);
        assert_eq!(hasher.run(|| 4).await.expect("free again"), 4);
    }

    #[tokio::test]
    async fn a_panic_gives_its_place_back() {
        let hasher = hasher(1, 0);
        let panicked: Result<(), _> = hasher.run(|| panic!("as a test")).await;
        assert!(matches!(panicked, Err(AuthError::Interrupted)));
        assert_eq!(hasher.run(|| 1).await.expect("free again"), 1);
    }
}
