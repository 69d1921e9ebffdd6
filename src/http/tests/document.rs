//! Every route, as the OpenAPI document has it, tried at once.

use actix_web::http::Method;
use serde_json::{Map, Value, json};

use super::{Server, authorized};
use crate::{
    domain::Role,
    http::{
        endpoint::{Access, Endpoint},
        routes::tables,
    },
    operations::fixture::{FRIDGES, RIVAL_FRIDGE, RIVAL_SITE},
};

const NOBODYS: &str = "00000000-0000-7000-8000-000000000009";

fn api() -> impl Iterator<Item = Endpoint> {
    let is_for_members = |endpoint: &Endpoint| matches!(endpoint.doc.access, Access::Member(_));
    tables()
        .into_iter()
        .filter(|table| table.prefix == "/api/v1")
        .flat_map(|table| table.endpoints)
        .filter(is_for_members)
}

/// An id of everything that Rival has.
async fn rivals_ids(server: &Server) -> Vec<String> {
    let token = server.token_of("owner@rival.example").await;
    let mut ids = Vec::new();
    let unit = json!({"scope": "unit", "scopeId": RIVAL_FRIDGE, "maxTemperature": 8});
    let gateway = json!({"siteId": RIVAL_SITE, "gatewayId": "rival-1", "name": "x"});
    for (route, body) in [("rules", unit), ("gateways", gateway)] {
        let request = authorized(Method::POST, &format!("/api/v1/{route}"), &token);
        let made = server.call(request.set_json(body)).await;
        assert_eq!(made.outcome(), (201, ""));
    }
    for route in [
        "sites", "areas", "units", "devices", "gateways", "rules", "users",
    ] {
        let request = authorized(Method::GET, &format!("/api/v1/{route}"), &token);
        let list = server.call(request).await.body;
        let id = list["items"][0]["id"].as_str();
        ids.push(id.unwrap_or_else(|| panic!("{route}: {list}")).to_owned());
    }
    ids
}

#[actix_web::test]
async fn anothers_id_is_nobodys_on_every_route() {
    let server = Server::open().await;
    let ids = rivals_ids(&server).await;
    let token = server.token(Role::Owner).await;
    let mut tried = 0;
    for endpoint in api().filter(|endpoint| endpoint.path.contains("{id}")) {
        let call = async |id: &str| {
            let path = format!("/api/v1{}", endpoint.path.replace("{id}", id));
            let request = authorized(endpoint.method.clone(), &path, &token);
            let request = match endpoint.doc.body {
                Some(_) => request.set_json(json!({})),
                None => request,
            };
            server.call(request).await
        };
        let unknown = call(NOBODYS).await;
        assert_eq!(unknown.outcome(), (404, "not_found"), "{}", endpoint.path);
        for id in ids.iter().map(String::as_str).chain(["x", "%00"]) {
            let foreign = call(id).await;
            assert_eq!(
                foreign.body, unknown.body,
                "{} {} {id}",
                endpoint.method, endpoint.path
            );
            tried += 1;
        }
    }
    assert!(tried > 150, "{tried}");
    let theirs = server.token_of("owner@rival.example").await;
    for id in &ids[..3] {
        let kind = if id == &ids[0] { "sites" } else { "units" };
        let path = format!(
            "/api/v1/{kind}/{}",
            if kind == "units" { &ids[2] } else { id }
        );
        let still = server.call(authorized(Method::GET, &path, &theirs)).await;
        assert_eq!(still.status, 200, "{path}");
    }
}

/// The name of each field that is wrong, without what is inside it, and whether it is known.
fn wrong(body: &Value) -> Vec<(String, bool)> {
    let errors = body["errors"].as_array().cloned().unwrap_or_default();
    let name = |error: &Value| {
        let field = error["field"].as_str().unwrap_or_default();
        let top = field.split('.').next().unwrap_or_default().to_owned();
        let is_known = field.contains('.') || error["message"] != "is not known";
        (top, is_known)
    };
    let mut names: Vec<_> = errors.iter().map(name).collect();
    names.sort();
    names.dedup();
    names
}

#[actix_web::test]
async fn a_body_has_the_fields_of_the_document_and_no_others() {
    let server = Server::open().await;
    let token = server.token(Role::Owner).await;
    for endpoint in api() {
        let Some(schema) = &endpoint.doc.body else {
            continue;
        };
        let properties = schema["properties"].as_object().expect("properties");
        let none_is_this = json!({"no": "such value"});
        let body: Map<String, Value> = properties
            .keys()
            .map(|name| (name.clone(), none_is_this.clone()))
            .collect();
        let path = format!("/api/v1{}", endpoint.path.replace("{id}", NOBODYS));
        let call = async |body: Value| {
            let request = authorized(endpoint.method.clone(), &path, &token);
            server.call(request.set_json(body)).await.body
        };
        let mut expected: Vec<_> = properties.keys().map(|name| (name.clone(), true)).collect();
        expected.sort();
        assert_eq!(wrong(&call(body.into()).await), expected, "{path}");
        let stray = wrong(&call(json!({"stray": 1})).await);
        assert!(
            stray.contains(&("stray".to_owned(), false)),
            "{path} {stray:?}"
        );
    }
}

#[actix_web::test]
async fn a_query_has_the_parameters_of_the_document_and_no_others() {
    let server = Server::open().await;
    let token = server.token(Role::Owner).await;
    for endpoint in api().filter(|endpoint| endpoint.method == Method::GET) {
        let path = endpoint.path.replace("{id}", &FRIDGES[0].to_string());
        let query: Vec<String> = endpoint
            .doc
            .parameters
            .iter()
            .map(|parameter| format!("{}=%00", parameter.name))
            .chain(["stray=1".to_owned()])
            .collect();
        let path = format!("/api/v1{path}?{}", query.join("&"));
        let answer = server.call(authorized(Method::GET, &path, &token)).await;
        let mut expected: Vec<_> = endpoint
            .doc
            .parameters
            .iter()
            .map(|parameter| (parameter.name.to_owned(), true))
            .chain([("stray".to_owned(), false)])
            .collect();
        expected.sort();
        assert_eq!(wrong(&answer.body), expected, "{path}");
    }
}

#[actix_web::test]
async fn every_route_for_members_refuses_who_is_none() {
    let server = Server::open().await;
    for endpoint in api() {
        let path = format!("/api/v1{}", endpoint.path.replace("{id}", NOBODYS));
        let request = actix_web::test::TestRequest::with_uri(&path).method(endpoint.method);
        assert_eq!(
            server.call(request).await.outcome(),
            (401, "unauthorized"),
            "{path}"
        );
    }
}
