//! PostgreSQL away, back, and its connections cut under load: nothing answered 200 is lost, nothing is there twice.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use actix_web::rt::time::timeout;
use actix_web::web::block;
use futures_util::future::join;
use futures_util::{StreamExt, stream};

use crate::support::{DATABASE_URL, DEADLINE, DEMO, Server, TestApp};

/// Posts that are under way at once.
const AT_ONCE: usize = 16;
/// Frames of each stream. All of them may be one batch once the server is back, which the client takes up to 64 KiB.
const FRAMES: usize = 240;

const TEST_DATABASE: &str = "postgres";

async fn start(server: &Server) -> TestApp {
    let url = server.url(TEST_DATABASE);
    TestApp::start_with(&[(DATABASE_URL, &url)]).await
}

/// Posts frames, each until it is answered 200, as a sender that repeats does; how often it was refused.
async fn post_all(app: &TestApp) -> usize {
    let posts = (0..FRAMES).map(async |_| {
        let frame = app.frame(DEMO.fridge, 3.5);
        let mut refused = 0;
        loop {
            let answer = app.post(&DEMO, &frame).await;
            if answer.status == 200 {
                return refused;
            }
            assert_eq!(answer.status, 503, "{}", answer.text);
            assert!(answer.header("retry-after").is_some());
            refused += 1;
        }
    });
    let mut posts = stream::iter(posts).buffer_unordered(AT_ONCE);
    let mut refused = 0;
    while let Some(refusals) = timeout(4 * DEADLINE, posts.next()).await.unwrap() {
        refused += refusals;
    }
    refused
}

/// Every frame is one row, and one item of the log, whose numbers have no hole.
fn assert_whole(server: &Server) {
    let count = |query: &str| server.rows(TEST_DATABASE, query);
    assert_eq!(
        count("SELECT count(*) || ' ' || count(DISTINCT frame_key) FROM readings"),
        [format!("{FRAMES} {FRAMES}")]
    );
    let logged = "SELECT count(*) || ' ' || count(DISTINCT item -> 'reading' -> 'reading' ->> 'id') \
         FROM log, json_array_elements(body::json) AS item WHERE item -> 'reading' IS NOT NULL";
    assert_eq!(count(logged), [format!("{FRAMES} {FRAMES}")]);
    let holes = "SELECT count(*) FROM log_heads AS head WHERE seq <> (SELECT count(*) FROM log \
         WHERE log.organization_id = head.organization_id AND log.seq BETWEEN 1 AND head.seq)";
    assert_eq!(count(holes), ["0"]);
    assert_eq!(
        count("SELECT sum(count)::bigint FROM rollups"),
        [FRAMES.to_string()]
    );
}

#[actix_web::test]
async fn a_server_that_was_away_loses_and_doubles_nothing() {
    let server = Arc::new(Server::own());
    let app = start(&server).await;
    let mut client = app.client(&DEMO).await;
    let away = async {
        for _ in 0..2 {
            let stopping = Arc::clone(&server);
            block(move || stopping.stop()).await.unwrap();
            let health = app.http.get("/health").send().await.expect(503);
            assert_eq!(
                (&health["status"], &health["checks"]["database"]),
                (&"down".into(), &"down".into())
            );
            app.http.get("/health/ready").send().await.expect(503);
            app.http.get("/health/live").send().await.expect(200);
            let starting = Arc::clone(&server);
            block(move || starting.start()).await.unwrap();
        }
    };
    let (refused, ()) = join(post_all(&app), away).await;
    assert!(refused > 0, "nothing was posted while it was away");
    assert_whole(&server);
    let health = app.http.get("/health").send().await.expect(200);
    assert_eq!(health["status"], "ok");
    // Who was connected still is, and goes on where the log goes on.
    let mut seen = BTreeSet::new();
    while seen.len() < FRAMES {
        let batch = client.expect("sensor:readings:batch").await;
        for reading in batch["readings"].as_array().into_iter().flatten() {
            assert!(
                seen.insert(reading["id"].as_str().unwrap().to_owned()),
                "{reading}"
            );
        }
        app.advance(Duration::from_millis(1));
    }
    app.stop().await;
}

#[actix_web::test]
async fn connections_cut_in_the_middle_of_a_stream_lose_and_double_nothing() {
    let server = Arc::new(Server::own());
    let app = start(&server).await;
    let cuts = async {
        for _ in 0..12 {
            let cutting = Arc::clone(&server);
            let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                 WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()";
            block(move || cutting.sql(TEST_DATABASE, cut))
                .await
                .unwrap();
        }
    };
    join(post_all(&app), cuts).await;
    assert_whole(&server);
    app.stop().await;
}
