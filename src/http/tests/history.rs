use std::time::Duration;

use actix_web::{http::Method, test::TestRequest};
use serde_json::{Value, json};

use super::{Answer, Server, authorized};
use crate::{
    domain::Role,
    operations::fixture::{FRIDGES, RIVAL_FRIDGE, WEBHOOK_SECRET},
};

async fn receive(server: &Server, body: Value) -> Answer {
    let request = TestRequest::with_uri("/api/v1/readings")
        .method(Method::POST)
        .insert_header(("X-Webhook-Secret", WEBHOOK_SECRET));
    server.call(request.set_json(body)).await
}

/// 4 °C, then a degree more each ten minutes.
async fn measured(server: &Server, count: i64) {
    for number in 0..count {
        let at = format!(
            "2026-05-01T{:02}:{:02}:00Z",
            10 + number / 6,
            number % 6 * 10
        );
        let reading = json!({"deviceId": FRIDGES[0], "temperature": 4 + number, "timestamp": at});
        assert_eq!(receive(server, reading).await.body["stored"], 1, "{at}");
    }
}

async fn of_fridge(server: &Server, what: &str) -> Value {
    let path = format!("/api/v1/units/{}/{what}", FRIDGES[0]);
    let answer = server.get(&path, Role::Viewer).await;
    assert_eq!(answer.outcome(), (200, ""), "{path}: {}", answer.body);
    answer.body
}

#[actix_web::test]
async fn readings_are_taken_told_apart_and_judged() {
    let server = Server::open().await;
    let eui = format!("{:016X}", FRIDGES[0].0.as_u128());
    let at = "2026-05-01T11:59:00Z";
    let body = json!([
        {"devEui": eui, "temperature": 9.5, "humidity": 60, "battery": 97, "timestamp": at},
        {"deviceId": FRIDGES[0], "temperature": 9.5, "timestamp": at},
        {"deviceId": FRIDGES[1], "doorOpen": true, "id": "a"},
        {"deviceId": FRIDGES[1], "doorOpen": false, "id": "a"},
        {"deviceId": RIVAL_FRIDGE, "temperature": 1},
        {"deviceId": FRIDGES[2]},
        {"deviceId": FRIDGES[2], "temperature": 1001},
        {"deviceId": FRIDGES[2], "temperature": 4, "colour": "red"},
        5,
    ]);
    let answer = receive(&server, body).await;
    assert_eq!(answer.outcome(), (200, ""));
    let rejected = |index: usize, code: &str| json!({"index": index, "code": code});
    assert_eq!(
        answer.body,
        json!({"accepted": 4, "stored": 2, "duplicates": 2, "rejected": [
            rejected(4, "not_found"), rejected(5, "invalid_payload"), rejected(6, "invalid_payload"),
            rejected(7, "invalid_payload"), rejected(8, "invalid_payload"),
        ]})
    );
    let readings = of_fridge(&server, "readings").await;
    let reading = &readings["items"][0];
    assert_eq!(
        reading,
        &json!({"id": reading["id"], "deviceId": FRIDGES[0], "temperature": 9.5, "humidity": 60.0, "battery": 97.0,
            "timestamp": "2026-05-01T11:59:00.000Z"})
    );
    let alerts = server.get("/api/v1/alerts", Role::Viewer).await.body;
    assert_eq!(alerts["items"][0]["value"], 9.5);
}

#[actix_web::test]
async fn readings_are_taken_from_webhooks_owner_and_admin() {
    let server = Server::open().await;
    let reading = json!({"deviceId": FRIDGES[0], "temperature": 4});
    for role in Role::ALL {
        let answer = server
            .send(Method::POST, "/api/v1/readings", *role, reading.clone())
            .await;
        let may = matches!(role, Role::Owner | Role::Admin);
        assert_eq!(answer.status, if may { 200 } else { 403 }, "{role}");
    }
    for (name, value, status) in [
        ("Authorization", format!("Bearer {WEBHOOK_SECRET}"), 200),
        ("Authorization", "Bearer x".to_owned(), 401),
        ("X-Webhook-Secret", "x".to_owned(), 401),
    ] {
        let request = TestRequest::with_uri("/api/v1/readings").method(Method::POST);
        let request = request.insert_header((name, value.as_str()));
        let answer = server.call(request.set_json(&reading)).await;
        assert_eq!(answer.status, status, "{name} {value}");
    }
    let many = vec![reading; 1001];
    assert_eq!(
        receive(&server, json!(many)).await.outcome(),
        (400, "invalid_payload")
    );
    assert_eq!(
        receive(&server, json!("x")).await.outcome(),
        (400, "invalid_payload")
    );
    assert_eq!(receive(&server, json!([])).await.body["accepted"], 0);
}

