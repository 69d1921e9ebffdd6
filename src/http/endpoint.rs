//! A route with what the OpenAPI document says of it: one cannot be there without the other.

use actix_web::{Route, http::Method};
use schemars::JsonSchema;
use serde_json::{Value, json};

use crate::domain::{
    Action,
    schema::{SchemaOf, schema_of},
};

use super::{
    fields::Fields,
    page::{DEFAULT_LIMIT, List, MAX_LIMIT},
};

/// One method of one path.
pub(super) struct Endpoint {
    pub(super) method: Method,
    /// Below where its table is mounted: `/sites/{id}`.
    pub(super) path: &'static str,
    /// Whether every path below it is the same.
    pub(super) is_prefix: bool,
    pub(super) doc: Doc,
    pub(super) route: Route,
}

/// What is said of it.
pub(super) struct Doc {
    pub(super) summary: &'static str,
    pub(super) access: Access,
    pub(super) parameters: Vec<Parameter>,
    /// The schema of the JSON body, if it takes one.
    pub(super) body: Option<Value>,
    pub(super) reply: Reply,
    /// Whether it changes a resource only if it is as the caller has seen it.
    pub(super) is_conditional: bool,
}

/// Who may call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// Anybody.
    Open,
    /// Whose access token holds and whose role has the right.
    Member(Action),
    /// Who has a webhook's secret.
    Webhook,
    /// Who has a webhook's secret, or a token whose role has the right.
    WebhookOrMember(Action),
}

/// A parameter of the URL's query.
#[derive(Debug, Clone)]
pub(super) struct Parameter {
    pub(super) name: &'static str,
    pub(super) schema: Value,
    pub(super) description: &'static str,
}

/// The answer when all is well.
#[derive(Clone, Copy)]
pub(super) enum Reply {
    /// 204.
    Nothing,
    /// 200 with JSON, and the same with another status, if there is one.
    Json {
        schema: SchemaOf,
        or_status: Option<u16>,
    },
    /// 200 with a resource and its `ETag`.
    Resource(SchemaOf),
    /// 201 with a resource, its `ETag` and `Location`.
    Created(SchemaOf),
    /// 200 with something else than JSON.
    Text(&'static str),
}

impl Endpoint {
    pub(super) fn get(path: &'static str, route: Route) -> Self {
        Self::new(Method::GET, path, route)
    }

    pub(super) fn post(path: &'static str, route: Route) -> Self {
        Self::new(Method::POST, path, route)
    }

    pub(super) fn patch(path: &'static str, route: Route) -> Self {
        Self::new(Method::PATCH, path, route).conditional()
    }

    pub(super) fn delete(path: &'static str, route: Route) -> Self {
        Self::new(Method::DELETE, path, route).conditional()
    }

    /// For every member, giving nothing, until it is said otherwise.
    fn new(method: Method, path: &'static str, route: Route) -> Self {
        let doc = Doc {
            summary: "",
            access: Access::Member(Action::View),
            parameters: Vec::new(),
            body: None,
            reply: Reply::Nothing,
            is_conditional: false,
        };
        Self {
            method,
            path,
            is_prefix: false,
            doc,
            route,
        }
    }

    fn conditional(mut self) -> Self {
        self.doc.is_conditional = true;
        self
    }

    /// And any path below it.
    pub(super) fn and_below(mut self) -> Self {
        self.is_prefix = true;
        self
    }

    /// What it does, in a line.
    pub(super) fn says(mut self, summary: &'static str) -> Self {
        self.doc.summary = summary;
        self
    }

    /// The right that it needs.
    pub(super) fn needs(self, action: Action) -> Self {
        self.open_to(Access::Member(action))
    }

    /// Who may call.
    pub(super) fn open_to(mut self, access: Access) -> Self {
        self.doc.access = access;
        self
    }

    /// Further parameters.
    pub(super) fn asks(mut self, parameters: impl IntoIterator<Item = Parameter>) -> Self {
        self.doc.parameters.extend(parameters);
        self
    }

    /// The body, as this function reads it.
    pub(super) fn takes<T>(self, read: impl FnOnce(&mut Fields) -> T) -> Self {
        self.takes_schema(Fields::describe(read))
    }

    /// The body, by its schema.
    pub(super) fn takes_schema(mut self, schema: Value) -> Self {
        self.doc.body = Some(schema);
        self
    }

    /// 200 with JSON.
    pub(super) fn gives<T: JsonSchema>(self) -> Self {
        self.replies(Reply::Json {
            schema: schema_of::<T>,
            or_status: None,
        })
    }

    /// The same JSON with this status, where things are not as they should be.
    pub(super) fn or_with_status(mut self, status: u16) -> Self {
        if let Reply::Json { or_status, .. } = &mut self.doc.reply {
            *or_status = Some(status);
        }
        self
    }

    /// A resource with its `ETag`.
    pub(super) fn gives_resource<T: JsonSchema>(self) -> Self {
        self.replies(Reply::Resource(schema_of::<T>))
    }

    /// 201 with what was made.
    pub(super) fn makes<T: JsonSchema>(self) -> Self {
        self.replies(Reply::Created(schema_of::<T>))
    }

    /// Something else than JSON, by its media type.
    pub(super) fn gives_text(self, media_type: &'static str) -> Self {
        self.replies(Reply::Text(media_type))
    }

    /// Pages.
    pub(super) fn lists<T: JsonSchema>(self) -> Self {
        let limit = json!({"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT});
        let cursor = json!({"type": "string"});
        self.gives::<List<T>>().asks([
            Parameter::new("limit", limit, "Items of the page at most"),
            Parameter::new("cursor", cursor, "Where the page begins: `nextCursor` of the page before, with otherwise the same query"),
        ])
    }

    fn replies(mut self, reply: Reply) -> Self {
        self.doc.reply = reply;
        self
    }
}

impl Parameter {
    pub(super) const fn new(name: &'static str, schema: Value, description: &'static str) -> Self {
        Self {
            name,
            schema,
            description,
        }
    }
}
