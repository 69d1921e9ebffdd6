//! Who may come back as whom.

use std::time::Duration;

use futures_util::future::join;
use serde_json::json;

use super::{BOTH, all_gone, answered, auth, back, positioned};
use crate::support::{Client, DEMO, Identity, Lost, RIVAL, TestApp, Transport};

#[actix_web::test]
async fn what_cannot_be_claimed_begins_afresh() {
    let app = TestApp::start().await;
    let mut client = app.client(&DEMO).await;
    positioned(&app, &mut client).await;
    let lost = client.cut();
    let pid = lost.identity.pid.clone().unwrap();
    let forged = format!("{}x", &pid[..pid.len() - 1]);
    let with = |pid: &str, offset: Option<&str>| Lost {
        identity: Identity {
            sid: lost.identity.sid.clone(),
            pid: Some(pid.to_owned()),
        },
        offset: offset.map(str::to_owned),
    };
    let offset = lost.offset.clone().unwrap();
    let (log, _) = offset.split_once('-').unwrap();
    let future = format!("{log}-1000.0-999");
    for (name, claim) in [
        ("garbage", with("garbage", Some(&offset))),
        ("empty", with("", None)),
        ("forged", with(&forged, Some(&offset))),
        ("an unreadable offset", with(&pid, Some("7"))),
        ("an offset of the future", with(&pid, Some(&future))),
    ] {
        let mut client = back(&app, Transport::WebSocket, &claim).await;
        assert_ne!(client.identity().sid, lost.identity.sid, "{name}");
        assert_ne!(client.identity().pid, lost.identity.pid, "{name}");
        let mark = app.mark(&DEMO).await;
        client.expect_only(&mark).await;
    }
    app.stop().await;
}

#[actix_web::test]
async fn a_pid_is_good_for_its_own_person_only() {
    let app = TestApp::start().await;
    let lost = app.client(&DEMO).await.cut();
    app.uplink(&DEMO, DEMO.fridge, 12.0).await.expect_stored(1);
    let colleague = app
        .http
        .login("viewer@freshtrack.local", DEMO.password)
        .await;
    let rival = app.token(&RIVAL).await;
    for token in [colleague, rival] {
        let auth = json!({ "token": token });
        let client = answered(&app, Transport::WebSocket, &auth, &lost)
            .await
            .unwrap();
        assert_ne!(client.identity().sid, lost.identity.sid);
        assert_eq!(client.unread_names(), Vec::<&str>::new());
    }
    let own = back(&app, Transport::WebSocket, &lost).await;
    assert_eq!(own.identity(), &lost.identity);
    app.stop().await;
}

#[actix_web::test]
async fn somebody_whose_login_ended_gets_nothing() {
    let app = TestApp::start().await;
    for transport in BOTH {
        let login = app.http.sign_in(DEMO.email, DEMO.password).await;
        let auth = json!({ "token": login.access });
        let client = Client::connect(&app.http, transport, &auth).await.unwrap();
        let lost = client.cut();
        app.uplink(&DEMO, DEMO.fridge, 12.0).await.expect_stored(1);
        app.http.present("logout", &login.refresh).await.expect(204);
        let Err(refused) = answered(&app, transport, &auth, &lost).await else {
            panic!("let in");
        };
        assert_eq!(refused.message, "Invalid or expired token");
    }
    app.stop().await;
}

#[actix_web::test]
async fn a_later_claim_ends_the_earlier_holder() {
    let app = TestApp::start().await;
    for transport in BOTH {
        let mut first = app.client_by(&DEMO, transport).await;
        positioned(&app, &mut first).await;
        let lost = first.shown();
        let mut second = back(&app, transport, &lost).await;
        assert_eq!(second.identity(), &lost.identity);
        first.expect_end().await;
        let mark = app.mark(&DEMO).await;
        second.expect_only(&mark).await;
    }
    app.stop().await;
}

#[actix_web::test]
async fn of_two_claims_at_once_one_holds() {
    let app = TestApp::start().await;
    let auth = auth(&app).await;
    for round in 0..20 {
        let lost = app.client(&DEMO).await.cut();
        let claim = || Client::return_as(&app.http, Transport::WebSocket, &auth, &lost);
        let (one, other) = join(claim(), claim()).await;
        let came_back = [one, other].into_iter().flatten().map(Result::unwrap);
        let holders: Vec<Client> = came_back
            .filter(|client| client.identity() == &lost.identity)
            .collect();
        assert!(!holders.is_empty(), "round {round}");
        let mark = app.mark(&DEMO).await;
        let mut reached = 0;
        for mut holder in holders {
            reached += usize::from(holder.is_reached_by(&mark).await);
        }
        assert_eq!(reached, 1, "round {round}");
    }
    app.stop().await;
}

#[actix_web::test]
async fn nobody_comes_back_after_two_minutes() {
    let app = TestApp::start().await;
    let early = app.client(&DEMO).await.cut();
    all_gone(&app).await;
    app.advance(Duration::from_secs(119));
    let client = back(&app, Transport::WebSocket, &early).await;
    assert_eq!(client.identity(), &early.identity);
    let late = client.cut();
    all_gone(&app).await;
    app.advance(Duration::from_secs(121));
    let client = back(&app, Transport::WebSocket, &late).await;
    assert_ne!(client.identity().sid, late.identity.sid);
    app.stop().await;
}

#[actix_web::test]
async fn who_left_on_purpose_or_was_sent_away_begins_afresh() {
    let app = TestApp::start().await;
    let client = app.client(&DEMO).await;
    client.leave().await;
    all_gone(&app).await;
    let left = client.cut();
    let mut client = app.client(&DEMO).await;
    app.advance(Duration::from_secs(900));
    client.expect("session:expired").await;
    client.expect_end().await;
    for lost in [left, client.cut()] {
        let client = back(&app, Transport::WebSocket, &lost).await;
        assert_ne!(client.identity().sid, lost.identity.sid);
        drop(client);
    }
    app.stop().await;
}