#[actix_web::test]
async fn minutes_are_summed_up_page_by_page() {
    let server = Server::open().await;
    for (second, celsius) in [(0, 2.0), (30, 4.0), (60, 8.0), (180, 1.0)] {
        let at = format!("2026-05-01T11:{:02}:{:02}Z", second / 60, second % 60);
        let reading = json!({"deviceId": FRIDGES[0], "temperature": celsius, "timestamp": at});
        assert_eq!(receive(&server, reading).await.body["stored"], 1);
    }
    let bucket = |minute: u8, min: f64, max: f64, avg: f64, count: u8| json!({"timestamp": format!("2026-05-01T11:{minute:02}:00.000Z"), "min": min, "max": max, "avg": avg, "count": count});
    let expected = [
        bucket(0, 2.0, 4.0, 3.0, 2),
        bucket(1, 8.0, 8.0, 8.0, 1),
        bucket(3, 1.0, 1.0, 1.0, 1),
    ];
    let whole = of_fridge(&server, "readings?resolution=1m").await;
    assert_eq!(whole, json!({"items": expected, "nextCursor": null}));
    let first = of_fridge(&server, "readings?resolution=1m&limit=2").await;
    assert_eq!(first["items"], json!(expected[..2]));
    let cursor = first["nextCursor"].as_str().expect("a cursor");
    server.fixture.hand.advance(Duration::from_secs(3600));
    let second = of_fridge(
        &server,
        &format!("readings?resolution=1m&limit=2&cursor={cursor}"),
    )
    .await;
    assert_eq!(second, json!({"items": expected[2..], "nextCursor": null}));
    let part = of_fridge(
        &server,
        "readings?resolution=1m&from=2026-05-01T11:01:30Z&to=2026-05-01T11:03:00Z",
    )
    .await;
    assert_eq!(
        part["items"],
        json!(expected[1..2]),
        "the span that it begins in"
    );
    let chosen = of_fridge(&server, "readings?resolution=auto").await;
    assert_eq!(
        chosen["items"].as_array().map(Vec::len),
        Some(4),
        "every reading of a day"
    );
}

#[actix_web::test]
async fn quarters_hours_and_days_of_the_site_are_summed_up() {
    let server = Server::open().await;
    // 21:30 to 22:30 UTC: midnight in Berlin lies between.
    for (at, celsius) in [
        ("2026-04-30T21:30:00Z", 1.0),
        ("2026-04-30T21:40:00Z", 3.0),
        ("2026-04-30T21:50:00Z", 5.0),
        ("2026-04-30T22:30:00Z", -2.0),
    ] {
        let reading = json!({"deviceId": FRIDGES[0], "temperature": celsius, "timestamp": at});
        assert_eq!(receive(&server, reading).await.body["stored"], 1);
    }
    let range = "from=2026-04-30T00:00:00Z&to=2026-05-02T00:00:00Z";
    let bucket = |at: &str, min: f64, max: f64, avg: f64, count: u8| json!({"timestamp": format!("2026-04-{at}:00.000Z"), "min": min, "max": max, "avg": avg, "count": count});
    for (resolution, expected) in [
        (
            "15m",
            vec![
                bucket("30T21:30", 1.0, 3.0, 2.0, 2),
                bucket("30T21:45", 5.0, 5.0, 5.0, 1),
                bucket("30T22:30", -2.0, -2.0, -2.0, 1),
            ],
        ),
        (
            "1h",
            vec![
                bucket("30T21:00", 1.0, 5.0, 3.0, 3),
                bucket("30T22:00", -2.0, -2.0, -2.0, 1),
            ],
        ),
        (
            "1d",
            vec![
                bucket("29T22:00", 1.0, 5.0, 3.0, 3),
                bucket("30T22:00", -2.0, -2.0, -2.0, 1),
            ],
        ),
    ] {
        let whole = of_fridge(
            &server,
            &format!("readings?resolution={resolution}&{range}"),
        )
        .await;
        assert_eq!(
            whole,
            json!({"items": expected, "nextCursor": null}),
            "{resolution}"
        );
        let path = format!("readings?resolution={resolution}&{range}&limit=1");
        let first = of_fridge(&server, &path).await;
        let cursor = first["nextCursor"].as_str().expect("a cursor");
        let second = of_fridge(&server, &format!("{path}&cursor={cursor}")).await;
        assert_eq!(second["items"], json!(expected[1..2]), "{resolution}");
    }
    let auto = of_fridge(&server, &format!("readings?resolution=auto&{range}")).await;
    assert_eq!(auto["items"][0]["count"], 2, "quarters for two days");
}

#[actix_web::test]
async fn a_table_has_a_row_for_each_reading() {
    let server = Server::open().await;
    measured(&server, 2).await;
    let door = json!({"deviceId": FRIDGES[0], "doorOpen": true, "battery": 80, "timestamp": "2026-05-01T11:00:00Z"});
    receive(&server, door).await;
    let path = format!("/api/v1/units/{}/readings.csv", FRIDGES[0]);
    let answer = server.get(&path, Role::Inspector).await;
    assert_eq!(
        answer.header("content-type"),
        Some("text/csv; charset=utf-8")
    );
    let device = FRIDGES[0];
    assert_eq!(
        answer.text,
        format!(
            "timestamp,temperature,humidity,doorOpen,battery,deviceId\r\n\
             2026-05-01T10:00:00.000Z,4,,,,{device}\r\n\
             2026-05-01T10:10:00.000Z,5,,,,{device}\r\n\
             2026-05-01T11:00:00.000Z,,,true,80,{device}\r\n"
        )
    );
    let none = server
        .get(&format!("{path}?to=2026-05-01T10:00:00Z"), Role::Inspector)
        .await;
    assert_eq!(none.text.lines().count(), 1);
}

