//! Request bodies: bounded in size and time, read only when a handler asks for them.

use std::time::Duration;

use actix_web::{
    HttpMessage as _, HttpRequest,
    http::header::{CONTENT_ENCODING, CONTENT_LENGTH},
    web,
};
use futures_util::StreamExt as _;
use serde_json::Value;

use crate::domain::{Code, json};

use super::{fields::Fields, problem::Problem};

/// Longest body of a REST request, bytes.
const MAX_JSON_BYTES: usize = 1024 * 1024;

/// How long a body may take to arrive.
const ARRIVAL: Duration = Duration::from_secs(30);

/// The whole body, at most `limit` bytes. One that announces itself longer is refused unread.
pub(super) async fn read(
    request: &HttpRequest,
    payload: web::Payload,
    limit: usize,
) -> Result<Vec<u8>, Problem> {
    if announced_length(request).is_some_and(|length| length > limit as u64) {
        return Err(too_large(limit));
    }
    tokio::time::timeout(ARRIVAL, collect(payload, limit))
        .await
        .map_err(|_| incomplete("it did not arrive within 30 s"))?
}

/// The fields of a JSON object; no body at all is an empty one.
pub(super) async fn object(
    request: &HttpRequest,
    payload: web::Payload,
) -> Result<Fields, Problem> {
    let body = read(request, payload, MAX_JSON_BYTES).await?;
    if body.is_empty() {
        return Ok(Fields::default());
    }
    must_be_json(request)?;
    Ok(Fields::new(json::parse_object(&body)?))
}

/// A JSON value.
pub(super) async fn value(request: &HttpRequest, payload: web::Payload) -> Result<Value, Problem> {
    let body = read(request, payload, MAX_JSON_BYTES).await?;
    must_be_json(request)?;
    Ok(json::parse(&body)?)
}

fn must_be_json(request: &HttpRequest) -> Result<(), Problem> {
    match is_json(request) {
        true => Ok(()),
        false => Err(Problem::new(
            Code::UnsupportedMediaType,
            "the body must be application/json",
        )),
    }
}

async fn collect(mut payload: web::Payload, limit: usize) -> Result<Vec<u8>, Problem> {
    let mut body = Vec::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| incomplete("it ended early"))?;
        if body.len() + chunk.len() > limit {
            return Err(too_large(limit));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// `application/json` or `application/*+json`, not compressed; what names no type is taken for JSON.
fn is_json(request: &HttpRequest) -> bool {
    if request.headers().contains_key(CONTENT_ENCODING) {
        return false;
    }
    let essence = request.content_type().to_ascii_lowercase();
    match essence.strip_prefix("application/") {
        Some(subtype) => subtype == "json" || subtype.ends_with("+json"),
        None => essence.is_empty(),
    }
}

fn announced_length(request: &HttpRequest) -> Option<u64> {
    let value = request.headers().get(CONTENT_LENGTH)?;
    value.to_str().ok()?.parse().ok()
}

fn too_large(limit: usize) -> Problem {
    Problem::new(
        Code::PayloadTooLarge,
        format!("the body must be at most {} KiB", limit / 1024),
    )
}

fn incomplete(why: &str) -> Problem {
    Problem::new(Code::InvalidJson, format!("the body is incomplete: {why}"))
}
