//! Sensors that are played: by `simulate` against a server, and by `serve --demo` against itself.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

use crate::support::{Client, DEMO, Http, ServerProcess, Transport};

/// The four numbers of the summary.
#[derive(Debug, PartialEq, Eq)]
struct Summary {
    accepted: u64,
    stored: u64,
    duplicate: u64,
    errors: u64,
}

fn simulate(http: &Http, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_freshtrack"));
    command
        .args(["simulate", "--url", &http.url("")])
        .args(arguments);
    command
}

/// The last line of a play that ended in order: `accepted 9 stored 9 duplicate 0 errors 0`.
#[track_caller]
fn summary(output: &Output) -> Summary {
    let told = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let words: Vec<&str> = told.lines().last().unwrap_or_default().split(' ').collect();
    let [
        "accepted",
        accepted,
        "stored",
        stored,
        "duplicate",
        duplicate,
        "errors",
        errors,
    ] = words[..]
    else {
        panic!("{told}");
    };
    let [accepted, stored, duplicate, errors] =
        [accepted, stored, duplicate, errors].map(|number| number.parse().unwrap());
    Summary {
        accepted,
        stored,
        duplicate,
        errors,
    }
}

async fn get(http: &Http, path: &str) -> Value {
    let token = http.login(DEMO.email, DEMO.password).await;
    http.get(path).bearer(&token).send().await.expect(200)
}

/// Readings of all units together.
async fn readings(http: &Http) -> u64 {
    let units = get(http, "/api/v1/units").await;
    let mut count = 0;
    for unit in units["items"].as_array().unwrap() {
        let id = unit["id"].as_str().unwrap();
        let page = get(http, &format!("/api/v1/units/{id}/readings?limit=1000")).await;
        assert_eq!(page["nextCursor"], Value::Null);
        count += page["items"].as_array().unwrap().len();
    }
    count.try_into().unwrap()
}

#[actix_web::test]
async fn the_summary_is_what_the_server_holds_and_a_dead_compressor_alarms() {
    let folder = tempfile::tempdir().unwrap();
    let server = ServerProcess::start(folder.path());
    let played = simulate(
        &server.http,
        &[
            "--scenario",
            "compressor-failure",
            "--rate",
            "80",
            "--duration",
            "3",
        ],
    );
    let summary = summary(&{ played }.output().unwrap());
    assert!((100..=260).contains(&summary.stored), "{summary:?}");
    assert_eq!(
        summary,
        Summary {
            accepted: summary.stored,
            stored: readings(&server.http).await,
            duplicate: 0,
            errors: 0
        }
    );
    let fridge = get(&server.http, "/api/v1/alerts").await["items"][0].clone();
    assert_eq!(fridge["severity"], "warning");
    assert_eq!(fridge["direction"], "high");
    let message = fridge["message"].as_str().unwrap();
    assert!(message.starts_with(DEMO.fridge.name), "{message}");
}

#[actix_web::test]
async fn what_is_not_stored_is_told_from_what_is_not_taken() {
    let folder = tempfile::tempdir().unwrap();
    let server = ServerProcess::start(folder.path());
    let play = |arguments: &[&str]| {
        let mut command = simulate(&server.http, arguments);
        summary(&command.args(["--duration", "1"]).output().unwrap())
    };
    let unknown = play(&["--dev-eui", "A840410000009999"]);
    assert!(unknown.accepted > 0 && unknown.errors == 0, "{unknown:?}");
    assert_eq!(unknown.stored, 0);
    let refused = play(&["--key", "no-such-secret"]);
    assert!(refused.accepted == 0 && refused.errors > 0, "{refused:?}");
    assert_eq!(readings(&server.http).await, 0);
}

#[actix_web::test]
async fn an_interrupted_play_ends_with_its_summary() {
    let folder = tempfile::tempdir().unwrap();
    let server = ServerProcess::start(folder.path());
    let mut child = simulate(&server.http, &["--rate", "100"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut progress = BufReader::new(child.stderr.take().unwrap()).lines();
    let line = progress.find(|line| line.as_ref().is_ok_and(|line| line.contains("accepted")));
    assert!(line.is_some());
    let interrupted = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(interrupted.success());
    progress.for_each(drop);
    let summary = summary(&child.wait_with_output().unwrap());
    assert!(
        summary.stored > 0 && summary.errors == 0,
        "{summary:?} after {line:?}"
    );
    assert_eq!(summary.stored, readings(&server.http).await);
}

#[actix_web::test]
async fn the_demo_plays_all_of_its_units_until_it_is_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let server = ServerProcess::start_playing(folder.path());
    let token = server.http.login(DEMO.email, DEMO.password).await;
    let auth = json!({ "token": token });
    let mut client = Client::connect(&server.http, Transport::WebSocket, &auth)
        .await
        .unwrap_or_else(|refused| panic!("{refused:?}"));
    let mut heard = BTreeSet::new();
    while heard.len() < 8 {
        let batch = client.expect("sensor:readings:batch").await;
        heard.insert(batch["unitId"].as_str().unwrap().to_owned());
    }
    server.ask_to_stop();
    assert_eq!(server.exit_code().await, Some(0));
}
