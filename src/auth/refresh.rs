//! Refresh tokens: each is spent once and gives the next of its family. A spent one that comes back means
//! that two hold the family, one of them a thief; then the whole family ends.

use crate::domain::{SessionId, Timestamp, UserId};

use super::SecretHash;

/// A refresh token as stored, with what is known of its family.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefreshToken {
    /// Of the secret that the client holds.
    pub hash: SecretHash,
    /// Its family: one login.
    pub session: SessionId,
    /// Who logged in.
    pub user_id: UserId,
    /// From then on it is refused.
    pub expires_at: Timestamp,
    /// When it gave the next one.
    pub spent_at: Option<Timestamp>,
    /// When its family ended: logout, reuse, or an administrator.
    pub revoked_at: Option<Timestamp>,
}

/// What becomes of a presented token. The caller stores it in the transaction that read the token, under
/// its lock, so that of two who present it at once one is the second.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refresh {
    /// Store both, hand out the next.
    Rotate {
        /// The presented one, now spent.
        spent: RefreshToken,
        /// Of the same family, with a whole lifetime of its own.
        next: RefreshToken,
    },
    /// A spent one came back: revoke the family and end its sockets.
    RevokeFamily(SessionId),
    /// Expired, or of a family that has ended already. Nothing to store.
    Refuse,
}

impl RefreshToken {
    /// The first of a new family.
    #[must_use]
    pub fn issue(
        hash: SecretHash,
        session: SessionId,
        user_id: UserId,
        ttl_seconds: i64,
        now: Timestamp,
    ) -> Self {
        Self {
            hash,
            session,
            user_id,
            expires_at: now.plus_seconds(ttl_seconds),
            spent_at: None,
            revoked_at: None,
        }
    }

    /// Presented by somebody; `next` is the hash of a new secret. A spent one betrays the family even
    /// after its own expiry: its successors may live on.
    #[must_use]
    pub fn present(self, next: SecretHash, ttl_seconds: i64, now: Timestamp) -> Refresh {
        if self.revoked_at.is_some() {
            return Refresh::Refuse;
        }
        if self.spent_at.is_some() {
            return Refresh::RevokeFamily(self.session);
        }
        if now >= self.expires_at {
            return Refresh::Refuse;
        }
        let next = Self::issue(next, self.session, self.user_id, ttl_seconds, now);
        let spent = Self {
            spent_at: Some(now),
            ..self
        };
        Refresh::Rotate { spent, next }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const TTL: i64 = 30 * 86_400;
    const SESSION: SessionId = SessionId(Uuid::from_u128(1));

    fn time(seconds: i64) -> Timestamp {
        Timestamp::from_millis(1_800_000_000_000).plus_seconds(seconds)
    }

    fn hash(name: &str) -> SecretHash {
        SecretHash::of(name.as_bytes())
    }

    fn first() -> RefreshToken {
        let user = UserId(Uuid::from_u128(2));
        RefreshToken::issue(hash("first"), SESSION, user, TTL, time(0))
    }

    fn present(token: RefreshToken, seconds: i64) -> Refresh {
        token.present(hash("next"), TTL, time(seconds))
    }

    #[test]
    fn a_token_is_spent_for_the_next_of_its_family() {
        let Refresh::Rotate { spent, next } = present(first(), 100) else {
            panic!("a fresh token rotates")
        };
        assert_eq!(
            (spent.hash, spent.spent_at),
            (hash("first"), Some(time(100)))
        );
        assert_eq!((next.hash, next.spent_at), (hash("next"), None));
        assert_eq!((next.session, next.user_id), (SESSION, first().user_id));
        assert_eq!(next.expires_at, time(100 + TTL));
    }

    #[test]
    fn what_does_not_rotate_is_reuse_or_is_refused() {
        let spent = || RefreshToken {
            spent_at: Some(time(100)),
            ..first()
        };
        let revoked = |token| RefreshToken {
            revoked_at: Some(time(200)),
            ..token
        };
        let reuse = Refresh::RevokeFamily(SESSION);
        for (name, token, at, expected) in [
            ("spent", spent(), 100, &reuse),
            ("spent, and expired since", spent(), TTL + 1, &reuse),
            ("expired", first(), TTL, &Refresh::Refuse),
            ("revoked", revoked(first()), 300, &Refresh::Refuse),
            ("revoked and spent", revoked(spent()), 300, &Refresh::Refuse),
        ] {
            assert_eq!(present(token, at), *expected, "{name}");
        }
        assert!(matches!(present(first(), TTL - 1), Refresh::Rotate { .. }));
    }
}
