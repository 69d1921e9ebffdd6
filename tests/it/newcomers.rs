//! Somebody new: from a running server to readings and alerts of their own sensor.

use std::process::Output;

use actix_web::web::block;
use serde_json::{Value, json};

use crate::support::{Client, DEMO, TestApp, Transport, Uplink, freshtrack, printed};

const PASSWORD: &str = "correct horse";

/// Runs an operator's command beside the server.
async fn chore(app: &TestApp, arguments: &'static [&'static str]) -> Output {
    let data = app.data().to_owned();
    let run = move || {
        let place = data.display().to_string();
        let variables = [("FRESHTRACK__STORAGE__DATA_DIR", place.as_str())];
        freshtrack(&data, arguments, &variables, PASSWORD)
    };
    let output = block(run).await.unwrap();
    assert!(output.status.success(), "{output:?}");
    output
}

/// A new owner, signed in.
async fn owner(app: &TestApp) -> String {
    let add: &[&str] = &[
        "user",
        "add",
        "--org",
        "Corner Café",
        "--email",
        "owner@corner.example",
        "--role",
        "owner",
    ];
    chore(app, add).await;
    app.http.login("owner@corner.example", PASSWORD).await
}

async fn create(app: &TestApp, token: &str, route: &str, body: Value) -> Value {
    let call = app.http.post(&format!("/api/v1/{route}")).bearer(token);
    call.json(&body).send().await.expect(201)["id"].clone()
}

#[actix_web::test]
async fn an_organization_of_ones_own_is_made_while_the_server_runs() {
    let app = TestApp::start().await;
    let token = owner(&app).await;
    let add: &[&str] = &[
        "webhook-key",
        "add",
        "--org",
        "Corner Café",
        "--name",
        "ttn",
    ];
    let secret = printed(&chore(&app, add).await, "secret");
    let auth = json!({ "token": token });
    let mut client = Client::connect(&app.http, Transport::WebSocket, &auth)
        .await
        .unwrap();
    let mut demo = app.client(&DEMO).await;

    let site = json!({"name": "Corner", "timezone": "Europe/Vienna"});
    let site = create(&app, &token, "sites", site).await;
    let area = json!({"siteId": site, "name": "Kitchen"});
    let area = create(&app, &token, "areas", area).await;
    let unit = json!({"siteId": site, "areaId": area, "name": "Fridge", "kind": "fridge"});
    let unit = create(&app, &token, "units", unit).await;
    let device = json!({"unitId": unit, "devEui": "A840410000000001", "model": "LHT65N", "role": "temperature"});
    let device = create(&app, &token, "devices", device).await;
    for (resource, id) in [
        ("sites", &site),
        ("areas", &area),
        ("units", &unit),
        ("devices", &device),
        ("units", &unit),
    ] {
        let told = client.expect("data:updated").await;
        assert_eq!(told, json!({"resource": resource, "id": id}));
    }

    // The demo has a sensor of the same EUI: the secret says whose this one is.
    let uplink = Uplink {
        dev_eui: "A840410000000001".to_owned(),
        f_cnt: 1,
        celsius: 9.5,
        received_at: Some(app.clock.clock().now()),
    };
    let posted = app.http.post("/webhooks/ttn").bearer(&secret);
    posted.json(&uplink.body()).send().await.expect_stored(1);
    let batch = client.expect("sensor:readings:batch").await;
    assert_eq!(
        (&batch["unitId"], &batch["readings"][0]["deviceId"]),
        (&unit, &device)
    );
    assert_eq!(client.expect("alert:triggered").await["unitId"], unit);
    let mark = app.mark(&DEMO).await;
    demo.expect_only(&mark).await;
    app.stop().await;
}

#[actix_web::test]
async fn an_operators_token_acts_for_its_user() {
    let app = TestApp::start().await;
    owner(&app).await;
    let ask: &[&str] = &["token", "--email", "owner@corner.example", "--ttl", "1h"];
    let token = chore(&app, ask).await;
    let token = String::from_utf8(token.stdout).unwrap();
    let me = app.http.get("/api/v1/auth/me").bearer(token.trim());
    let me = me.send().await.expect(200);
    assert_eq!(
        (&me["email"], &me["role"]),
        (&json!("owner@corner.example"), &json!("owner"))
    );
    app.stop().await;
}
