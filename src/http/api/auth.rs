//! `/auth`: signing in, going on, signing out. Answers hold secrets and are never stored by a cache.

use std::net::{IpAddr, Ipv4Addr};

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{CACHE_CONTROL, HeaderValue},
    web::{self, Data, Payload},
};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    domain::Timestamp,
    http::{
        answer, body,
        call::{Answer, Call},
        endpoint::{Access, Endpoint},
        fields::Fields,
        state::State,
    },
    operations::{Account, SignedIn},
};

/// Longest e-mail address, characters (RFC 5321, 4.5.3.1).
const MAX_EMAIL_CHARS: usize = 254;
/// Longest password that is looked at, characters.
const MAX_PASSWORD_CHARS: usize = 1024;
/// Longest refresh token that is looked at, characters; ours have 43.
const MAX_TOKEN_CHARS: usize = 1024;

pub(in crate::http) fn endpoints() -> Vec<Endpoint> {
    let open = |endpoint: Endpoint| endpoint.open_to(Access::Open);
    vec![
        open(Endpoint::post("/auth/login", web::to(login)))
            .says("Signs in; ten failures of an account and address within five minutes are the last for a while")
            .takes(credentials)
            .gives::<Session>(),
        open(Endpoint::post("/auth/refresh", web::to(refresh)))
            .says("Gives the next pair of tokens; a refresh token works once")
            .takes(refresh_token)
            .gives::<Session>(),
        open(Endpoint::post("/auth/logout", web::to(logout)))
            .says("Ends the login that a refresh token belongs to")
            .takes(refresh_token),
        Endpoint::get("/auth/me", web::to(me))
            .says("Whose token this is")
            .gives::<Account>(),
    ]
}

/// `{"accessToken":"…","refreshToken":"…","expiresAt":"2026-11-24T05:55:12.000Z","user":{…}}`
#[derive(Serialize, JsonSchema)]
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

async fn login(state: Data<State>, request: HttpRequest, payload: Payload) -> Answer {
    let mut fields = body::object(&request, payload).await?;
    let credentials = credentials(&mut fields);
    let (email, password) = fields.finish(credentials)?;
    // Only a server that is not on a network has no peer.
    let peer = request
        .peer_addr()
        .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |address| address.ip());
    let signed_in = state.operations.login(&email, password, peer).await?;
    unstored(answer::json(&Session::from(signed_in))?)
}

async fn refresh(state: Data<State>, request: HttpRequest, payload: Payload) -> Answer {
    let mut fields = body::object(&request, payload).await?;
    let token = refresh_token(&mut fields);
    let token = fields.finish(token)?;
    let signed_in = state.operations.refresh(&token).await?;
    unstored(answer::json(&Session::from(signed_in))?)
}

async fn logout(state: Data<State>, request: HttpRequest, payload: Payload) -> Answer {
    let mut fields = body::object(&request, payload).await?;
    let token = refresh_token(&mut fields);
    let token = fields.finish(token)?;
    state.operations.logout(&token).await?;
    unstored(HttpResponse::NoContent().finish())
}

async fn me(call: Call) -> Answer {
    call.no_query()?;
    unstored(answer::json(&Account::from(&call.who))?)
}

/// `{"email":"manager@freshtrack.local","password":"…"}`
fn credentials(fields: &mut Fields) -> Option<(String, String)> {
    let email = fields.required_text("email", MAX_EMAIL_CHARS);
    let password = fields.required_text("password", MAX_PASSWORD_CHARS);
    email.zip(password)
}

/// `{"refreshToken":"…"}`
fn refresh_token(fields: &mut Fields) -> Option<String> {
    fields.required_text("refreshToken", MAX_TOKEN_CHARS)
}

fn unstored(mut response: HttpResponse) -> Answer {
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
