//! What lets a socket come back, on this node or another: the keys that sign its pid, the rooms that a fresh
//! socket has not, and which do not come back.

use diesel::{
    ExpressionMethods, QueryDsl,
    sql_types::{BigInt, Nullable, Text},
};
use uuid::Uuid;

use crate::domain::Timestamp;

use super::{
    StoreError,
    conn::Conn,
    retention::BATCH,
    schema::{recovery_ended, recovery_keys, recovery_rooms},
    statements::Statements,
    stmt::stmt,
    types::{AnyId, Id, Moment},
};

/// Keys that are looked at; a day makes one, or one per node that finds none at once.
const MOST_KEYS: i64 = 64;

/// Changed rooms of one socket that are looked at; a socket has a thousand at most.
const MOST_ROOMS: i64 = 10_000;

/// A key; its secret is not to be logged.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningKey {
    /// Named in what it signs.
    pub id: Uuid,
    /// What signs.
    pub secret: String,
    /// By the clock without offset.
    pub made_at: Timestamp,
}

/// How the rooms of a socket differ from a fresh one's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedRoom {
    /// Its name.
    pub room: String,
    /// The offset at which it was joined; none: it was left.
    pub joined_at: Option<String>,
}

/// The keys, the newest first.
///
/// # Errors
/// [`StoreError`] if the database cannot answer.
pub async fn keys(conn: &mut Conn) -> Result<Vec<SigningKey>, StoreError> {
    let query = recovery_keys::table
        .order((recovery_keys::made_at.desc(), recovery_keys::id.desc()))
        .limit(MOST_KEYS)
        .select((
            recovery_keys::id,
            recovery_keys::secret,
            recovery_keys::made_at,
        ));
    let rows: Vec<(AnyId, String, Timestamp)> = conn.all(query).await?;
    let key = |(id, secret, made_at): (AnyId, String, Timestamp)| SigningKey {
        id: id.0,
        secret,
        made_at,
    };
    Ok(rows.into_iter().map(key).collect())
}

/// Adds a key, and removes those made before `oldest`.
#[must_use]
pub fn rotate_keys(new: SigningKey, oldest: Timestamp) -> Statements {
    Statements::new()
        .and(
            stmt("INSERT INTO recovery_keys (id, secret, made_at) VALUES (?, ?, ?)")
                .bind::<Id, _>(AnyId(new.id))
                .bind::<Text, _>(new.secret)
                .bind::<Moment, _>(new.made_at),
        )
        .and(stmt("DELETE FROM recovery_keys WHERE made_at < ?").bind::<Moment, _>(oldest))
}

/// The changed rooms of a socket; none if it does not come back.
///
/// # Errors
/// [`StoreError`] if the database cannot answer.
pub async fn rooms(conn: &mut Conn, sid: &str) -> Result<Option<Vec<ChangedRoom>>, StoreError> {
    let ended = recovery_ended::table
        .filter(recovery_ended::sid.eq(sid.to_owned()))
        .select(recovery_ended::ended_at);
    if conn.first::<Timestamp>(ended).await?.is_some() {
        return Ok(None);
    }
    let query = recovery_rooms::table
        .filter(recovery_rooms::sid.eq(sid.to_owned()))
        .order(recovery_rooms::room)
        .limit(MOST_ROOMS)
        .select((recovery_rooms::room, recovery_rooms::joined_at));
    let rows: Vec<(String, Option<String>)> = conn.all(query).await?;
    let changed = |(room, joined_at)| ChangedRoom { room, joined_at };
    Ok(Some(rows.into_iter().map(changed).collect()))
}

/// A socket joined a room, or left it.
#[must_use]
pub fn change_room(sid: &str, changed: ChangedRoom, now: Timestamp) -> Statements {
    let upsert = "INSERT INTO recovery_rooms (sid, room, joined_at, changed_at) VALUES (?, ?, ?, ?) \
                  ON CONFLICT (sid, room) DO UPDATE SET joined_at = excluded.joined_at, \
                  changed_at = excluded.changed_at";
    Statements::new().and(
        stmt(upsert)
            .bind::<Text, _>(sid.to_owned())
            .bind::<Text, _>(changed.room)
            .bind::<Nullable<Text>, _>(changed.joined_at)
            .bind::<Moment, _>(now),
    )
}

/// These sockets do not come back.
#[must_use]
pub fn end(sids: &[String], now: Timestamp) -> Statements {
    let mut statements = Statements::new();
    for sid in sids {
        statements
            .push(stmt("DELETE FROM recovery_rooms WHERE sid = ?").bind::<Text, _>(sid.clone()));
        statements.push(
            stmt("INSERT INTO recovery_ended (sid, ended_at) VALUES (?, ?) ON CONFLICT DO NOTHING")
                .bind::<Text, _>(sid.clone())
                .bind::<Moment, _>(now),
        );
    }
    statements
}

/// Rooms changed before this moment, of sockets that a crash left behind.
#[must_use]
pub fn rooms_before(moment: Timestamp) -> Statements {
    let oldest = "DELETE FROM recovery_rooms WHERE (sid, room) IN \
                  (SELECT sid, room FROM recovery_rooms WHERE changed_at < ? LIMIT ?)";
    Statements::new().and(
        stmt(oldest)
            .bind::<Moment, _>(moment)
            .bind::<BigInt, _>(BATCH),
    )
}

/// Sockets that ended before this moment: no pid of theirs is good any more.
#[must_use]
pub fn ended_before(moment: Timestamp) -> Statements {
    let oldest = "DELETE FROM recovery_ended WHERE sid IN \
                  (SELECT sid FROM recovery_ended WHERE ended_at < ? LIMIT ?)";
    Statements::new().and(
        stmt(oldest)
            .bind::<Moment, _>(moment)
            .bind::<BigInt, _>(BATCH),
    )
}
