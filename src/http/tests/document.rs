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
    operations::fixture::FRIDGES,
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
