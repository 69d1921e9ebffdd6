//! Long histories: a table of any length leaves in constant memory, and a year answers at once.

use std::path::Path;
use std::time::{Duration, Instant};

use actix_web::web::block;
use diesel::{Connection, RunQueryDsl, SqliteConnection, sql_query};
use serde_json::Value;

use crate::support::{DEMO, Http, ServerProcess};

/// Resident memory that a table may cost, whatever its length, bytes: a million rows are 90 MB of text.
const MEMORY: u64 = 16 << 20;

/// Adds a reading a minute to the demo's first fridge, the oldest so many minutes before 2026, with its quarters.
async fn measure(data: &Path, unit: &str, minutes: u32) {
    let path = data.join("freshtrack.db");
    let unit = unit.replace('-', "");
    // Elsewhere, so that this thread's connections live on.
    block(move || insert(&path, &unit, minutes)).await.unwrap();
}

fn insert(path: &Path, unit: &str, minutes: u32) {
    let mut database = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    let subject = format!(
        "(SELECT id, organization_id, primary_device_id FROM units WHERE id = x'{unit}') AS unit"
    );
    let readings = format!(
        "WITH RECURSIVE minutes (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM minutes WHERE n < {minutes}) \
         INSERT INTO readings (unit_id, measured_at, frame_key, id, organization_id, device_id, temperature, late, fault, \
         simulated, received_at) SELECT unit.id, 1767225600000 - n * 60000, randomblob(16), randomblob(16), \
         unit.organization_id, unit.primary_device_id, 4 + n % 3, 0, 0, 0, 1767225600000 FROM minutes, {subject}"
    );
    let quarters = "INSERT INTO rollups (unit_id, starts_at, organization_id, minimum, maximum, total, count) \
         SELECT unit_id, measured_at - measured_at % 900000, organization_id, min(temperature), max(temperature), \
         sum(temperature), count(temperature) FROM readings WHERE measured_at < 1767225600000 GROUP BY 1, 2, 3";
    for statement in ["PRAGMA busy_timeout = 10000", &readings, quarters] {
        sql_query(statement).execute(&mut database).unwrap();
    }
}

async fn resident(http: &Http) -> u64 {
    let health = http.get("/health").send().await.expect(200);
    health["memory"]["residentBytes"].as_u64().unwrap()
}

async fn fridge(http: &Http, token: &str) -> String {
    let units = http
        .get("/api/v1/units")
        .bearer(token)
        .send()
        .await
        .expect(200);
    units["items"][0]["id"].as_str().unwrap().to_owned()
}

/// How much the server grows while a table of so many rows leaves.
async fn growth(rows: u32) -> u64 {
    let data = tempfile::tempdir().unwrap();
    let server = ServerProcess::start(data.path());
    let token = server.http.login(DEMO.email, DEMO.password).await;
    let unit = fridge(&server.http, &token).await;
    measure(data.path(), &unit, rows).await;
    let path = format!("/api/v1/units/{unit}/readings.csv?from=2000-01-01T00:00:00Z");
    // The first time fills the database's caches, which have bounds of their own.
    server.http.drain(&path, &token, async || {}).await;
    let before = resident(&server.http).await;
    let (mut most, mut pieces) = (before, 0_u32);
    let length = server
        .http
        .drain(&path, &token, async || {
            pieces += 1;
            if pieces.is_multiple_of(50) {
                most = most.max(resident(&server.http).await);
            }
        })
        .await;
    most = most.max(resident(&server.http).await);
    assert!(length > 60 * usize::try_from(rows).unwrap(), "{length}");
    most.saturating_sub(before)
}

#[actix_web::test]
async fn a_table_of_a_month_leaves_in_constant_memory() {
    let grown = growth(43_200).await;
    assert!(grown < MEMORY, "{grown}");
}

#[actix_web::test]
#[ignore = "a million rows: half a minute and 200 MB of disk"]
async fn a_table_of_a_million_rows_leaves_in_constant_memory() {
    let grown = growth(1_000_000).await;
    assert!(grown < MEMORY, "{grown}");
}

#[actix_web::test]
#[ignore = "a year of minutes: 100 MB of disk, and times that a busy machine does not keep"]
#[expect(clippy::disallowed_methods, reason = "a stopwatch of the real server")]
async fn a_year_of_minutes_answers_within_a_second() {
    let data = tempfile::tempdir().unwrap();
    let server = ServerProcess::start(data.path());
    let token = server.http.login(DEMO.email, DEMO.password).await;
    let unit = fridge(&server.http, &token).await;
    measure(data.path(), &unit, 525_600).await;
    for (resolution, points) in [
        ("1d", 366),
        ("1h", 1000),
        ("15m", 1000),
        ("1m", 1000),
        ("raw", 1000),
    ] {
        let path = format!(
            "/api/v1/units/{unit}/readings?from=2025-01-01T00:00:00Z&to=2026-01-01T00:00:00Z&limit=1000&resolution={resolution}"
        );
        let began = Instant::now();
        let page: Value = server
            .http
            .get(&path)
            .bearer(&token)
            .send()
            .await
            .expect(200);
        let took = began.elapsed();
        println!("{resolution}: {took:?}");
        assert_eq!(
            page["items"].as_array().map(Vec::len),
            Some(points),
            "{resolution}"
        );
        assert!(took < Duration::from_secs(1), "{resolution}: {took:?}");
    }
}
