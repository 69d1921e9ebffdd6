//! People and what they are in their organization.

use diesel::{
    BoolExpressionMethods, ExpressionMethods, IntoSql, JoinOnDsl, NullableExpressionMethods,
    QueryDsl,
    sql_types::{Bool, Nullable, Text},
};

use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::{
    domain::{OrganizationId, Role, Timestamp, UserId},
    events::Notice,
};

use super::{
    StoreError,
    conn::Conn,
    schema::{memberships, users},
    statements::Statements,
    stmt::stmt,
    types::{Id, Moment},
};

/// A user in the one organization that is looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The user.
    pub id: UserId,
    /// Lower case.
    pub email: String,
    /// Shown name.
    pub name: String,
    /// argon2id, PHC string; none: not active yet.
    pub password_hash: Option<String>,
    /// Where.
    pub organization_id: OrganizationId,
    /// As what.
    pub role: Role,
}

type MemberColumns = (UserId, String, String, Option<String>, OrganizationId, Role);

fn member((id, email, name, password_hash, organization_id, role): MemberColumns) -> Member {
    Member {
        id,
        email,
        name,
        password_hash,
        organization_id,
        role,
    }
}

/// The user of this address, in the first organization that they joined.
///
/// # Errors
/// [`StoreError`] if the database cannot answer.
pub async fn by_email(conn: &mut Conn, email: &str) -> Result<Option<Member>, StoreError> {
    let query = users::table
        .inner_join(memberships::table.on(memberships::user_id.eq(users::id)))
        .filter(users::email.eq(email.to_lowercase()))
        .order(memberships::organization_id)
        .limit(1)
        .select((
            users::id,
            users::email,
            users::name,
            users::password_hash,
            memberships::organization_id,
            memberships::role,
        ));
    Ok(conn.first::<MemberColumns>(query).await?.map(member))
}

/// A member of an organization as those see it who may.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct User {
    /// The user.
    pub id: UserId,
    /// Their login.
    pub email: String,
    /// Shown name.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Whether they can log in.
    pub status: UserStatus,
}

/// How far somebody has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum UserStatus {
    /// They have a password.
    Active,
    /// They have not chosen one yet.
    Invited,
}

type UserColumns = (UserId, String, String, Option<String>, Role);

fn user((id, email, name, password_hash, role): UserColumns) -> User {
    let status = match password_hash {
        Some(_) => UserStatus::Active,
        None => UserStatus::Invited,
    };
    User {
        id,
        email,
        name,
        role,
        status,
    }
}

/// Members in id order after `after`, at most `limit`.
///
/// # Errors
/// [`StoreError`] if the database cannot answer.
pub async fn list(
    conn: &mut Conn,
    organization: OrganizationId,
    after: Option<UserId>,
    limit: i64,
) -> Result<Vec<User>, StoreError> {
    select(conn, organization, None, after, limit).await
}

async fn select(
    conn: &mut Conn,
    organization: OrganizationId,
    one: Option<UserId>,
    after: Option<UserId>,
    limit: i64,
) -> Result<Vec<User>, StoreError> {
    let query = users::table
        .inner_join(memberships::table.on(memberships::user_id.eq(users::id)))
        .filter(memberships::organization_id.eq(organization))
        .filter(users::id.gt(after.unwrap_or(UserId(Uuid::nil()))))
        .filter(
            users::id
                .nullable()
                .eq(one)
                .or(one.is_none().into_sql::<Nullable<Bool>>()),
        )
        .order(users::id)
        .limit(limit)
        .select((
            users::id,
            users::email,
            users::name,
            users::password_hash,
            memberships::role,
        ));
    let rows: Vec<UserColumns> = conn.all(query).await?;
    Ok(rows.into_iter().map(user).collect())
}

/// One member of this organization.
///
/// # Errors
/// [`StoreError`] if the database cannot answer.
pub async fn get(
    conn: &mut Conn,
    organization: OrganizationId,
    user: UserId,
) -> Result<Option<User>, StoreError> {
    let found = select(conn, organization, Some(user), None, 1).await?;
    Ok(found.into_iter().next())
}

/// How a token's user stands in the token's organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// No such user: the token's issuer is outside.
    Unknown,
    /// A user, but not of this organization.
    NotAMember,
    /// A member.
    Member(Member),
}

/// How a user stands in an organization.
///
/// # Errors
/// [`StoreError`] if the database cannot answer.
pub async fn standing(
    conn: &mut Conn,
    user: UserId,
    organization: OrganizationId,
) -> Result<Standing, StoreError> {
    let here = memberships::user_id
        .eq(users::id)
        .and(memberships::organization_id.eq(organization));
    let query = users::table
        .left_join(memberships::table.on(here))
        .filter(users::id.eq(user))
        .select((
            users::id,
            users::email,
            users::name,
            users::password_hash,
            memberships::role.nullable(),
        ));
    type Columns = (UserId, String, String, Option<String>, Option<Role>);
    let row: Option<Columns> = conn.first(query).await?;
    Ok(match row {
        None => Standing::Unknown,
        Some((.., None)) => Standing::NotAMember,
        Some((id, email, name, password_hash, Some(role))) => {
            Standing::Member(member((id, email, name, password_hash, organization, role)))
        }
    })
}

/// Ends a membership with its logins; the member's sockets end too. The user stays.
pub fn remove(statements: &mut Statements, user: UserId, organization: OrganizationId) {
    for theirs in [
        "DELETE FROM refresh_families WHERE user_id = ? AND organization_id = ?",
        "DELETE FROM memberships WHERE user_id = ? AND organization_id = ?",
    ] {
        statements.push(stmt(theirs).bind::<Id, _>(user).bind::<Id, _>(organization));
    }
    statements.tell_servers(organization, Notice::MemberChanged { user_id: user });
}

/// Makes a user and a member of an organization.
pub fn insert(statements: &mut Statements, member: Member, now: Timestamp) {
    statements.push(
        stmt(
            "INSERT INTO users (id, email, name, password_hash, created_at) VALUES (?, ?, ?, ?, ?)",
        )
        .bind::<Id, _>(member.id)
        .bind::<Text, _>(member.email.to_lowercase())
        .bind::<Text, _>(member.name)
        .bind::<Nullable<Text>, _>(member.password_hash)
        .bind::<Moment, _>(now),
    );
    statements.push(
        stmt("INSERT INTO memberships (user_id, organization_id, role) VALUES (?, ?, ?)")
            .bind::<Id, _>(member.id)
            .bind::<Id, _>(member.organization_id)
            .bind::<Text, _>(member.role),
    );
}
