//! Which web pages may read our answers (Fetch, 3.2): our own, and those of the configured origins.
//! No cookie is used, so a page that may not read cannot act in a user's name either.

use actix_web::{
    Error, HttpResponse,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method,
        header::{self, HeaderMap, HeaderValue},
    },
    middleware::Next,
    web,
};

use super::state::State;

const METHODS: HeaderValue = HeaderValue::from_static("GET, HEAD, POST, PATCH, DELETE");
const REQUEST_HEADERS: HeaderValue =
    HeaderValue::from_static("authorization, content-type, if-match");
const RESPONSE_HEADERS: HeaderValue =
    HeaderValue::from_static("etag, location, retry-after, x-freshtrack-node");
/// How long a browser may remember a preflight's answer, seconds.
const MAX_AGE: HeaderValue = HeaderValue::from_static("600");

/// Answers preflights, and lets pages of allowed origins read the rest.
pub(super) async fn cors(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let origin = allowed_origin(&request);
    let mut response = if is_preflight(&request) {
        request.into_response(HttpResponse::NoContent().finish())
    } else {
        next.call(request).await?.map_into_boxed_body()
    };
    let preflight = response.request().method() == Method::OPTIONS;
    let headers = response.headers_mut();
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
    if let Some(origin) = origin {
        allow(headers, origin, preflight);
    }
    Ok(response)
}

fn allow(headers: &mut HeaderMap, origin: HeaderValue, preflight: bool) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    if preflight {
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, REQUEST_HEADERS);
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, MAX_AGE);
    } else {
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, RESPONSE_HEADERS);
    }
}

fn allowed_origin(request: &ServiceRequest) -> Option<HeaderValue> {
    let state = request.app_data::<web::Data<State>>()?;
    let origin = request.headers().get(header::ORIGIN)?;
    let allowed = state.allowed_origins.allows(origin.to_str().ok()?);
    allowed.then(|| origin.clone())
}

fn is_preflight(request: &ServiceRequest) -> bool {
    request.method() == Method::OPTIONS
        && request.headers().contains_key(header::ORIGIN)
        && request
            .headers()
            .contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}
