//! The process stops at SIGTERM and another one starts on its data: the real client comes back.

use super::{
    page::Page,
    proxy::Proxy,
    record::{Line, Tally},
};
use crate::support::{DEMO, ServerProcess, Uplink};

/// Posts a reading of the demo's fridge; each number is another frame.
async fn measure(server: &ServerProcess, number: u32) {
    let uplink = Uplink {
        dev_eui: DEMO.fridge.dev_eui.to_owned(),
        f_cnt: number,
        celsius: 3.0 + f64::from(number) / 100.0,
        received_at: None,
    };
    let call = server.http.post("/webhooks/ttn/up");
    let call = call.header("x-webhook-secret", DEMO.webhook_secret);
    call.json(&uplink.body()).send().await.expect_stored(1);
}

#[actix_web::test]
async fn pages_come_back_to_the_process_that_takes_over() {
    let data = tempfile::tempdir().unwrap();
    let server = ServerProcess::start(data.path());
    let proxy = Proxy::start(server.addr).await;
    let token = server.http.login(DEMO.email, DEMO.password).await;
    let mut pages = Vec::new();
    for transport in ["polling", "websocket"] {
        pages.push(Page::open(proxy.addr, &token, transport, &[]).await);
    }
    measure(&server, 1).await;
    server.ask_to_stop();
    assert_eq!(server.exit_code().await, Some(0));
    let server = ServerProcess::start(data.path());
    measure(&server, 2).await;
    proxy.lead_to(server.addr);
    for page in pages {
        page.wait_for("[\"connect\",true]").await;
        page.wait_for_lines("\"batch\"", 2).await;
        let record: Vec<Line> = page
            .end()
            .await
            .iter()
            .map(|line| Line::parse(line))
            .collect();
        let tally = Tally::of(&record);
        assert_eq!(
            (tally.readings, tally.recovered, tally.fresh),
            (2, 1, 1),
            "{record:?}"
        );
    }
}
