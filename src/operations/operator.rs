//! What an operator does at the machine, without a login: the first user of an organization, keys, tokens.
//!
//! `cli` calls it, beside a server that may be running on the same database. Everything that is secret is
//! returned once and kept as a hash.

use std::time::Duration;

use uuid::Uuid;

use crate::{
    auth::{AccessGrant, AccessToken, NewPassword, PasswordHasher, Secret, TokenKey},
    clock::Clock,
    domain::{Email, InvalidName, Name, OrganizationId, Role, Timestamp, UserId},
    storage::{
        Database, StoreError,
        organizations::{self, Organization},
        statements::Statements,
        users::{self, Member},
    },
};

use super::{OperationError, accounts::whole_seconds};

/// A user to make.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// Id or exact name of the organization.
    pub organization: String,
    /// Their login.
    pub email: Email,
    /// Shown name; without it, what stands before the `@`.
    pub name: Option<Name>,
    /// What they may do.
    pub role: Role,
    /// Their password.
    pub password: NewPassword,
}

/// A user just made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserAdded {
    /// The user.
    pub id: UserId,
    /// Their login.
    pub email: Email,
    /// Shown name.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Where.
    pub organization_id: OrganizationId,
    /// Its name.
    pub organization: String,
    /// Whether it was made with them.
    pub is_new_organization: bool,
}

/// A webhook key just made.
#[derive(Debug)]
pub struct WebhookKeyAdded {
    /// The key.
    pub id: Uuid,
    /// Whose.
    pub organization: Organization,
    /// Shown name.
    pub name: Name,
    /// When it was made.
    pub created_at: Timestamp,
    /// What the webhook must send.
    pub secret: Secret,
}

/// Somebody with the database at hand.
#[derive(Clone)]
pub struct Operator {
    database: Database,
    clock: Clock,
}

impl Operator {
    /// At this database.
    #[must_use]
    pub const fn new(database: Database, clock: Clock) -> Self {
        Self { database, clock }
    }

    /// Makes a user. For an owner an absent organization is made, in the same transaction.
    ///
    /// # Errors
    /// [`OperationError::EmailTaken`]; [`OperationError::NoSuchOrganization`] for another role, or an id;
    /// [`OperationError::Invalid`] for a name that no organization can have; [`OperationError::Contended`];
    /// [`OperationError::Store`].
    pub async fn add_user(
        &self,
        new: NewUser,
        passwords: &PasswordHasher,
    ) -> Result<UserAdded, OperationError> {
        let mut conn = self.database.read().await?;
        let found = organizations::find(&mut conn, &new.organization).await?;
        if users::by_email(&mut conn, new.email.as_str())
            .await?
            .is_some()
        {
            return Err(OperationError::EmailTaken);
        }
        drop(conn);
        let is_new_organization = found.is_none();
        let (organization_id, organization) = match found {
            Some(found) => (found.id, found.name),
            None => (OrganizationId(self.clock.new_id()), founded(&new)?),
        };
        let hash = passwords.hash(new.password.into_text()).await?;
        let name = match new.name {
            Some(name) => name.into_text(),
            None => new.email.local_part().to_owned(),
        };
        let added = UserAdded {
            id: UserId(self.clock.new_id()),
            email: new.email,
            name,
            role: new.role,
            organization_id,
            organization,
            is_new_organization,
        };
        self.write(&added, hash.as_str().to_owned()).await?;
        Ok(added)
    }

    async fn write(&self, added: &UserAdded, hash: String) -> Result<(), OperationError> {
        let now = self.clock.now();
        let mut statements = Statements::new();
        let organization_id = added.organization_id;
        if added.is_new_organization {
            organizations::insert(&mut statements, organization_id, &added.organization, now);
        }
        let member = Member {
            id: added.id,
            email: added.email.to_string(),
            name: added.name.clone(),
            password_hash: Some(hash),
            organization_id,
            role: added.role,
        };
        users::insert(&mut statements, member, now);
        match self.database.writer().run(statements).await {
            Ok(_) => Ok(()),
            // Neither was there a moment ago.
            Err(StoreError::Conflict(_)) => Err(OperationError::Contended),
            Err(error) => Err(error.into()),
        }
    }

    /// Gives an organization, by id or exact name, a further webhook secret.
    ///
    /// # Errors
    /// [`OperationError::NoSuchOrganization`]; [`OperationError::Auth`] without randomness;
    /// [`OperationError::Store`].
    pub async fn add_webhook_key(
        &self,
        organization: &str,
        name: Name,
    ) -> Result<WebhookKeyAdded, OperationError> {
        let found = organizations::find(&mut self.database.read().await?, organization).await?;
        let organization = found.ok_or(OperationError::NoSuchOrganization)?;
        let (id, created_at) = (self.clock.new_id(), self.clock.now());
        let secret = Secret::generate()?;
        let mut statements = Statements::new();
        organizations::insert_secret(
            &mut statements,
            id,
            organization.id,
            name.as_str(),
            &secret.hash().0,
            created_at,
        );
        self.database.writer().run(statements).await?;
        Ok(WebhookKeyAdded {
            id,
            organization,
            name,
            created_at,
            secret,
        })
    }

    /// An access token of a user, for scripts; it comes without a refresh token and ends by itself.
    ///
    /// # Errors
    /// [`OperationError::NoSuchUser`]; [`OperationError::Auth`] if it cannot be signed; [`OperationError::Store`].
    pub async fn token(
        &self,
        email: &Email,
        tokens: &TokenKey,
        ttl: Duration,
    ) -> Result<AccessToken, OperationError> {
        let found = users::by_email(&mut self.database.read().await?, email.as_str()).await?;
        let member = found.ok_or(OperationError::NoSuchUser)?;
        let grant = AccessGrant {
            user_id: member.id,
            organization_id: member.organization_id,
            role: member.role,
            email: member.email,
            name: member.name,
            session: None,
        };
        Ok(tokens.issue(&grant, whole_seconds(ttl), self.clock.now())?)
    }
}

/// The name of the organization that is made with this user.
fn founded(new: &NewUser) -> Result<String, OperationError> {
    let is_id = new.organization.parse::<Uuid>().is_ok();
    if new.role != Role::Owner || is_id {
        return Err(OperationError::NoSuchOrganization);
    }
    let name: Name = new
        .organization
        .parse()
        .map_err(|error: InvalidName| OperationError::invalid("organization", error.to_string()))?;
    Ok(name.into_text())
}
