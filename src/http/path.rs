//! Ids in a path.

use std::str::FromStr;

use actix_web::HttpRequest;

use super::problem::Problem;

/// The id in the path, `{id}`. What is no id is nobody's: not found, like an unknown one.
pub(super) fn id<T: FromStr>(request: &HttpRequest) -> Result<T, Problem> {
    request
        .match_info()
        .query("id")
        .parse()
        .map_err(|_| Problem::not_found())
}
