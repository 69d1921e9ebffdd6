//! Every route of ours, by table; the OpenAPI document is made of the same tables.

use std::future::ready;

use actix_web::{
    HttpRequest, Resource, Scope, guard,
    http::Method,
    middleware::{Condition, DefaultHeaders, from_fn},
    web,
};

use super::{
    api, cors::cors, dashboard, docs, endpoint::Endpoint, health, problem::Problem, state::State,
    ttn_webhook,
};

/// Routes below one path.
pub(super) struct Table {
    /// Where they are mounted.
    pub(super) prefix: &'static str,
    /// Whether pages of other origins may be let in.
    pub(super) is_for_pages: bool,
    /// They.
    pub(super) endpoints: Vec<Endpoint>,
}

/// All but the page's files.
pub(super) fn tables() -> [Table; 3] {
    let table = |prefix, is_for_pages, endpoints| Table {
        prefix,
        is_for_pages,
        endpoints,
    };
    [
        table("/api/v1", true, api::endpoints()),
        table("/webhooks", false, ttn_webhook::endpoints()),
        table("/health", true, health::endpoints()),
    ]
}

/// What an answer of any route says of the node that gave it.
#[must_use]
pub fn node_header(state: &State) -> DefaultHeaders {
    DefaultHeaders::new().add(("X-FreshTrack-Node", state.node_id.as_str()))
}

/// Puts every route on a server, and a problem where there is none.
pub fn configure(config: &mut web::ServiceConfig, state: &State) {
    config.app_data(web::Data::new(state.clone()));
    for table in tables() {
        let scope = resources(table.endpoints)
            .into_iter()
            .fold(web::scope(table.prefix), Scope::service);
        config.service(scope.wrap(Condition::new(table.is_for_pages, from_fn(cors))));
    }
    for file in dashboard::files(state.demo)
        .into_iter()
        .chain(docs::files())
    {
        let path = file.path;
        let answer = move |request: HttpRequest| ready(file.answer(&request));
        config.service(resources([Endpoint::get(path, web::to(answer))]).remove(0));
    }
    config.default_service(web::to(unknown));
}

/// One resource per path. What can be got can be asked for its head; other methods are told which there are.
fn resources(endpoints: impl IntoIterator<Item = Endpoint>) -> Vec<Resource> {
    let mut paths: Vec<(&'static str, bool, Vec<Endpoint>)> = Vec::new();
    for endpoint in endpoints {
        match paths.iter_mut().find(|(path, ..)| *path == endpoint.path) {
            Some((_, _, known)) => known.push(endpoint),
            None => paths.push((endpoint.path, endpoint.is_prefix, vec![endpoint])),
        }
    }
    let resource = |(path, is_prefix, endpoints): (&str, bool, Vec<Endpoint>)| {
        let mut patterns = vec![path.to_owned()];
        patterns.extend(is_prefix.then(|| format!("{path}/{{below:.*}}")));
        with_methods(web::resource(patterns), endpoints)
    };
    paths.into_iter().map(resource).collect()
}

fn with_methods(mut resource: Resource, endpoints: Vec<Endpoint>) -> Resource {
    let mut allowed = Vec::new();
    for endpoint in endpoints {
        allowed.push(endpoint.method.to_string());
        let route = if endpoint.method == Method::GET {
            allowed.push("HEAD".to_owned());
            let get_or_head = guard::Any(guard::Get()).or(guard::Head());
            endpoint.route.guard(get_or_head)
        } else {
            endpoint.route.method(endpoint.method)
        };
        resource = resource.route(route);
    }
    let allow = allowed.join(", ");
    resource.default_service(web::to(move || {
        ready(Err::<actix_web::HttpResponse, _>(
            Problem::method_not_allowed(&allow),
        ))
    }))
}

async fn unknown() -> Result<actix_web::HttpResponse, Problem> {
    Err(Problem::not_found())
}
