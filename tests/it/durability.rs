//! What was answered 200 is there after the process was killed or stopped, and nothing is there twice.

use std::collections::BTreeSet;
use std::path::Path;

use diesel::sql_types::BigInt;
use diesel::{Connection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query};
use freshtrack::clock::Clock;
use freshtrack::domain::Timestamp;
use futures_util::{StreamExt, stream};
use serde_json::json;

use crate::support::{
    Client, DEMO, Http, ServerProcess, Transport, Uplink, database_url, postgres_rows,
};

on_postgres_too!(
    what_was_answered_survives_a_kill_at_any_point,
    a_stop_loses_nothing_and_tells_balancers_and_clients,
);

/// Posts that are under way at once, so that a kill finds some in every state.
const AT_ONCE: usize = 16;
/// Frames that one life of the server is offered.
const OFFERED: u32 = 4000;
/// Answers after which a life ends.
const LIVES: [usize; 4] = [1, 40, 300, 900];

#[actix_web::test]
async fn what_was_answered_survives_a_kill_at_any_point() {
    let folder = tempfile::tempdir().unwrap();
    let frames = Frames {
        start: Clock::system().now().plus_seconds(-3600),
    };
    let mut answered = BTreeSet::new();
    let mut first = 1;
    for kill_after in LIVES {
        let server = ServerProcess::start(folder.path());
        answered.extend(frames.post_until_killed(server, first, kill_after).await);
        first += OFFERED;
    }
    assert!(answered.len() >= LIVES.iter().sum::<usize>());

    let server = ServerProcess::start(folder.path());
    let stored = stored_times(&server.http).await;
    let distinct: BTreeSet<_> = stored.iter().cloned().collect();
    assert_eq!(distinct.len(), stored.len(), "a frame is stored twice");
    let lost: Vec<_> = answered.difference(&distinct).collect();
    assert!(lost.is_empty(), "answered and lost: {lost:?}");
    server.kill();
    assert_log_matches_rows(folder.path(), stored.len());
}

#[actix_web::test]
async fn a_stop_loses_nothing_and_tells_balancers_and_clients() {
    let folder = tempfile::tempdir().unwrap();
    let frames = Frames {
        start: Clock::system().now().plus_seconds(-3600),
    };
    let server = ServerProcess::start(folder.path());
    let http = server.http.clone();
    let token = http.login(DEMO.email, DEMO.password).await;
    let auth = json!({ "token": token });
    let mut client = Client::connect(&http, Transport::WebSocket, &auth)
        .await
        .unwrap_or_else(|refused| panic!("{refused:?}"));
    let mut answered: BTreeSet<_> = frames.post(http.clone(), 1).await.into_iter().collect();

    server.ask_to_stop();
    client.expect("server:draining").await;
    let ready = http.get("/health/ready").send().await;
    assert_eq!(ready.expect(503)["status"], "draining");
    let mut next = 2;
    while let Some(time) = frames.post(http.clone(), next).await {
        answered.insert(time);
        next += 1;
    }
    client.expect_end().await;
    assert_eq!(server.exit_code().await, Some(0));
    assert!(answered.len() > 1, "nothing was taken while it drained");

    let server = ServerProcess::start(folder.path());
    let stored: BTreeSet<_> = stored_times(&server.http).await.into_iter().collect();
    assert_eq!(stored, answered);
    server.kill();
    assert_log_matches_rows(folder.path(), stored.len());
}

/// Frames that are told apart by when the network received them: number n is n tenths of a second after `start`.
#[derive(Clone, Copy)]
struct Frames {
    start: Timestamp,
}

