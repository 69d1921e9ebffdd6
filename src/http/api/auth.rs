//! `/auth`: signing in, going on, signing out. Answers hold secrets and are never stored by a cache.

use std::net::{IpAddr, Ipv4Addr};

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{CACHE_CONTROL, HeaderValue},
    web::{Data, Payload},
};
use serde::Serialize;

use crate::{
    domain::Timestamp,
    http::{answer, body, problem::Problem, state::State, who::Who},
    operations::{Account, SignedIn},
};

/// Longest e-mail address, characters (RFC 5321, 4.5.3.1).
const MAX_EMAIL_CHARS: usize = 254;
/// Longest password that is looked at, characters.
const MAX_PASSWORD_CHARS: usize = 1024;
/// Longest refresh token that is looked at, characters; ours have 43.
const MAX_TOKEN_CHARS: usize = 1024;

/// `{"accessToken":"…","refreshToken":"…","expiresAt":"2026-11-24T05:55:12.000Z","user":{…}}`
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Session {
    access_token: String,
    refresh_token: String,
    expires_at: Timestamp,
    user: Account,
}

impl From<SignedIn> for Session {
    fn from(signed_in: SignedIn) -> Self {
        Self {
            access_token: signed_in.access.text,
            expires_at: signed_in.access.expires_at,
            refresh_token: signed_in.refresh.into_text(),
            user: signed_in.account,
        }
    }
}

/// `POST /auth/login` `{email,password}`
pub(in crate::http) async fn login(
    state: Data<State>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let mut fields = body::object(&request, payload).await?;
    let email = fields.required_text("email", MAX_EMAIL_CHARS);
    let password = fields.required_text("password", MAX_PASSWORD_CHARS);
    let (email, password) = fields.finish(email.zip(password))?;
    // Only a server that is not on a network has no peer.
    let peer = request
        .peer_addr()
        .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |address| address.ip());
    let signed_in = state.operations.login(&email, password, peer).await?;
    unstored(answer::json(&Session::from(signed_in))?)
}

/// `POST /auth/refresh` `{refreshToken}`
pub(in crate::http) async fn refresh(
    state: Data<State>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let token = refresh_token(&request, payload).await?;
    let signed_in = state.operations.refresh(&token).await?;
    unstored(answer::json(&Session::from(signed_in))?)
}

/// `POST /auth/logout` `{refreshToken}`
pub(in crate::http) async fn logout(
    state: Data<State>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let token = refresh_token(&request, payload).await?;
    state.operations.logout(&token).await?;
    unstored(HttpResponse::NoContent().finish())
}

/// `GET /auth/me`
pub(in crate::http) async fn me(who: Who) -> Result<HttpResponse, Problem> {
    unstored(answer::json(&Account::from(&who.0))?)
}

async fn refresh_token(request: &HttpRequest, payload: Payload) -> Result<String, Problem> {
    let mut fields = body::object(request, payload).await?;
    let token = fields.required_text("refreshToken", MAX_TOKEN_CHARS);
    fields.finish(token)
}

fn unstored(mut response: HttpResponse) -> Result<HttpResponse, Problem> {
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
