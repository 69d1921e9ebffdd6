use actix_web::http::Method;
use serde_json::{Value, json};

use super::{Answer, Server, authorized};
use crate::{
    domain::Role,
    operations::fixture::{FRIDGES, RIVAL_FRIDGE, RIVAL_SITE, SITE, WEBHOOK_SECRET},
};

/// The area of a site of the fixture has the site's id.
const AREA: &str = "00000000-0000-0000-0000-0000000000d1";

async fn post(server: &Server, route: &str, role: Role, body: Value) -> Answer {
    let path = format!("/api/v1/{route}");
    server.send(Method::POST, &path, role, body).await
}

/// What is made, and what a request for its location gives.
async fn made(server: &Server, route: &str, body: Value) -> Value {
    let answer = post(server, route, Role::Admin, body).await;
    assert_eq!(answer.outcome(), (201, ""), "{route}: {}", answer.body);
    let location = answer.header("location").expect("a location");
    let id = answer.body["id"].as_str().expect("an id");
    assert_eq!(location, format!("/api/v1/{route}/{id}"));
    let read = server.get(location, Role::Viewer).await;
    assert_eq!(read.body, answer.body);
    assert_eq!(read.header("etag"), answer.header("etag"));
    let list = server
        .get(&format!("/api/v1/{route}"), Role::Viewer)
        .await
        .body;
    let items = list["items"].as_array().expect("items");
    assert!(items.contains(&answer.body), "{list}");
    answer.body
}

#[actix_web::test]
async fn a_tree_is_made_from_the_site_to_the_sensor() {
    let server = Server::open().await;
    let site = made(
        &server,
        "sites",
        json!({"name": " Harbour ", "timezone": "europe/lisbon"}),
    )
    .await;
    assert_eq!(
        site,
        json!({"id": site["id"], "name": "Harbour", "timezone": "Europe/Lisbon"})
    );
    let area = json!({"siteId": site["id"], "name": "Kitchen"});
    let area = made(&server, "areas", area).await;
    assert_eq!(
        area,
        json!({"id": area["id"], "siteId": site["id"], "name": "Kitchen"})
    );
    let unit =
        json!({"siteId": site["id"], "areaId": area["id"], "name": "Freezer", "kind": "freezer"});
    let unit = made(&server, "units", unit).await;
    assert_eq!(
        unit,
        json!({"id": unit["id"], "siteId": site["id"], "areaId": area["id"], "name": "Freezer", "kind": "freezer",
            "status": "pending", "statusSince": "2026-05-01T12:00:00.000Z", "latestReading": null,
            "effectiveRule": {"maxTemperature": -18.0, "hysteresis": 0.5, "confirmHighSeconds": 900,
                "confirmLowSeconds": 900}})
    );
    let device = json!({"unitId": unit["id"], "devEui": "a8-40-41-b6-21-82-63-f5", "model": "LHT65N",
        "role": "temperature"});
    let device = made(&server, "devices", device).await;
    assert_eq!(
        device,
        json!({"id": device["id"], "unitId": unit["id"], "devEui": "A84041B6218263F5", "model": "LHT65N",
            "role": "temperature", "expectedIntervalSeconds": 600,
            "settings": {"probe": "internal", "doorPolarity": "normal"}})
    );
    let path = format!("/api/v1/units/{}", unit["id"].as_str().expect("an id"));
    let unit = server.get(&path, Role::Viewer).await.body;
    assert_eq!(unit["primaryDeviceId"], device["id"]);
}

