//! A statement whose prepared form is cached by its text.
//!
//! diesel prepares `sql_query`, UPDATE, `ON CONFLICT DO UPDATE` and inserts with defaultable columns anew
//! each time they run, which halves a writer's speed. Every write of `storage/` is therefore a [`Stmt`]:
//! text with a `?` for each bound value (PostgreSQL gets `$1`, `$2`, ...), a text literal never holding one.

use std::marker::PhantomData;

use diesel::{
    RunQueryDsl,
    backend::Backend,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    result::QueryResult,
    serialize::ToSql,
    sql_types::HasSqlType,
};

/// Begins a statement; each `?` in the text needs a [`Stmt::bind`], in order.
pub(super) fn stmt(sql: &'static str) -> Stmt<()> {
    Stmt {
        sql,
        binds: (),
        row: PhantomData,
    }
}

/// A statement with its bound values; `Row` is the SQL type of what it returns, `()` for nothing.
#[derive(Debug, Clone)]
pub(super) struct Stmt<Binds, Row = ()> {
    sql: &'static str,
    binds: Binds,
    row: PhantomData<Row>,
}

/// One bound value with its SQL type.
#[derive(Debug, Clone)]
pub(super) struct Bound<Type, Value>(Value, PhantomData<Type>);

impl<Binds, Row> Stmt<Binds, Row> {
    /// Binds the next `?`.
    pub(in crate::storage) fn bind<Type, Value>(
        self,
        value: Value,
    ) -> Stmt<(Binds, Bound<Type, Value>), Row> {
        Stmt {
            sql: self.sql,
            binds: (self.binds, Bound(value, PhantomData)),
            row: PhantomData,
        }
    }

    /// Says the SQL types of the rows that the statement returns.
    pub(in crate::storage) fn returning<Types>(self) -> Stmt<Binds, Types> {
        Stmt {
            sql: self.sql,
            binds: self.binds,
            row: PhantomData,
        }
    }
}

/// The values bound so far, as a nested pair.
pub(super) trait Binds<DB: Backend> {
    /// Writes the text before each value, and the value.
    fn walk<'b>(
        &'b self,
        text: &mut std::str::Split<'static, char>,
        out: AstPass<'_, 'b, DB>,
    ) -> QueryResult<()>;
}

impl<DB: Backend> Binds<DB> for () {
    fn walk<'b>(
        &'b self,
        _: &mut std::str::Split<'static, char>,
        _: AstPass<'_, 'b, DB>,
    ) -> QueryResult<()> {
        Ok(())
    }
}

impl<DB, Before, Type, Value> Binds<DB> for (Before, Bound<Type, Value>)
where
    DB: Backend + HasSqlType<Type>,
    Before: Binds<DB>,
    Value: ToSql<Type, DB>,
{
    fn walk<'b>(
        &'b self,
        text: &mut std::str::Split<'static, char>,
        mut out: AstPass<'_, 'b, DB>,
    ) -> QueryResult<()> {
        self.0.walk(text, out.reborrow())?;
        out.push_sql(text.next().unwrap_or_default());
        out.push_bind_param::<Type, Value>(&self.1.0)
    }
}

impl<DB, B, Row> QueryFragment<DB> for Stmt<B, Row>
where
    DB: Backend,
    B: Binds<DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        let mut text = self.sql.split('?');
        self.binds.walk(&mut text, out.reborrow())?;
        for rest in text {
            out.push_sql(rest);
        }
        Ok(())
    }
}

impl<B, Row> QueryId for Stmt<B, Row> {
    type QueryId = ();
    // Cached by its text.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<B, Row> Query for Stmt<B, Row> {
    type SqlType = Row;
}

impl<B, Row, Conn> RunQueryDsl<Conn> for Stmt<B, Row> {}
impl<B, Row, Conn> RunQueryDsl<Conn> for &Stmt<B, Row> {}

#[cfg(test)]
mod tests {
    use diesel::{
        debug_query,
        pg::Pg,
        sql_types::{Integer, Text},
        sqlite::Sqlite,
    };

    use super::*;

    #[test]
    fn each_backend_gets_its_own_placeholders() {
        let statement = stmt("UPDATE t SET a = ?, b = ? WHERE c")
            .bind::<Text, _>("x")
            .bind::<Integer, _>(1);
        assert_eq!(
            debug_query::<Pg, _>(&statement)
                .to_string()
                .split(" -- ")
                .next(),
            Some("UPDATE t SET a = $1, b = $2 WHERE c")
        );
        assert_eq!(
            debug_query::<Sqlite, _>(&statement)
                .to_string()
                .split(" -- ")
                .next(),
            Some("UPDATE t SET a = ?, b = ? WHERE c")
        );
    }
}
