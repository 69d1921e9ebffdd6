//! How the domain's values stand in the database: ids as UUID / 16 bytes, moments as timestamptz /
//! milliseconds, enums as their text. Keeps diesel out of the domain.

use std::io::Write;

use diesel::{
    backend::Backend,
    deserialize::{self, FromSql, FromSqlRow},
    expression::AsExpression,
    pg::{Pg, PgValue},
    query_builder::QueryId,
    serialize::{self, IsNull, Output, ToSql},
    sql_types::{SqlType, Text},
    sqlite::{Sqlite, SqliteValue},
};
use uuid::Uuid;

use crate::domain::{
    AlertId, AlertKind, AlertStatus, AlertTransition, AreaId, DeviceId, DeviceRole, Direction,
    DoorPolarity, GatewayId, OrganizationId, Probe, ReadingId, Role, RuleId, RuleScope, SiteId,
    TemperatureUnit, Timestamp, UnitId, UnitKind, UnitStatus, UserId,
};

use super::quarantine::Reason;

/// A UUID: `uuid` in PostgreSQL, a BLOB of 16 bytes in SQLite.
#[derive(Debug, Clone, Copy, SqlType, QueryId)]
#[diesel(
    postgres_type(oid = 2950, array_oid = 2951),
    sqlite_type(name = "Binary")
)]
pub struct Id;

/// A moment: `timestamptz` in PostgreSQL, milliseconds since the Unix epoch in SQLite.
#[derive(Debug, Clone, Copy, SqlType, QueryId)]
#[diesel(
    postgres_type(oid = 1184, array_oid = 1185),
    sqlite_type(name = "Long")
)]
pub struct Moment;

/// Milliseconds from the Unix epoch to 2000-01-01, from which PostgreSQL counts microseconds.
const POSTGRES_EPOCH_MILLIS: i64 = 946_684_800_000;

#[derive(AsExpression, FromSqlRow)]
#[diesel(foreign_derive, sql_type = Moment)]
#[expect(dead_code, reason = "carries the derive for a type of another room")]
struct TimestampProxy(Timestamp);

impl ToSql<Moment, Sqlite> for Timestamp {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.as_millis());
        Ok(IsNull::No)
    }
}

impl FromSql<Moment, Sqlite> for Timestamp {
    fn from_sql(mut value: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
        Ok(Self::from_millis(value.read_long()))
    }
}

impl ToSql<Moment, Pg> for Timestamp {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        let micros = (self.as_millis() - POSTGRES_EPOCH_MILLIS).saturating_mul(1000);
        out.write_all(&micros.to_be_bytes())?;
        Ok(IsNull::No)
    }
}

impl FromSql<Moment, Pg> for Timestamp {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        let micros = i64::from_be_bytes(value.as_bytes().try_into()?);
        Ok(Self::from_millis(
            micros
                .div_euclid(1000)
                .saturating_add(POSTGRES_EPOCH_MILLIS),
        ))
    }
}

macro_rules! id_columns {
    ($($id:ident),+) => {$(
        const _: () = {
            #[derive(AsExpression, FromSqlRow)]
            #[diesel(foreign_derive, sql_type = Id)]
            #[expect(dead_code, reason = "carries the derive for a type of another room")]
            struct Proxy($id);

            impl ToSql<Id, Sqlite> for $id {
                fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
                    out.set_value(&self.0.as_bytes()[..]);
                    Ok(IsNull::No)
                }
            }

            impl FromSql<Id, Sqlite> for $id {
                fn from_sql(mut value: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
                    Ok(Self::from(Uuid::from_slice(value.read_blob())?))
                }
            }

            impl ToSql<Id, Pg> for $id {
                fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
                    out.write_all(self.0.as_bytes())?;
                    Ok(IsNull::No)
                }
            }

            impl FromSql<Id, Pg> for $id {
                fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
                    Ok(Self::from(Uuid::from_slice(value.as_bytes())?))
                }
            }
        };
    )+};
}

/// An id whose kind another column tells, such as a rule's scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct AnyId(pub Uuid);

impl From<Uuid> for AnyId {
    fn from(uuid: Uuid) -> Self {
        Self(uuid)
    }
}

id_columns!(
    AnyId,
    OrganizationId,
    UserId,
    SiteId,
    AreaId,
    UnitId,
    DeviceId,
    GatewayId,
    ReadingId,
    AlertId,
    RuleId
);

macro_rules! text_columns {
    ($($name:ident),+) => {$(
        const _: () = {
            #[derive(AsExpression, FromSqlRow)]
            #[diesel(foreign_derive, sql_type = Text)]
            #[expect(dead_code, reason = "carries the derive for a type of another room")]
            struct Proxy($name);

            impl<DB: Backend> ToSql<Text, DB> for $name
            where
                str: ToSql<Text, DB>,
            {
                fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                    self.as_str().to_sql(out)
                }
            }

            impl<DB: Backend> FromSql<Text, DB> for $name
            where
                String: FromSql<Text, DB>,
            {
                fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
                    Ok(String::from_sql(value)?.parse()?)
                }
            }
        };
    )+};
}

text_columns!(
    AlertKind,
    AlertStatus,
    AlertTransition,
    DeviceRole,
    Direction,
    DoorPolarity,
    Probe,
    Reason,
    Role,
    RuleScope,
    TemperatureUnit,
    UnitKind,
    UnitStatus
);

/// The columns of a row type, the same for both backends.
pub(super) fn columns<Row: diesel::Selectable<Pg>>() -> Row::SelectExpression {
    Row::construct_selection()
}