#[actix_web::test]
async fn a_device_keeps_what_is_said_of_it() {
    let server = Server::open().await;
    let device = json!({"unitId": null, "applicationId": "kitchen", "ttnDeviceId": "door-1", "model": "LDS02",
        "role": "door", "settings": {"doorPolarity": "inverted"}});
    let door = made(&server, "devices", device).await;
    assert_eq!(
        door,
        json!({"id": door["id"], "unitId": null, "applicationId": "kitchen", "ttnDeviceId": "door-1",
            "model": "LDS02", "role": "door", "expectedIntervalSeconds": 86_400,
            "settings": {"probe": "internal", "doorPolarity": "inverted"}})
    );
    let second = json!({"unitId": FRIDGES[0], "devEui": "A840410000000042", "model": "EM300-TH",
        "role": "temperature", "expectedIntervalSeconds": 1200, "settings": {"probe": "external"}});
    let second = made(&server, "devices", second).await;
    assert_eq!(second["expectedIntervalSeconds"], 1200);
    assert_eq!(second["settings"]["probe"], "external");
    let path = format!("/api/v1/units/{}", FRIDGES[0]);
    let unit = server.get(&path, Role::Viewer).await.body;
    assert_eq!(unit["primaryDeviceId"], json!(FRIDGES[0]), "the first one");
}

#[actix_web::test]
async fn owner_and_admin_make_the_tree_and_others_do_not() {
    let server = Server::open().await;
    let bodies = [
        ("sites", json!({"name": "x", "timezone": "UTC"})),
        ("areas", json!({"siteId": SITE, "name": "x"})),
        (
            "units",
            json!({"siteId": SITE, "areaId": AREA, "name": "x", "kind": "other"}),
        ),
        (
            "devices",
            json!({"devEui": "A840410000000042", "model": "x", "role": "door"}),
        ),
    ];
    for (route, body) in &bodies {
        for role in [Role::Manager, Role::Staff, Role::Viewer, Role::Inspector] {
            let answer = post(&server, route, role, body.clone()).await;
            assert_eq!(answer.outcome(), (403, "forbidden"), "{route} {role}");
        }
        let answer = post(&server, route, Role::Owner, body.clone()).await;
        assert_eq!(answer.outcome(), (201, ""), "{route}");
    }
}

#[actix_web::test]
async fn every_wrong_field_is_named() {
    let server = Server::open().await;
    for (route, body, wrong) in [
        ("sites", json!({}), "name timezone"),
        (
            "sites",
            json!({"name": "", "timezone": "Europe/Atlantis", "id": "x"}),
            "name timezone id",
        ),
        ("areas", json!({"siteId": 5}), "siteId name"),
        (
            "units",
            json!({"siteId": "x", "areaId": null, "name": 5, "kind": "oven", "status": "ok"}),
            "siteId areaId name kind status",
        ),
        ("devices", json!({}), "devEui model role"),
        (
            "devices",
            json!({"devEui": "A84041", "model": "x".repeat(101), "role": "window"}),
            "devEui model role",
        ),
        (
            "devices",
            json!({"applicationId": "a", "model": "x", "role": "door", "expectedIntervalSeconds": 0,
                "settings": {"probe": "third", "colour": "red"}}),
            "ttnDeviceId expectedIntervalSeconds settings.probe settings.colour",
        ),
        (
            "devices",
            json!({"unitId": "x", "devEui": "A840410000000042", "model": "x", "role": "door", "settings": []}),
            "unitId settings",
        ),
    ] {
        let answer = post(&server, route, Role::Owner, body.clone()).await;
        assert_eq!(answer.outcome(), (400, "invalid_payload"), "{body}");
        let errors = answer.body["errors"].as_array().expect("errors");
        let fields: Vec<&str> = errors
            .iter()
            .filter_map(|error| error["field"].as_str())
            .collect();
        assert_eq!(fields.join(" "), wrong, "{body}");
    }
}

