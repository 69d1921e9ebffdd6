//! Sockets that lost their transport come back as what they were, with what they missed; or are told that they do not.

mod claims;
mod crowd;
mod page;
mod proxy;
mod record;
mod restart;
mod returns;
mod slow;
mod soak;

use std::time::Duration;

use freshtrack::events::{LogEntry, LogReader};
use serde_json::{Value, json};

use crate::support::{Client, ConnectError, DEMO, Lost, TestApp, Transport};

const BOTH: [Transport; 2] = [Transport::Polling, Transport::WebSocket];

async fn auth(app: &TestApp) -> Value {
    json!({ "token": app.token(&DEMO).await })
}

/// Comes back, and is let in.
async fn back(app: &TestApp, transport: Transport, lost: &Lost) -> Client {
    let auth = auth(app).await;
    answered(app, transport, &auth, lost).await.unwrap()
}

async fn answered(
    app: &TestApp,
    transport: Transport,
    auth: &Value,
    lost: &Lost,
) -> Result<Client, ConnectError> {
    let answer = Client::return_as(&app.http, transport, auth, lost).await;
    answer.expect("an answer")
}

/// Lets the client have an offset of the stream, though nothing happens.
async fn positioned(app: &TestApp, client: &mut Client) {
    app.advance(Duration::from_secs(10));
    client.expect("stream:position").await;
}

/// Waits until the server has noticed that nobody is connected any more.
async fn all_gone(app: &TestApp) {
    loop {
        let health = app.http.get("/health").send().await.expect(200);
        if health["socketConnections"] == 0 {
            return;
        }
    }
}

/// Everything that was ever logged of the demo's organization.
async fn whole_log(app: &TestApp) -> Vec<LogEntry> {
    let me = app.get(&DEMO, "/api/v1/auth/me").await;
    let organization = me["organizationId"].as_str().unwrap().parse().unwrap();
    let database = app.database().await;
    let entries = database.entries(organization, 0, usize::MAX).await.unwrap();
    database.close().await;
    entries
}
