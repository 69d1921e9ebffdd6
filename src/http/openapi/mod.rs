//! The OpenAPI 3.1 document, made of the tables that the routes are mounted from: schemas of answers come from the
//! types that are serialized, those of bodies from the functions that read them.

mod operation;

use serde_json::{Map, Value, json};

use crate::domain::schema::Schemas;

use super::routes::{Table, tables};

/// `{"openapi":"3.1.0","info":{…},"paths":{"/api/v1/sites":{"get":{…}}},"components":{…}}`
#[must_use]
pub fn document() -> Value {
    let mut schemas = Schemas::default();
    let mut paths: Map<String, Value> = Map::new();
    for Table {
        prefix, endpoints, ..
    } in tables()
    {
        for endpoint in endpoints {
            let path = paths
                .entry(format!("{prefix}{}", endpoint.path))
                .or_insert_with(|| json!({}));
            path[endpoint.method.as_str().to_lowercase()] =
                operation::described(prefix, &endpoint, &mut schemas);
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "FreshTrack",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Times are RFC 3339 in UTC with milliseconds, temperatures °C, ids UUIDs. A field without \
                a value is absent. Another organization's id is not found, like an unknown one. Errors are \
                `application/problem+json` (RFC 9457) with a `code`.",
            "license": {"name": "MIT OR Apache-2.0"},
        },
        "paths": paths,
        "components": {
            "schemas": schemas.into_definitions(),
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer",
                    "description": "`accessToken` of `POST /api/v1/auth/login`"},
                "webhookSecret": {"type": "apiKey", "in": "header", "name": "X-Webhook-Secret",
                    "description": "A webhook key's secret; also taken as `Authorization: Bearer` or as the password \
                        of `Authorization: Basic`"},
            },
        },
    })
}

#[cfg(test)]
mod tests;
