//! One operation of the document.

use actix_web::http::Method;
use serde_json::{Map, Value, json};

use crate::{
    domain::{Action, Code, Role, schema::Schemas},
    http::{
        endpoint::{Access, Doc, Endpoint, Reply},
        problem,
    },
};

/// What the document says of an endpoint that is mounted below `prefix`.
pub(super) fn described(prefix: &str, endpoint: &Endpoint, schemas: &mut Schemas) -> Value {
    let doc = &endpoint.doc;
    let mut operation = json!({
        "operationId": id(&endpoint.method, prefix, endpoint.path),
        "tags": [tag(prefix, endpoint.path)],
        "summary": doc.summary,
        "security": security(doc.access),
        "parameters": parameters(endpoint),
        "responses": responses(endpoint, schemas),
    });
    if let Some(roles) = roles(doc.access) {
        operation["description"] = roles.into();
    }
    if let Some(body) = &doc.body {
        let is_required = body.get("required").is_some()
            || body.get("properties").is_none()
            || body["type"] != "object";
        operation["requestBody"] = json!({
            "required": is_required,
            "content": {"application/json": {"schema": body}},
        });
    }
    operation
}

/// `get_units_id_readings`
fn id(method: &Method, prefix: &str, path: &str) -> String {
    let parts = prefix
        .trim_start_matches("/api/v1")
        .split(['/', '{', '}', '.'])
        .chain(path.split(['/', '{', '}', '.', '-']))
        .filter(|part| !part.is_empty());
    let method = method.as_str().to_lowercase();
    std::iter::once(method.as_str())
        .chain(parts)
        .collect::<Vec<_>>()
        .join("_")
}

/// The first part of the path.
fn tag<'a>(prefix: &'a str, path: &'a str) -> &'a str {
    let own = if prefix.starts_with("/api/") {
        path
    } else {
        prefix
    };
    own.split('/').find(|part| !part.is_empty()).unwrap_or(own)
}

fn security(access: Access) -> Value {
    match access {
        Access::Open => json!([]),
        Access::Member(_) => json!([{"token": []}]),
        Access::Webhook => json!([{"webhookSecret": []}]),
        Access::WebhookOrMember(_) => json!([{"webhookSecret": []}, {"token": []}]),
    }
}

fn roles(access: Access) -> Option<String> {
    let (Access::Member(action) | Access::WebhookOrMember(action)) = access else {
        return None;
    };
    let holders: Vec<&str> = Role::ALL
        .iter()
        .filter(|role| role.may(action))
        .map(|role| role.as_str())
        .collect();
    (holders.len() < Role::ALL.len()).then(|| format!("Roles: {}.", holders.join(", ")))
}

fn parameters(endpoint: &Endpoint) -> Vec<Value> {
    let mut parameters = Vec::new();
    if endpoint.path.contains("{id}") {
        parameters.push(json!({"name": "id", "in": "path", "required": true,
            "schema": {"type": "string", "format": "uuid"}}));
    }
    parameters.extend(endpoint.doc.parameters.iter().map(|parameter| {
        json!({"name": parameter.name, "in": "query", "description": parameter.description,
            "schema": parameter.schema})
    }));
    if endpoint.doc.is_conditional {
        parameters.push(json!({"name": "If-Match", "in": "header", "schema": {"type": "string"},
            "description": "The `ETag` of the resource as it was read; done only if it still is so"}));
    }
    parameters
}

fn responses(endpoint: &Endpoint, schemas: &mut Schemas) -> Value {
    let mut responses = Map::new();
    let (status, good) = good(endpoint.doc.reply, schemas);
    if let Reply::Json {
        or_status: Some(other),
        ..
    } = endpoint.doc.reply
    {
        responses.insert(other.to_string(), good.clone());
    }
    responses.insert(status.to_string(), good);
    for code in problems(endpoint) {
        let status = problem::status(code).as_u16().to_string();
        responses.entry(status).or_insert_with(|| {
            json!({
                "description": "A problem",
                "content": {"application/problem+json": {"schema": schemas.of(problem::schema)}},
            })
        });
    }
    responses.into()
}

fn good(reply: Reply, schemas: &mut Schemas) -> (u16, Value) {
    let text = || json!({"schema": {"type": "string"}});
    let content = |schema: Value| json!({"application/json": {"schema": schema}});
    match reply {
        Reply::Nothing => (204, json!({"description": "Done"})),
        Reply::Json { schema, .. } => {
            let content = content(schemas.of(schema));
            (200, json!({"description": "Done", "content": content}))
        }
        Reply::Resource(schema) => {
            let content = content(schemas.of(schema));
            let headers = json!({"ETag": text()});
            (
                200,
                json!({"description": "The resource", "headers": headers, "content": content}),
            )
        }
        Reply::Created(schema) => {
            let content = content(schemas.of(schema));
            let headers = json!({"ETag": text(), "Location": text()});
            (
                201,
                json!({"description": "Made", "headers": headers, "content": content}),
            )
        }
        Reply::Text(media_type) => {
            let content = json!({ media_type: text() });
            (200, json!({"description": "Done", "content": content}))
        }
    }
}

/// What can go wrong with an endpoint of this kind.
fn problems(endpoint: &Endpoint) -> Vec<Code> {
    let Doc {
        access,
        body,
        is_conditional,
        ..
    } = &endpoint.doc;
    let mut codes = vec![Code::Internal, Code::Unavailable];
    match access {
        Access::Open if body.is_some() => codes.extend([Code::Unauthorized, Code::RateLimited]),
        Access::Open => {}
        Access::Member(Action::View) => codes.push(Code::Unauthorized),
        Access::Member(_) => codes.extend([Code::Unauthorized, Code::Forbidden]),
        Access::Webhook => codes.extend([Code::Unauthorized, Code::RateLimited]),
        Access::WebhookOrMember(_) => {
            codes.extend([Code::Unauthorized, Code::Forbidden, Code::RateLimited]);
        }
    }
    if endpoint.method == Method::GET && *access != Access::Open {
        codes.push(Code::InvalidPayload);
    }
    if endpoint.path.contains("{id}") {
        codes.push(Code::NotFound);
    }
    if body.is_some() {
        codes.extend([
            Code::InvalidPayload,
            Code::NotFound,
            Code::Conflict,
            Code::PayloadTooLarge,
            Code::UnsupportedMediaType,
        ]);
    }
    if *is_conditional {
        codes.extend([Code::PreconditionFailed, Code::Conflict]);
    }
    codes.sort_by_key(|code| problem::status(*code).as_u16());
    codes
}