#[actix_web::test]
async fn what_is_anothers_is_not_found_like_what_is_nobodys() {
    let server = Server::open().await;
    let nobodys = "00000000-0000-7000-8000-000000000009";
    for (foreign, unknown, field) in [
        (
            ("areas", json!({"siteId": RIVAL_SITE, "name": "x"})),
            json!({"siteId": nobodys, "name": "x"}),
            "siteId",
        ),
        (
            (
                "units",
                json!({"siteId": RIVAL_SITE, "areaId": RIVAL_SITE, "name": "x", "kind": "other"}),
            ),
            json!({"siteId": nobodys, "areaId": RIVAL_SITE, "name": "x", "kind": "other"}),
            "siteId",
        ),
        (
            (
                "units",
                json!({"siteId": SITE, "areaId": RIVAL_SITE, "name": "x", "kind": "other"}),
            ),
            json!({"siteId": SITE, "areaId": nobodys, "name": "x", "kind": "other"}),
            "areaId",
        ),
        (
            (
                "devices",
                json!({"unitId": RIVAL_FRIDGE, "devEui": "A840410000000042", "model": "x", "role": "door"}),
            ),
            json!({"unitId": nobodys, "devEui": "A840410000000042", "model": "x", "role": "door"}),
            "unitId",
        ),
    ] {
        let (route, foreign) = foreign;
        let unknown = post(&server, route, Role::Owner, unknown).await;
        let foreign = post(&server, route, Role::Owner, foreign).await;
        assert_eq!(unknown.outcome(), (404, "not_found"), "{route}");
        assert_eq!(unknown.body["errors"][0]["field"], field);
        assert_eq!(unknown.body, foreign.body);
    }
    for route in ["sites", "areas", "devices"] {
        for id in [json!(RIVAL_SITE), json!(RIVAL_FRIDGE), json!(nobodys)] {
            let path = format!("/api/v1/{route}/{}", id.as_str().expect("an id"));
            let answer = server.get(&path, Role::Owner).await;
            assert_eq!(answer.outcome(), (404, "not_found"), "{path}");
        }
    }
}

#[actix_web::test]
async fn an_area_of_another_site_is_a_wrong_field() {
    let server = Server::open().await;
    let other = made(&server, "sites", json!({"name": "x", "timezone": "UTC"})).await;
    let unit = json!({"siteId": other["id"], "areaId": AREA, "name": "x", "kind": "other"});
    let answer = post(&server, "units", Role::Owner, unit).await;
    assert_eq!(answer.outcome(), (400, "invalid_payload"));
    assert_eq!(answer.body["errors"][0]["field"], "areaId");
}

#[actix_web::test]
async fn a_device_is_one_of_its_kind_within_its_organization() {
    let server = Server::open().await;
    let device = |field: &str, value: &str| {
        let mut body = json!({"devEui": "A840410000000042", "applicationId": "kitchen",
            "ttnDeviceId": "sensor-1", "model": "x", "role": "door"});
        body[field] = value.into();
        body
    };
    made(&server, "devices", device("model", "LDS02")).await;
    for (name, body, expected) in [
        ("the same EUI", device("ttnDeviceId", "sensor-2"), 409),
        ("the same name", device("devEui", "A840410000000043"), 409),
        ("both", device("model", "x"), 409),
        (
            "in lower case",
            json!({"devEui": "a840410000000042", "model": "x", "role": "door"}),
            409,
        ),
        (
            "a rival's EUI",
            json!({"devEui": format!("{:016X}", RIVAL_FRIDGE.0.as_u128()), "model": "x", "role": "door"}),
            201,
        ),
    ] {
        let answer = post(&server, "devices", Role::Owner, body).await;
        assert_eq!(answer.status, expected, "{name}: {}", answer.body);
    }
}

#[actix_web::test]
async fn a_new_device_is_believed_at_once() {
    let server = Server::open().await;
    let uplink = json!({"end_device_ids": {"dev_eui": "A840410000000042"},
        "uplink_message": {"f_port": 2, "f_cnt": 1, "decoded_payload": {"TempC_SHT": 3.5}}});
    let webhook = || {
        let request = authorized(Method::POST, "/webhooks/ttn", WEBHOOK_SECRET);
        server.call(request.set_json(&uplink))
    };
    assert_eq!(webhook().await.body["reason"], "unknown_device");
    let device = json!({"unitId": FRIDGES[1], "devEui": "A840410000000042", "model": "LHT65N",
        "role": "temperature"});
    made(&server, "devices", device).await;
    assert_eq!(webhook().await.body["stored"], 1);
}
