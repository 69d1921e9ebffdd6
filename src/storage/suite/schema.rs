//! The schemas of the two backends: the same tables, columns, keys and references, up and down.

use std::collections::BTreeSet;

use super::*;
use crate::storage::{migrate, migrate_down};

on_both_backends!(every_migration_goes_back_and_forth);

#[derive(diesel::QueryableByName)]
struct Line {
    #[diesel(sql_type = diesel::sql_types::Text)]
    line: String,
}

/// `table.column type null|not null`, `unique table (columns)`, `table (columns) -> table (columns)`.
const SQLITE: &str = r"
WITH tables AS (SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '\_\_%' ESCAPE '\')
SELECT t.name || '.' || c.name || ' ' || lower(c.type) || iif(c.[notnull] OR c.pk, ' not null', ' null') AS line
    FROM tables AS t, pragma_table_info(t.name) AS c
UNION ALL
SELECT 'unique ' || t.name || ' (' || (SELECT group_concat(name, ', ') FROM (SELECT name FROM pragma_index_info(i.name) ORDER BY seqno)) || ')'
        || iif(i.partial, ' where', '')
    FROM tables AS t, pragma_index_list(t.name) AS i WHERE i.[unique]
UNION ALL
SELECT DISTINCT t.name || ' (' || (SELECT group_concat([from], ', ') FROM (SELECT [from] FROM pragma_foreign_key_list(t.name) WHERE id = f.id ORDER BY seq))
        || ') -> ' || f.[table] || ' (' || (SELECT group_concat([to], ', ') FROM (SELECT [to] FROM pragma_foreign_key_list(t.name) WHERE id = f.id ORDER BY seq)) || ')'
    FROM tables AS t, pragma_foreign_key_list(t.name) AS f
";

const POSTGRES: &str = r"
WITH tables AS (
    SELECT oid, relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition AND relname NOT LIKE '\_\_%')
SELECT t.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
        || CASE WHEN a.attnotnull THEN ' not null' ELSE ' null' END AS line
    FROM tables AS t JOIN pg_attribute AS a ON a.attrelid = t.oid WHERE a.attnum > 0 AND NOT a.attisdropped
UNION ALL
SELECT 'unique ' || t.relname || ' (' || (SELECT string_agg(pg_get_indexdef(i.indexrelid, n, true), ', ' ORDER BY n)
        FROM generate_series(1, i.indnkeyatts) AS n) || ')' || CASE WHEN i.indpred IS NULL THEN '' ELSE ' where' END
    FROM tables AS t JOIN pg_index AS i ON i.indrelid = t.oid WHERE i.indisunique
UNION ALL
SELECT t.relname || ' (' || (SELECT string_agg(a.attname, ', ' ORDER BY n) FROM unnest(c.conkey) WITH ORDINALITY AS k (num, n)
        JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = k.num)
        || ') -> ' || c.confrelid::regclass || ' (' || (SELECT string_agg(a.attname, ', ' ORDER BY n)
        FROM unnest(c.confkey) WITH ORDINALITY AS k (num, n)
        JOIN pg_attribute AS a ON a.attrelid = c.confrelid AND a.attnum = k.num) || ')'
    FROM tables AS t JOIN pg_constraint AS c ON c.conrelid = t.oid WHERE c.contype = 'f'
";

/// A type as both backends would call it: what SQLite keeps as an integer is a number, a boolean or a moment in PostgreSQL.
fn as_both_call_it(line: &str) -> String {
    let types = [
        ("timestamp with time zone", "integer"),
        ("double precision", "real"),
        ("bigint", "integer"),
        ("boolean", "integer"),
        ("uuid", "blob"),
        ("bytea", "blob"),
    ];
    let known = types
        .iter()
        .find(|(postgres, _)| line.contains(&format!(" {postgres} ")));
    match known {
        Some((postgres, sqlite)) => line.replacen(postgres, sqlite, 1),
        None => line.to_owned(),
    }
}

async fn lines(store: &Store) -> BTreeSet<String> {
    let query = match store.backend {
        Backend::Sqlite(_) => SQLITE,
        Backend::Postgres(_) => POSTGRES,
    };
    let mut conn = store.read().await;
    let lines: Vec<Line> = conn.all(diesel::sql_query(query)).await.expect("read");
    lines
        .into_iter()
        .map(|Line { line }| as_both_call_it(&line))
        .collect()
}

#[actix::test]
async fn both_backends_have_the_same_tables() {
    let sqlite = lines(&Store::open(Backend::sqlite()).await).await;
    let postgres = lines(&Store::open(Backend::postgres()).await).await;
    let difference: Vec<_> = sqlite.symmetric_difference(&postgres).collect();
    assert_eq!(difference, Vec::<&String>::new());
    assert!(sqlite.len() > 200, "{} lines", sqlite.len());
}

async fn every_migration_goes_back_and_forth(store: Store) {
    store.measure(8.0).await;
    let before = lines(&store).await;
    store.database.close().await;
    let location = store.backend.location();
    let again = super::super::blocking(move || {
        let newest = migrate_down(&location)?;
        assert_eq!(migrate(&location)?, [newest]);
        let mut undone = Vec::new();
        while let Ok(name) = migrate_down(&location) {
            undone.push(name);
        }
        undone.reverse();
        assert_eq!(migrate(&location)?, undone);
        Ok(undone.len())
    });
    assert!(again.await.expect("migrated") >= 2);
    let empty = Store {
        database: open(&store.backend, &store.time, &store.told).await,
        ..store
    };
    assert_eq!(lines(&empty).await, before);
    assert_eq!(empty.count("readings").await, 0);
}