#[actix_web::test]
async fn a_table_of_several_chunks_holds_every_reading_once() {
    let server = Server::open().await;
    for hour in 0..3 {
        let at = |second: usize| {
            format!(
                "2026-05-01T{:02}:{:02}:{:02}Z",
                8 + hour,
                second / 60,
                second % 60
            )
        };
        let readings: Vec<Value> = (0..1000)
            .map(
                |second| json!({"deviceId": FRIDGES[0], "temperature": 4, "timestamp": at(second)}),
            )
            .collect();
        assert_eq!(receive(&server, json!(readings)).await.body["stored"], 1000);
    }
    let path = format!("/api/v1/units/{}/readings.csv", FRIDGES[0]);
    let text = server.get(&path, Role::Viewer).await.text;
    let mut times: Vec<&str> = text
        .lines()
        .skip(1)
        .filter_map(|line| line.split(',').next())
        .collect();
    assert_eq!(times.len(), 3000);
    assert!(times.is_sorted());
    times.dedup();
    assert_eq!(times.len(), 3000);
}

#[actix_web::test]
async fn a_summary_tells_warmth_and_what_is_known() {
    let server = Server::open().await;
    measured(&server, 4).await;
    let range = "from=2026-05-01T10:00:00Z&to=2026-05-01T11:00:00Z";
    let summary = of_fridge(&server, &format!("summary?{range}")).await;
    // 4, 5, 6 and 7 °C; the last stands for two intervals.
    let figure = |name: &str| summary[name].as_f64().expect(name);
    assert_eq!(
        (figure("count"), figure("min"), figure("max")),
        (4.0, 4.0, 7.0)
    );
    assert!(
        (figure("avg") - (4.0 + 5.0 + 6.0 + 2.0 * 7.0) / 5.0).abs() < 1e-9,
        "{summary}"
    );
    assert!(
        figure("meanKineticTemperature") > figure("avg"),
        "{summary}"
    );
    assert_eq!(
        (
            figure("secondsAbove"),
            figure("secondsBelow"),
            figure("secondsUnknown")
        ),
        (1800.0, 0.0, 600.0)
    );
    assert!((figure("completeness") - 5.0 / 6.0).abs() < 1e-9);
    assert_eq!(figure("excursions"), 1.0);
    let empty = of_fridge(
        &server,
        "summary?from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z",
    )
    .await;
    assert_eq!(
        empty,
        json!({"from": "2020-01-01T00:00:00.000Z", "to": "2020-01-02T00:00:00.000Z", "count": 0, "secondsAbove": 0,
            "secondsBelow": 0, "secondsUnknown": 86_400, "completeness": 0.0, "excursions": 0})
    );
}

#[actix_web::test]
async fn an_alert_tells_how_it_came_to_what_it_is() {
    let server = Server::open().await;
    let alert = server.fixture.alert(FRIDGES[0]).await;
    let path = format!("/api/v1/alerts/{}", alert.id);
    server
        .send(
            Method::POST,
            &format!("{path}/acknowledge"),
            Role::Staff,
            json!({}),
        )
        .await;
    server.fixture.hand.advance(Duration::from_secs(60));
    server.fixture.measure(FRIDGES[0], 3.0).await;
    let told = server.get(&path, Role::Viewer).await.body;
    let history = told["history"].as_array().expect("a history");
    let steps: Vec<_> = history
        .iter()
        .map(|step| {
            (
                step["transition"].as_str(),
                step["status"].as_str(),
                &step["by"],
            )
        })
        .collect();
    let staff = &told["acknowledgedBy"];
    assert_eq!(
        steps,
        [
            (Some("triggered"), Some("active"), &Value::Null),
            (Some("acknowledged"), Some("acknowledged"), staff),
            (Some("resolved"), Some("resolved"), &json!("system")),
        ]
    );
    assert_eq!(history[0]["rule"]["maxTemperature"], 5.0);
    let temperatures = |step: &Value| -> Vec<Option<f64>> {
        let readings = step["readings"].as_array().expect("readings");
        readings
            .iter()
            .map(|reading| reading["temperature"].as_f64())
            .collect()
    };
    assert_eq!(temperatures(&history[0]), [Some(9.0)]);
    assert_eq!(temperatures(&history[2]), [Some(9.0), Some(3.0)]);
    let request = authorized(
        Method::GET,
        &path,
        &server.token_of("owner@rival.example").await,
    );
    assert_eq!(server.call(request).await.outcome(), (404, "not_found"));
}
