//! Sessions go on with another token, and end with their login or membership, wherever that was ended.

use std::time::Duration;

use freshtrack::storage::{statements::Statements, users};
use serde_json::{Value, json};

use crate::support::{Client, DEMO, RIVAL, ServerProcess, TestApp, Transport};

const MANAGER: &str = "manager@freshtrack.local";

async fn connect(app: &TestApp, transport: Transport, token: &str) -> Client {
    let auth = json!({ "token": token });
    match Client::connect(&app.http, transport, &auth).await {
        Ok(client) => client,
        Err(refused) => panic!("not let in: {refused:?}"),
    }
}

/// Both transports with one token.
async fn pair(app: &TestApp, token: &str) -> [Client; 2] {
    [
        connect(app, Transport::Polling, token).await,
        connect(app, Transport::WebSocket, token).await,
    ]
}

async fn expect_revoked(clients: [Client; 2]) {
    for mut client in clients {
        let end = client.expect("session:expired").await;
        assert_eq!(end, json!({ "reason": "revoked" }));
        client.expect_end().await;
    }
}

/// These got nothing but the mark: no word of an end.
async fn expect_untouched(app: &TestApp, clients: &mut [Client]) {
    let mark = app.mark(&DEMO).await;
    for client in clients {
        client.expect_only(&mark).await;
    }
}

#[actix_web::test]
async fn a_socket_goes_on_with_another_token_of_the_same_person() {
    let app = TestApp::start().await;
    let mut client = app.client(&DEMO).await;
    app.advance(Duration::from_secs(600));
    let token = app.token(&DEMO).await;
    let renewed = client.emit("auth:refresh", json!({ "token": token })).await;
    let expected = json!({ "ok": true, "expiresAt": "2026-05-01T12:25:00.000Z" });
    assert_eq!(renewed.expect_ok(), expected);
    app.advance(Duration::from_secs(839));
    expect_untouched(&app, std::slice::from_mut(&mut client)).await;
    app.advance(Duration::from_secs(1));
    let notice = client.expect("session:expiring").await;
    assert_eq!(notice, json!({ "expiresAt": "2026-05-01T12:25:00.000Z" }));
    app.advance(Duration::from_secs(60));
    let end = client.expect("session:expired").await;
    assert_eq!(end, json!({ "reason": "expired" }));
    client.expect_end().await;
    app.stop().await;
}

#[actix_web::test]
async fn a_token_of_somebody_else_is_refused_and_the_session_stays_as_it_was() {
    let app = TestApp::start().await;
    let mut client = app.client(&DEMO).await;
    let colleague = app.http.login(MANAGER, DEMO.password).await;
    let rival = app.token(&RIVAL).await;
    for (name, argument, code) in [
        ("a colleague", json!({ "token": colleague }), "forbidden"),
        ("a rival", json!({ "token": rival }), "forbidden"),
        ("nonsense", json!({ "token": "no" }), "invalid_token"),
        ("empty", json!({ "token": "" }), "invalid_token"),
        ("none", json!({}), "invalid_payload"),
        ("a number", json!({ "token": 7 }), "invalid_payload"),
        ("no object", Value::Null, "invalid_payload"),
    ] {
        let reply = client.emit("auth:refresh", argument).await.0;
        assert_eq!(reply["error"]["code"], code, "{name}: {reply}");
    }
    expect_untouched(&app, std::slice::from_mut(&mut client)).await;
    app.stop().await;
}

#[actix_web::test]
async fn a_logout_ends_the_sockets_of_that_login_and_of_no_other() {
    let app = TestApp::start().await;
    let login = app.http.sign_in(DEMO.email, DEMO.password).await;
    let ended = pair(&app, &login.access).await;
    let mut others = pair(&app, &app.token(&DEMO).await).await;
    app.http.present("logout", &login.refresh).await.expect(204);
    expect_revoked(ended).await;
    expect_untouched(&app, &mut others).await;
    app.stop().await;
}

#[actix_web::test]
async fn a_refresh_token_that_comes_twice_ends_the_sockets_of_its_login() {
    let app = TestApp::start().await;
    let login = app.http.sign_in(DEMO.email, DEMO.password).await;
    let clients = pair(&app, &login.access).await;
    app.http
        .present("refresh", &login.refresh)
        .await
        .expect(200);
    app.http
        .present("refresh", &login.refresh)
        .await
        .expect(401);
    expect_revoked(clients).await;
    app.stop().await;
}

#[actix_web::test]
async fn a_login_that_is_left_by_a_refresh_ends_nothing_when_it_is_ended() {
    let app = TestApp::start().await;
    let first = app.http.sign_in(DEMO.email, DEMO.password).await;
    let second = app.http.sign_in(DEMO.email, DEMO.password).await;
    let mut stays = connect(&app, Transport::WebSocket, &first.access).await;
    let token = json!({ "token": second.access });
    stays.emit("auth:refresh", token).await.expect_ok();
    app.http.present("logout", &first.refresh).await.expect(204);
    expect_untouched(&app, std::slice::from_mut(&mut stays)).await;
    app.http
        .present("logout", &second.refresh)
        .await
        .expect(204);
    let end = stays.expect("session:expired").await;
    assert_eq!(end, json!({ "reason": "revoked" }));
    app.stop().await;
}

#[actix_web::test]
async fn a_logout_at_another_server_of_the_same_database_ends_sockets_here() {
    let app = TestApp::start().await;
    let login = app.http.sign_in(DEMO.email, DEMO.password).await;
    let clients = pair(&app, &login.access).await;
    let other = ServerProcess::start(app.data());
    other
        .http
        .present("logout", &login.refresh)
        .await
        .expect(204);
    expect_revoked(clients).await;
    app.stop().await;
}

#[actix_web::test]
async fn the_sockets_of_a_member_who_is_removed_end() {
    let app = TestApp::start().await;
    let removed = app.http.login(MANAGER, DEMO.password).await;
    let me = app.http.get("/api/v1/auth/me").bearer(&removed);
    let me = me.send().await.expect(200);
    let clients = pair(&app, &removed).await;
    let mut others = pair(&app, &app.token(&DEMO).await).await;
    let id = |field: &str| me[field].as_str().unwrap().parse().unwrap();
    let mut statements = Statements::new();
    let organization = me["organizationId"].as_str().unwrap().parse().unwrap();
    users::remove(&mut statements, id("id"), organization);
    let database = app.database().await;
    database.writer().run(statements).await.unwrap();
    database.close().await;
    expect_revoked(clients).await;
    expect_untouched(&app, &mut others).await;
    app.stop().await;
}
