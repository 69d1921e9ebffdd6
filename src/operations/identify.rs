//! Who somebody is now: the token says who they claim to be, the database what they are.

use sha2::{Digest as _, Sha256};

use crate::{
    auth::{Identity, TokenError},
    domain::{Action, Person, UserId},
    storage::{
        Conn, refresh_tokens,
        users::{self, Standing},
    },
};

use super::{OperationError, Operations};

impl Operations {
    /// Who presents this access token. A known user's role, name and membership win over the token's; an
    /// unknown subject (of an outside identity provider) keeps what the token says.
    ///
    /// # Errors
    /// [`AuthError::Token`](crate::auth::AuthError::Token) if the token does not hold, its login has ended, or the user is no member any
    /// more; [`OperationError::Store`] if the database cannot be asked.
    pub async fn identify(&self, bearer: Option<&str>) -> Result<Identity, OperationError> {
        self.present(self.claimed(bearer)?).await
    }

    /// Who this access token says it is, before the database is asked.
    ///
    /// # Errors
    /// [`AuthError::Token`](crate::auth::AuthError::Token) if the token does not hold.
    pub fn claimed(&self, bearer: Option<&str>) -> Result<Identity, OperationError> {
        let setup = self.setup();
        Ok(setup.tokens.verify(bearer, setup.clock.now())?)
    }

    /// The same person as they stand now.
    ///
    /// # Errors
    /// As [`Operations::identify`].
    pub async fn present(&self, who: Identity) -> Result<Identity, OperationError> {
        let mut conn = self.setup().database.read().await?;
        at_present(&mut conn, who).await
    }
}

/// The same person as they stand now; what they claimed may be as old as their socket.
pub(super) async fn at_present(
    conn: &mut Conn,
    mut who: Identity,
) -> Result<Identity, OperationError> {
    if let Some(session) = who.session
        && refresh_tokens::is_revoked(conn, session.0).await?
    {
        return Err(TokenError::Invalid.into());
    }
    let Some(user) = who.user_id else {
        return Ok(who);
    };
    match users::standing(conn, user, who.organization_id).await? {
        Standing::Unknown => Ok(who),
        Standing::NotAMember => Err(TokenError::Invalid.into()),
        Standing::Member(member) => {
            who.role = member.role;
            who.email = Some(member.email);
            who.name = Some(member.name);
            Ok(who)
        }
    }
}

/// The same person as they stand now, if they may do this.
pub(super) async fn authorized(
    conn: &mut Conn,
    who: &Identity,
    action: Action,
) -> Result<Identity, OperationError> {
    let who = at_present(conn, who.clone()).await?;
    who.require(action)?;
    Ok(who)
}

/// As they are written into the record. Somebody of an outside identity provider whose subject is no id of
/// ours gets one made of it (RFC 9562, UUIDv8), always the same.
pub(super) fn person(who: &Identity) -> Person {
    let named = |name: &Option<String>| name.clone().filter(|name| !name.is_empty());
    let name = named(&who.name).or_else(|| named(&who.email));
    Person {
        id: who.user_id.unwrap_or_else(|| outside_id(who)),
        name: name.unwrap_or_else(|| who.subject.clone()),
    }
}

fn outside_id(who: &Identity) -> UserId {
    let digest = Sha256::new()
        .chain_update(who.organization_id.0.as_bytes())
        .chain_update(who.subject.as_bytes())
        .finalize();
    let bytes = std::array::from_fn(|index| digest[index]);
    UserId(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::{OrganizationId, Role, Timestamp};

    fn outsider(subject: &str, name: Option<&str>, email: Option<&str>) -> Identity {
        Identity {
            user_id: subject.parse().ok(),
            subject: subject.to_owned(),
            organization_id: OrganizationId(Uuid::from_u128(7)),
            role: Role::Staff,
            email: email.map(str::to_owned),
            name: name.map(str::to_owned),
            session: None,
            expires_at: Timestamp::MAX,
        }
    }

    #[test]
    fn a_person_is_called_by_what_is_known_of_them() {
        for (name, email, shown) in [
            (Some("Mia"), Some("mia@x.example"), "Mia"),
            (Some(""), Some("mia@x.example"), "mia@x.example"),
            (None, None, "auth0|42"),
        ] {
            assert_eq!(person(&outsider("auth0|42", name, email)).name, shown);
        }
    }

    #[test]
    fn an_outside_subject_has_one_id_per_organization() {
        let id = |who: &Identity| person(who).id;
        let who = outsider("auth0|42", None, None);
        assert_eq!(id(&who), id(&who));
        assert_eq!(id(&who).0.get_version_num(), 8);
        assert_ne!(id(&who), id(&outsider("auth0|43", None, None)));
        let elsewhere = Identity {
            organization_id: OrganizationId(Uuid::from_u128(8)),
            ..who.clone()
        };
        assert_ne!(id(&who), id(&elsewhere));
        let ours = Uuid::from_u128(1).to_string();
        assert_eq!(id(&outsider(&ours, None, None)).0, Uuid::from_u128(1));
    }
}
