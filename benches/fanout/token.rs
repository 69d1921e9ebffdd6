//! The token of a client: HS256, as each server checks it.

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde::Serialize;

use crate::failure::Failure;
use crate::wire::SECRET;

#[derive(Serialize)]
struct Claims<'a> {
    sub: String,
    org: &'a str,
    exp: u64,
}

/// 2100, seconds since 1970: no comparison outlives it.
const NEVER: u64 = 4_102_444_800;

/// For the user of that number: no two are the same, so that no server answers from a cache.
///
/// # Errors
/// None that the fixed algorithm could give.
pub(crate) fn of(organization: &str, user: u64) -> Result<String, Failure> {
    let claims = Claims {
        sub: format!("01936f5e-7c1a-7000-8000-{user:012x}"),
        org: organization,
        exp: NEVER,
    };
    let key = EncodingKey::from_secret(SECRET.as_bytes());
    encode(&Header::new(Algorithm::HS256), &claims, &key)
        .map_err(|error| Failure::protocol("a token", error.to_string().as_bytes()))
}
