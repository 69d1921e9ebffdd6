//! Every route of ours, in one table.

use std::future::ready;

use actix_web::{
    HttpRequest, Resource, Route, guard,
    http::Method,
    middleware::{DefaultHeaders, from_fn},
    web,
};

use crate::config::Demo;

use super::{api, cors::cors, dashboard, health, problem::Problem, state::State, ttn_webhook};

/// What an answer of any route says of the node that gave it.
#[must_use]
pub fn node_header(state: &State) -> DefaultHeaders {
    DefaultHeaders::new().add(("X-FreshTrack-Node", state.node_id.as_str()))
}

/// Puts every route on a server, and a problem where there is none.
pub fn configure(config: &mut web::ServiceConfig, state: &State) {
    config
        .app_data(web::Data::new(state.clone()))
        .service(webhooks())
        .service(
            web::scope("/health")
                .wrap(from_fn(cors))
                .configure(health_routes),
        )
        .service(
            web::scope("/api/v1")
                .wrap(from_fn(cors))
                .configure(api_routes),
        )
        .configure(|config| page(config, state.demo))
        .default_service(web::to(unknown));
}

fn webhooks() -> Resource {
    let paths = ["/webhooks/ttn", "/webhooks/ttn/{below:.*}"];
    methods(
        web::resource(paths),
        "POST",
        [(Method::POST, web::to(ttn_webhook::receive))],
    )
}

fn health_routes(config: &mut web::ServiceConfig) {
    config
        .service(get("", web::to(health::health)))
        .service(get("/live", web::to(health::live)))
        .service(get("/ready", web::to(health::ready)));
}

fn api_routes(config: &mut web::ServiceConfig) {
    config
        .service(post("/auth/login", web::to(api::auth::login)))
        .service(post("/auth/refresh", web::to(api::auth::refresh)))
        .service(post("/auth/logout", web::to(api::auth::logout)))
        .service(get("/auth/me", web::to(api::auth::me)))
        .service(get("/snapshot", web::to(api::snapshot::read)))
        .service(collection(
            "/sites",
            web::to(api::sites::list),
            web::to(api::sites::create),
        ))
        .service(get("/sites/{id}", web::to(api::sites::one)))
        .service(collection(
            "/areas",
            web::to(api::areas::list),
            web::to(api::areas::create),
        ))
        .service(get("/areas/{id}", web::to(api::areas::one)))
        .service(collection(
            "/units",
            web::to(api::units::list),
            web::to(api::units::create),
        ))
        .service(get("/units/{id}", web::to(api::units::one)))
        .service(get("/units/{id}/readings", web::to(api::readings::list)))
        .service(collection(
            "/devices",
            web::to(api::devices::list),
            web::to(api::devices::create),
        ))
        .service(get("/devices/{id}", web::to(api::devices::one)))
        .service(get("/quarantine", web::to(api::quarantine::list)))
        .service(collection(
            "/rules",
            web::to(api::rules::list),
            web::to(api::rules::create),
        ))
        .service(methods(
            web::resource("/rules/{id}"),
            "GET, HEAD, PATCH",
            [
                (Method::GET, web::to(api::rules::one)),
                (Method::PATCH, web::to(api::rules::change)),
            ],
        ))
        .service(get("/alerts", web::to(api::alerts::list)))
        .service(get("/alerts/{id}", web::to(api::alerts::one)))
        .service(post(
            "/alerts/{id}/acknowledge",
            web::to(api::alerts::acknowledge),
        ));
}

fn page(config: &mut web::ServiceConfig, demo: Demo) {
    for file in dashboard::files(demo) {
        let path = file.path;
        let answer = move |request: HttpRequest| ready(file.answer(&request));
        config.service(get(path, web::to(answer)));
    }
}

fn get(path: &str, route: Route) -> Resource {
    methods(web::resource(path), "GET, HEAD", [(Method::GET, route)])
}

/// What can be listed and added to.
fn collection(path: &str, list: Route, create: Route) -> Resource {
    methods(
        web::resource(path),
        "GET, HEAD, POST",
        [(Method::GET, list), (Method::POST, create)],
    )
}

fn post(path: &str, route: Route) -> Resource {
    methods(web::resource(path), "POST", [(Method::POST, route)])
}

/// A resource with these methods; what can be got can be asked for its head. `allow` is the answer to others.
fn methods<const N: usize>(
    mut resource: Resource,
    allow: &'static str,
    routes: [(Method, Route); N],
) -> Resource {
    for (method, route) in routes {
        let route = if method == Method::GET {
            route.guard(guard::Any(guard::Get()).or(guard::Head()))
        } else {
            route.method(method)
        };
        resource = resource.route(route);
    }
    resource.default_service(web::to(move || async move {
        Err::<actix_web::HttpResponse, _>(Problem::method_not_allowed(allow))
    }))
}

async fn unknown() -> Result<actix_web::HttpResponse, Problem> {
    Err(Problem::not_found())
}
