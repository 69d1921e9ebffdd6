//! Going on without a password: each refresh token is exchanged once, and a second time ends the login.

use crate::{
    auth::{AuthError, Refresh, RefreshToken, Secret, SecretHash},
    domain::{OrganizationId, SessionId},
    events::Notice,
    storage::{
        Conn, StoreError,
        refresh_tokens::{self, RefreshToken as StoredToken},
        statements::Statements,
        users::{self, Member, Standing},
    },
};

use super::{OperationError, Operations, SignedIn};

impl Operations {
    /// Exchanges a refresh token for the next pair.
    ///
    /// # Errors
    /// [`AuthError::SessionOver`] if it is unknown, expired, revoked, or was exchanged before (its whole family
    /// is revoked then), or its user is no member any more; [`OperationError::Store`].
    pub async fn refresh(&self, presented: &str) -> Result<SignedIn, OperationError> {
        let setup = self.setup();
        let hash = SecretHash::of(presented.as_bytes());
        let mut conn = setup.database.read().await?;
        let stored = refresh_tokens::find(&mut conn, &hash.0).await?;
        let stored = stored.ok_or(AuthError::SessionOver)?;
        let member = member_of(&mut conn, &stored).await?;
        drop(conn);
        let secret = Secret::generate()?;
        let now = setup.clock.now();
        let token = as_presented(hash, &stored);
        let organization = stored.organization_id;
        match (
            token.present(secret.hash(), self.refresh_ttl_seconds(), now),
            member,
        ) {
            (Refresh::Rotate { spent, next }, Some(member)) => {
                let signed_in = self.sign_in(&member, next.session, secret, now)?;
                self.rotate(organization, &spent, &next).await?;
                Ok(signed_in)
            }
            (Refresh::Refuse, _) => Err(AuthError::SessionOver.into()),
            (Refresh::RevokeFamily(session), _) => self.end_for_reuse(organization, session).await,
            (Refresh::Rotate { spent, .. }, None) => {
                self.revoke(organization, spent.session).await?;
                Err(AuthError::SessionOver.into())
            }
        }
    }

    /// Ends the login that this refresh token belongs to: its access tokens stop too. An unknown one ends
    /// nothing, which is no error: nobody is logged in by it.
    ///
    /// # Errors
    /// [`OperationError::Store`].
    pub async fn logout(&self, presented: &str) -> Result<(), OperationError> {
        let hash = SecretHash::of(presented.as_bytes());
        let mut conn = self.setup().database.read().await?;
        let stored = refresh_tokens::find(&mut conn, &hash.0).await?;
        drop(conn);
        match stored {
            Some(stored) => Ok(self
                .revoke(stored.organization_id, SessionId(stored.family))
                .await?),
            None => Ok(()),
        }
    }

    /// Both in one transaction. Of two who present the same token at once the second touches no row.
    async fn rotate(
        &self,
        organization: OrganizationId,
        spent: &RefreshToken,
        next: &RefreshToken,
    ) -> Result<(), OperationError> {
        let setup = self.setup();
        let mut statements = Statements::new();
        refresh_tokens::mark_used(&mut statements, &spent.hash.0, setup.clock.now());
        refresh_tokens::insert(
            &mut statements,
            next.session.0,
            &next.hash.0,
            next.expires_at,
        );
        let touched = setup.database.writer().run(statements).await?;
        if touched.first() == Some(&1) {
            return Ok(());
        }
        self.end_for_reuse(organization, spent.session).await
    }

    async fn end_for_reuse<T>(
        &self,
        organization: OrganizationId,
        session: SessionId,
    ) -> Result<T, OperationError> {
        log::warn!(session_id:% = session; "refresh token presented twice, login ended");
        self.revoke(organization, session).await?;
        Err(AuthError::SessionOver.into())
    }

    /// Its sockets end too, on every server.
    async fn revoke(
        &self,
        organization: OrganizationId,
        session: SessionId,
    ) -> Result<(), StoreError> {
        let setup = self.setup();
        let mut statements = Statements::new();
        refresh_tokens::revoke(&mut statements, session.0, setup.clock.now());
        let session_id = session;
        statements.tell_servers(organization, Notice::LoginEnded { session_id });
        setup.database.writer().run(statements).await.map(drop)
    }
}

async fn member_of(conn: &mut Conn, token: &StoredToken) -> Result<Option<Member>, StoreError> {
    let standing = users::standing(conn, token.user_id, token.organization_id).await?;
    Ok(match standing {
        Standing::Member(member) => Some(member),
        Standing::Unknown | Standing::NotAMember => None,
    })
}

fn as_presented(hash: SecretHash, stored: &StoredToken) -> RefreshToken {
    RefreshToken {
        hash,
        session: SessionId(stored.family),
        user_id: stored.user_id,
        expires_at: stored.expires_at,
        spent_at: stored.used_at,
        revoked_at: stored.revoked_at,
    }
}