impl Frames {
    /// Offers frames from `first` on and kills the server after `kill_after` answers; gives the times of those answered.
    async fn post_until_killed(
        self,
        server: ServerProcess,
        first: u32,
        kill_after: usize,
    ) -> Vec<String> {
        let http = server.http.clone();
        let mut posts = stream::iter(first..first + OFFERED)
            .map(|frame| self.post(http.clone(), frame))
            .buffer_unordered(AT_ONCE);
        let mut answered = Vec::new();
        while answered.len() < kill_after {
            match posts.next().await {
                Some(Some(time)) => answered.push(time),
                other => panic!("a frame was not taken: {other:?}"),
            }
        }
        server.kill();
        // An answer that was on its way counts as well: the sender has it.
        let late: Vec<_> = posts.take(AT_ONCE).collect().await;
        answered.extend(late.into_iter().flatten());
        answered
    }

    /// The frame's time, if the server answered that it is stored.
    async fn post(self, http: Http, frame: u32) -> Option<String> {
        let at = self.start.plus_millis(i64::from(frame) * 100);
        let uplink = Uplink {
            dev_eui: DEMO.fridge.dev_eui.to_owned(),
            f_cnt: frame,
            celsius: 3.5,
            received_at: Some(at),
        };
        let call = http
            .post("/webhooks/ttn/up")
            .header("x-webhook-secret", DEMO.webhook_secret)
            .json(&uplink.body());
        let answer = call.try_send().await.ok()?;
        (answer.status == 200).then(|| at.to_string())
    }
}

/// The times of every stored reading of the unit, page by page.
async fn stored_times(http: &Http) -> Vec<String> {
    let token = http.login(DEMO.email, DEMO.password).await;
    let get = async |path: &str| http.get(path).bearer(&token).send().await.expect(200);
    let units = get("/api/v1/units").await;
    let unit = units["items"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|unit| unit["name"] == DEMO.fridge.name)
        .unwrap();
    let path = format!(
        "/api/v1/units/{}/readings?resolution=raw&limit=1000",
        unit["id"].as_str().unwrap()
    );
    let mut times = Vec::new();
    let mut page = get(&path).await;
    loop {
        let items = page["items"].as_array().into_iter().flatten();
        times.extend(items.map(|item| item["timestamp"].as_str().unwrap().to_owned()));
        match page["nextCursor"].as_str() {
            Some(cursor) => page = get(&format!("{path}&cursor={cursor}")).await,
            None => return times,
        }
    }
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// Every organization's log runs from 1 to its head, and holds each stored reading once.
fn assert_log_matches_rows(data: &Path, stored: usize) {
    const HOLED: &str = "SELECT count(*) AS n FROM (SELECT head.seq FROM log_heads AS head \
         LEFT JOIN log USING (organization_id) GROUP BY head.organization_id, head.seq \
         HAVING count(log.seq) <> head.seq OR coalesce(max(log.seq), 0) <> head.seq) AS holed";
    let (ids, logged) = if database_url().is_some() {
        (
            "id::text",
            "SELECT item -> 'reading' -> 'reading' ->> 'id' AS id FROM log, json_array_elements(body::json) AS item \
             WHERE item -> 'reading' IS NOT NULL",
        )
    } else {
        (
            "hex(id)",
            "SELECT upper(replace(json_extract(item.value, '$.reading.reading.id'), '-', '')) AS id \
             FROM log, json_each(log.body) AS item WHERE json_extract(item.value, '$.reading') IS NOT NULL",
        )
    };
    let unlogged = format!(
        "SELECT count(*) AS n FROM (SELECT {ids} FROM readings EXCEPT {logged}) AS unlogged"
    );
    let logged = format!("SELECT count(*) AS n FROM ({logged}) AS logged");
    assert_eq!(count(data, HOLED), 0, "logs with holes");
    assert_eq!(count(data, &unlogged), 0, "readings that no entry names");
    assert_eq!(count(data, &logged), stored);
}

/// What a query counts, in this test's database.
fn count(data: &Path, query: &str) -> usize {
    if let Some(rows) = postgres_rows(query) {
        return rows[0].parse().unwrap();
    }
    let path = data.join("freshtrack.db");
    let mut database = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    let found: Count = sql_query(query).get_result(&mut database).unwrap();
    usize::try_from(found.n).unwrap()
}
