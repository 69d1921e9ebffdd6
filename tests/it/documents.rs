//! The documents of the API say what a client gets, and nothing else.

use std::process::Command;

use serde_json::{Value, json};

use crate::support::{DEMO, ServerProcess, TestApp, freshtrack, schema};

on_postgres_too!(
    every_answer_is_as_the_openapi_document_says,
    every_event_is_as_the_asyncapi_document_says,
);

/// What a command prints.
fn printed(command: &str) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let output = freshtrack(folder.path(), &[command], &[], "");
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Answers 200 with what the OpenAPI document says.
async fn as_described(app: &TestApp, document: &Value, route: &str, path: &str) -> Value {
    let token = app.token(&DEMO).await;
    let answer = app.http.get(path).bearer(&token).send().await.expect(200);
    let pointer = format!(
        "/paths/{}/get/responses/200/content/application~1json/schema",
        route.replace('/', "~1")
    );
    let schema = document
        .pointer(&pointer)
        .unwrap_or_else(|| panic!("{route} is not described"));
    assert_eq!(schema::faults(document, schema, &answer), [""; 0], "{path}");
    answer
}

#[actix_web::test]
async fn every_answer_is_as_the_openapi_document_says() {
    let app = TestApp::start().await;
    let document = app
        .http
        .get("/api/v1/openapi.json")
        .send()
        .await
        .expect(200);
    let site = app.get(&DEMO, "/api/v1/sites").await["items"][0]["id"].clone();
    let rule = json!({"scope": "site", "scopeId": site, "maxTemperature": 4.5});
    let token = app.token(&DEMO).await;
    let made = app
        .http
        .post("/api/v1/rules")
        .bearer(&token)
        .json(&rule)
        .send()
        .await;
    made.expect(201);
    app.uplink(&DEMO, DEMO.fridge, 12.0).await.expect_stored(1);
    for kind in [
        "sites", "areas", "units", "devices", "gateways", "rules", "users", "alerts",
    ] {
        let route = format!("/api/v1/{kind}");
        let list = as_described(&app, &document, &route, &route).await;
        let first = &list["items"][0];
        let id = first["id"]
            .as_str()
            .or(first["alertId"].as_str())
            .expect(kind);
        as_described(
            &app,
            &document,
            &format!("{route}/{{id}}"),
            &format!("{route}/{id}"),
        )
        .await;
    }
    let unit = app.unit_id(&DEMO, DEMO.fridge).await;
    for (route, query) in [
        ("readings", ""),
        ("readings", "?resolution=15m"),
        ("readings", "?resolution=1d"),
        ("summary", ""),
    ] {
        let described = format!("/api/v1/units/{{id}}/{route}");
        let path = format!("/api/v1/units/{unit}/{route}{query}");
        let answer = as_described(&app, &document, &described, &path).await;
        assert_ne!(answer["items"], json!([]), "{path}");
    }
    for route in [
        "/api/v1/organization",
        "/api/v1/snapshot",
        "/api/v1/auth/me",
        "/health",
    ] {
        as_described(&app, &document, route, route).await;
    }
    app.stop().await;
}

#[actix_web::test]
async fn every_event_is_as_the_asyncapi_document_says() {
    let document = printed("asyncapi");
    let app = TestApp::start().await;
    let mut client = app.client(&DEMO).await;
    let unit = app.unit(&DEMO, DEMO.fridge).await;
    let token = app.token(&DEMO).await;
    let payload_of = |name: &str| {
        let key = name.replace(':', "_");
        let payload = document.pointer(&format!("/components/messages/{key}/payload"));
        payload
            .cloned()
            .unwrap_or_else(|| panic!("{name} is not described"))
    };
    for (event, argument) in [
        ("subscribe:unit", &unit["id"]),
        ("subscribe:site", &unit["siteId"]),
    ] {
        let reply = client.emit(event, argument.clone()).await.0;
        let described = payload_of(&format!("{event}:ack"));
        assert_eq!(
            schema::faults(&document, &described, &reply),
            [""; 0],
            "{event}"
        );
    }
    app.uplink(&DEMO, DEMO.fridge, 12.0).await.expect_stored(1);
    let alert = client.expect("alert:triggered").await;
    let reply = client
        .emit("alert:acknowledge", json!({"alertId": alert["alertId"]}))
        .await
        .0;
    let described = payload_of("alert:acknowledge:ack");
    assert_eq!(schema::faults(&document, &described, &reply), [""; 0]);
    let renamed = app
        .http
        .patch(&format!("/api/v1/units/{}", unit["id"].as_str().unwrap()));
    renamed
        .bearer(&token)
        .json(&json!({"name": "Fridge One"}))
        .send()
        .await
        .expect(200);
    app.uplink(&DEMO, DEMO.fridge, 3.0).await.expect_stored(1);
    let mark = app.mark(&DEMO).await;
    let mut seen = client.until(&mark).await;
    seen.push(("alert:triggered".to_owned(), alert));
    for (name, payload) in &seen {
        assert_eq!(
            schema::faults(&document, &payload_of(name), payload),
            [""; 0],
            "{name}: {payload}"
        );
    }
    for name in [
        "alert:acknowledged",
        "alert:resolved",
        "unit:status",
        "data:updated",
        "sensor:reading",
        "sensor:readings:batch",
    ] {
        assert!(
            seen.iter().any(|(came, _)| came == name),
            "{name} did not come"
        );
    }
    let update = seen
        .iter()
        .find(|(name, _)| name == "data:updated")
        .map(|(_, payload)| payload);
    assert_eq!(
        update,
        Some(&json!({"resource": "units", "id": unit["id"]}))
    );
    app.stop().await;
}

#[actix_web::test]
async fn the_page_of_the_documents_needs_no_other_host() {
    let app = TestApp::start().await;
    let page = app.http.get("/api/docs").send().await;
    assert_eq!(
        page.header("content-type"),
        Some("text/html; charset=utf-8")
    );
    for path in ["/api/docs/page.js", "/api/docs/page.css"] {
        assert!(page.text.contains(path), "{path}");
        let file = app.http.get(path).send().await;
        assert_eq!(file.status, 200);
        assert!(
            !file.text.contains("//cdn") && !file.text.contains("http"),
            "{path}"
        );
    }
    let served = app
        .http
        .get("/api/v1/openapi.json")
        .send()
        .await
        .expect(200);
    assert_eq!(printed("openapi"), served);
    app.stop().await;
}

/// The commands of `docs/api.md`, in order.
fn commands() -> Vec<&'static str> {
    let guide = include_str!("../../docs/api.md");
    let blocks = guide.split("```sh\n").skip(1);
    blocks
        .filter_map(|block| block.split("```").next())
        .collect()
}

#[actix_web::test]
async fn the_guide_leads_from_a_login_to_a_chart() {
    let data = tempfile::tempdir().unwrap();
    let server = ServerProcess::start(data.path());
    let commands = commands();
    assert_eq!(commands.len(), 5);
    let script = commands
        .join("\necho\n")
        .replace("http://localhost:3000", &server.http.url(""));
    let run = move || {
        Command::new("bash")
            .args(["-euo", "pipefail", "-c", &script])
            .output()
    };
    let output = actix_web::web::block(run).await.unwrap().unwrap();
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    let answers: Vec<Value> = text
        .lines()
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let [handed_in, chart, summary] = answers.as_slice() else {
        panic!("{answers:?}")
    };
    assert_eq!(handed_in["stored"], 2);
    assert_eq!(
        (&chart["items"][0]["max"], &chart["items"][0]["count"]),
        (&json!(4.1), &json!(2))
    );
    assert_eq!(summary["count"], 2);
}
