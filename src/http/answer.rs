//! Answers with a JSON body, and those of a single resource with its entity tag.

use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
};
use serde::Serialize;

use crate::domain::Code;

use super::{etag, problem::Problem};

/// 200 with this value.
pub(super) fn json(value: &impl Serialize) -> Result<HttpResponse, Problem> {
    json_with(StatusCode::OK, value)
}

/// `status` with this value.
pub(super) fn json_with(
    status: StatusCode,
    value: &impl Serialize,
) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::build(status)
        .content_type(header::ContentType::json())
        .body(encode(value)?))
}

/// 204: it is done.
pub(super) fn nothing() -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::NoContent().finish())
}

/// 200 with a single resource and its `ETag`.
pub(super) fn resource(value: &impl Serialize) -> Result<HttpResponse, Problem> {
    let body = encode(value)?;
    Ok(HttpResponse::Ok()
        .content_type(header::ContentType::json())
        .insert_header(header::ETag(etag::of(&body)))
        .body(body))
}

/// 201 with a resource just made, its `ETag`, and where it is.
pub(super) fn created(location: &str, value: &impl Serialize) -> Result<HttpResponse, Problem> {
    let body = encode(value)?;
    Ok(HttpResponse::Created()
        .content_type(header::ContentType::json())
        .insert_header(header::ETag(etag::of(&body)))
        .insert_header((header::LOCATION, location))
        .body(body))
}

/// A value as its answer has it.
pub(super) fn encode(value: &impl Serialize) -> Result<Vec<u8>, Problem> {
    serde_json::to_vec(value).map_err(|error| {
        log::error!(error:% = error; "answer not encoded");
        Problem::new(Code::Internal, "the answer could not be written")
    })
}
