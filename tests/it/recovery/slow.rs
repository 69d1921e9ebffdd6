//! A page that does not read for a while is told what was left out for it, and gets every alert.

use super::{
    page::Page,
    proxy::{Pace, Proxy},
    record::{Line, Truth},
    whole_log,
};
use crate::support::{DEMO, TestApp};

/// What may wait for a client: filled within seconds, and more than two seconds of readings.
const SMALL_QUEUE: (&str, &str) = ("FRESHTRACK__SOCKET__QUEUE_BYTES", "131072");

/// Enough for such queues.
const UPLINKS: usize = 1_600;

/// At most so many leave in one flush, that the newest of each unit have room.
const PER_FLUSH: usize = 400;

#[actix_web::test]
async fn a_page_that_does_not_read_gets_the_newest_every_alert_and_word_of_the_gap() {
    let app = TestApp::start_with(&[SMALL_QUEUE]).await;
    let proxy = Proxy::start(app.addr()).await;
    let token = app.token(&DEMO).await;
    let page = Page::open(proxy.addr, &token, "polling", &[]).await;
    proxy.set_pace(Pace::Stalled);
    let mut witness = app.client(&DEMO).await;
    for number in 0..UPLINKS {
        if number % PER_FLUSH == 0 {
            let mark = app.mark(&DEMO).await;
            witness.until(&mark).await;
        }
        let unit = DEMO.fridges[number % DEMO.fridges.len()];
        let celsius = if number % 200 == 0 { 12.0 } else { 3.0 };
        app.uplink(&DEMO, unit, celsius).await.expect_stored(1);
    }
    proxy.set_pace(Pace::Free);
    app.mark(&DEMO).await;
    let log = whole_log(&app).await;
    let truth = Truth::of(&log);
    page.wait_for(truth.last_reading()).await;
    let lines = page.end().await;
    let record: Vec<Line> = lines.iter().map(|line| Line::parse(line)).collect();
    let tally = truth.compare("the page", &record);
    assert_eq!((tally.gaps, tally.fresh, tally.recovered), (1, 1, 0));
    assert!(record.contains(&Line::Gap("slow_client".to_owned())));
    assert!(tally.readings < UPLINKS, "{tally:?}");
    app.stop().await;
}
