//! Signing in with e-mail and password.

use std::{
    net::IpAddr,
    sync::{MutexGuard, PoisonError},
};

use crate::{
    auth::{AuthError, LoginAttempts, PasswordHash, Secret},
    domain::SessionId,
    storage::{
        refresh_tokens,
        statements::Statements,
        users::{self, Member},
    },
};

use super::{OperationError, Operations, SignedIn};

impl Operations {
    /// Signs somebody in and begins a family of refresh tokens. Failures are counted by account and address;
    /// as many guesses at once as may wait for the password check can pass before the first of them counts.
    ///
    /// # Errors
    /// [`AuthError::InvalidCredentials`], whatever of the two is wrong; [`AuthError::TooManyAttempts`];
    /// [`AuthError::Busy`]; [`OperationError::Store`].
    pub async fn login(
        &self,
        email: &str,
        password: String,
        peer: IpAddr,
    ) -> Result<SignedIn, OperationError> {
        let setup = self.setup();
        let peer = peer.to_canonical();
        self.attempts()
            .check(email, peer, setup.clock.monotonic())?;
        let found = users::by_email(&mut setup.database.read().await?, email).await?;
        let verdict = self.verified(found, password).await;
        match verdict {
            Ok(member) => {
                self.attempts().succeeded(email, peer);
                self.begin_session(&member).await
            }
            Err(error @ AuthError::InvalidCredentials) => {
                self.attempts().failed(email, peer, setup.clock.monotonic());
                Err(error.into())
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn verified(&self, found: Option<Member>, password: String) -> Result<Member, AuthError> {
        let stored = found
            .as_ref()
            .and_then(|member| member.password_hash.clone())
            .map(PasswordHash::from_stored);
        self.setup().passwords.verify(stored, password).await?;
        found.ok_or(AuthError::InvalidCredentials)
    }

    async fn begin_session(&self, member: &Member) -> Result<SignedIn, OperationError> {
        let setup = self.setup();
        let now = setup.clock.now();
        let session = SessionId(setup.clock.new_id());
        let secret = Secret::generate()?;
        let expires_at = now.plus_seconds(self.refresh_ttl_seconds());
        let mut statements = Statements::new();
        let whose = (member.id, member.organization_id);
        refresh_tokens::begin_family(&mut statements, session.0, whose, now);
        refresh_tokens::insert(&mut statements, session.0, &secret.hash().0, expires_at);
        let signed_in = self.sign_in(member, session, secret, now)?;
        setup.database.writer().run(statements).await?;
        Ok(signed_in)
    }

    /// A panic while it was held leaves at worst one failure uncounted.
    fn attempts(&self) -> MutexGuard<'_, LoginAttempts> {
        self.0
            .attempts
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
