//! Who calls: the bearer token of a request, checked before anything else of it is looked at.

use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    http::header::{AUTHORIZATION, HeaderMap},
};
use futures_util::{FutureExt as _, future::LocalBoxFuture};

use crate::auth::Identity;

use super::{call, problem::Problem};

/// Somebody whose token holds.
pub(super) struct Who(pub(super) Identity);

impl FromRequest for Who {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        async move {
            let state = call::state(&request)?;
            let token = credentials(request.headers(), "bearer");
            Ok(Self(state.operations.identify(token).await?))
        }
        .boxed_local()
    }
}

/// What `Authorization` holds for this scheme, named in lower case (RFC 9110, 11.4).
pub(super) fn credentials<'a>(headers: &'a HeaderMap, scheme: &str) -> Option<&'a str> {
    let value = headers.get(AUTHORIZATION)?;
    let text = std::str::from_utf8(value.as_bytes()).ok()?;
    let (given, rest) = text.split_once(' ')?;
    let rest = rest.trim();
    (given.eq_ignore_ascii_case(scheme) && !rest.is_empty()).then_some(rest)
}
