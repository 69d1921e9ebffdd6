//! The same frame is one reading, however often and however simultaneously it is delivered.

use std::time::Duration;

use futures_util::future::join_all;

use crate::support::{DEMO, TestApp};

on_postgres_too!(an_uplink_posted_seven_times_at_once_is_one_row_and_one_alert,);

#[actix_web::test]
async fn an_uplink_posted_seven_times_at_once_is_one_row_and_one_alert() {
    let app = TestApp::start().await;
    let mut client = app.client(&DEMO).await;
    let unit_id = app.unit_id(&DEMO, DEMO.fridge).await;
    let frame = app.frame(DEMO.fridge, 12.0);
    let answers = join_all((0..7).map(|_| app.post(&DEMO, &frame))).await;
    let mut stored = 0;
    for answer in answers {
        let body = answer.expect(200);
        assert_eq!(body["duplicate"], body["stored"] == 0, "{body}");
        stored += body["stored"].as_u64().unwrap();
    }
    assert_eq!(stored, 1);

    client.expect("alert:triggered").await;
    client.expect("unit:status").await;
    let batch = client.expect("sensor:readings:batch").await;
    assert_eq!(batch["count"], 1);
    let mark = app.mark(&DEMO).await;
    client.expect_only(&mark).await;

    app.advance(Duration::from_secs(1));
    let path = format!("/api/v1/units/{unit_id}/readings?resolution=raw");
    let rows = app.get(&DEMO, &path).await;
    assert_eq!(rows["items"].as_array().map(Vec::len), Some(1), "{rows}");
    let alerts = app.get(&DEMO, "/api/v1/alerts").await;
    assert_eq!(
        alerts["items"].as_array().map(Vec::len),
        Some(1),
        "{alerts}"
    );
    app.stop().await;
}
