//! Tokens made by hand, as an outside issuer or an attacker would.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::crypto::sign;
use serde_json::{Value, json};
use uuid::Uuid;

use super::*;
use crate::domain::Code;

const SECRET: &[u8] = b"a secret of thirty-two bytes or more";
const NOW: i64 = 1_800_000_000;
const ORGANIZATION: &str = "0199c1f4-7b1e-7c3a-9d52-3f6a1b2c4d5e";

fn time(seconds: i64) -> Timestamp {
    Timestamp::from_millis(NOW * 1000).plus_seconds(seconds)
}

fn verify(token: &str) -> Result<Identity, TokenError> {
    TokenKey::hs256(SECRET).verify(Some(token), time(0))
}

fn base64url(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// A token with any header and claims, its signature made as said.
fn token(header: &Value, claims: &Value, secret: &[u8], algorithm: Algorithm) -> String {
    let message = format!("{}.{}", base64url(header), base64url(claims));
    let key = EncodingKey::from_secret(secret);
    let signature = sign(message.as_bytes(), &key, algorithm).expect("signed");
    format!("{message}.{signature}")
}

fn hs256(claims: &Value) -> String {
    token(
        &json!({"alg": "HS256", "typ": "JWT"}),
        claims,
        SECRET,
        Algorithm::HS256,
    )
}

/// The least that holds, with one claim set, or removed by null.
fn claims_with(name: &str, value: Value) -> Value {
    let mut claims = json!({
        "sub": "outside|42", "organizationId": ORGANIZATION, "role": "manager", "exp": NOW + 60,
    });
    claims[name] = value;
    claims
}

fn claims() -> Value {
    claims_with("role", json!("manager"))
}

#[test]
fn our_own_token_says_what_was_granted() {
    let id = |number| Uuid::from_u128(number);
    let grant = AccessGrant {
        user_id: UserId(id(1)),
        organization_id: OrganizationId(id(2)),
        role: Role::Staff,
        email: "staff@freshtrack.local".to_owned(),
        name: "Stefan Ö.".to_owned(),
        session: Some(SessionId(id(3))),
    };
    let key = TokenKey::hs256(SECRET);
    let token = key.issue(&grant, 900, time(0)).expect("issued");
    assert_eq!(token.expires_at, time(900));
    let identity = key.verify(Some(&token.text), time(899)).expect("holds");
    assert_eq!(
        identity,
        Identity {
            user_id: Some(grant.user_id),
            subject: id(1).to_string(),
            organization_id: grant.organization_id,
            role: Role::Staff,
            email: Some(grant.email),
            name: Some(grant.name),
            session: grant.session,
            expires_at: time(900),
        }
    );
}

#[test]
fn an_outside_token_needs_no_more_than_the_required_claims() {
    let identity = verify(&hs256(&claims())).expect("holds");
    assert_eq!(identity.subject, "outside|42");
    assert_eq!(identity.user_id, None);
    assert_eq!(identity.organization_id.to_string(), ORGANIZATION);
    assert_eq!(identity.role, Role::Manager);
    assert_eq!((identity.email, identity.name), (None, None));
    assert_eq!(identity.session, None);
    assert_eq!(identity.expires_at, time(60));
}

#[test]
fn the_subject_is_sub_or_else_user_id() {
    let user_id = "0199c1f4-7b1e-7c3a-9d52-000000000001";
    let mut both = claims_with("userId", json!(user_id));
    assert_eq!(verify(&hs256(&both)).expect("holds").subject, "outside|42");
    both["sub"] = Value::Null;
    let identity = verify(&hs256(&both)).expect("holds");
    assert_eq!(identity.subject, user_id);
    assert_eq!(identity.user_id, user_id.parse().ok());
}

#[test]
fn claims_decide_whether_it_holds() {
    for (name, value, holds) in [
        ("sub", Value::Null, false),
        ("sub", json!(""), false),
        ("sub", json!(42), false),
        ("organizationId", Value::Null, false),
        ("organizationId", json!("acme"), false),
        ("role", Value::Null, false),
        ("role", json!("root"), false),
        ("role", json!("Manager"), false),
        ("exp", Value::Null, false),
        ("exp", json!("1900000000"), false),
        ("exp", json!(NOW as f64 + 0.5), true),
        ("exp", json!(u64::MAX / 2), true),
        ("exp", json!(1e300), false),
        ("exp", json!(-1e300), false),
        ("aud", json!("freshtrack"), true),
        ("sid", json!("not ours"), true),
        ("unknown", json!({"a": [1]}), true),
    ] {
        let token = hs256(&claims_with(name, value.clone()));
        assert_eq!(verify(&token).is_ok(), holds, "{name} {value}");
    }
}

#[test]
fn lifetimes_have_a_leeway_of_five_seconds() {
    for (claim, seconds, holds) in [
        ("exp", 1, true),
        ("exp", -4, true),
        ("exp", -5, false),
        ("exp", -6, false),
        ("nbf", 5, true),
        ("nbf", 6, false),
        ("nbf", -100, true),
    ] {
        let token = hs256(&claims_with(claim, json!(NOW + seconds)));
        assert_eq!(verify(&token).is_ok(), holds, "{claim} {seconds}");
    }
}

#[test]
fn only_hs256_with_our_secret_is_believed() {
    use Algorithm::{HS256, HS384, HS512};
    let alg = |name: &str| json!({"alg": name, "typ": "JWT"});
    let critical = json!({"alg": "HS256", "crit": ["b64"], "b64": true});
    for (name, header, secret, algorithm, holds) in [
        ("ours", alg("HS256"), SECRET, HS256, true),
        (
            "another secret",
            alg("HS256"),
            &b"another"[..],
            HS256,
            false,
        ),
        ("no secret", alg("HS256"), b"", HS256, false),
        ("HS384", alg("HS384"), SECRET, HS384, false),
        ("HS512", alg("HS512"), SECRET, HS512, false),
        ("HS512 said to be HS256", alg("HS256"), SECRET, HS512, false),
        (
            "RS256, its key taken for a secret",
            alg("RS256"),
            SECRET,
            HS256,
            false,
        ),
        ("ES256 likewise", alg("ES256"), SECRET, HS256, false),
        ("none, signed", alg("none"), SECRET, HS256, false),
        ("other case", alg("hs256"), SECRET, HS256, false),
        ("no algorithm", json!({"typ": "JWT"}), SECRET, HS256, false),
        ("critical header", critical, SECRET, HS256, false),
    ] {
        let token = token(&header, &claims(), secret, algorithm);
        assert_eq!(verify(&token).is_ok(), holds, "{name}");
    }
}

#[test]
fn what_is_not_signed_is_not_believed() {
    let whole = hs256(&claims());
    let (message, signature) = whole.rsplit_once('.').expect("three parts");
    let unsigned = base64url(&json!({"alg": "none"}));
    let body = base64url(&claims());
    let owner = base64url(&claims_with("role", json!("owner")));
    let header = base64url(&json!({"alg": "HS256", "typ": "JWT"}));
    for token in [
        format!("{unsigned}.{body}."),
        format!("{unsigned}.{body}"),
        format!("{message}."),
        format!("{header}.{owner}.{signature}"),
        format!("{whole}="),
        format!(" {whole}"),
        format!("{whole}.{signature}"),
        "Bearer".to_owned(),
        "..".to_owned(),
        "\u{0}".to_owned(),
    ] {
        assert_eq!(verify(&token), Err(TokenError::Invalid), "{token}");
    }
}

#[test]
fn no_token_is_missing_and_a_huge_one_invalid() {
    let key = TokenKey::hs256(SECRET);
    let verify = |token| key.verify(token, time(0)).map(|identity| identity.subject);
    assert_eq!(verify(None), Err(TokenError::Missing));
    assert_eq!(verify(Some("")), Err(TokenError::Missing));
    let huge = hs256(&claims_with("name", json!("x".repeat(MAX_TOKEN_BYTES))));
    assert_eq!(verify(Some(&huge)), Err(TokenError::Invalid));
}

#[test]
fn a_role_is_asked_for_its_rights() {
    let identity = verify(&hs256(&claims_with("role", json!("viewer")))).expect("holds");
    assert!(identity.require(crate::domain::Action::View).is_ok());
    let refused = identity.require(crate::domain::Action::Acknowledge);
    assert_eq!(refused.map_err(|error| error.code()), Err(Code::Forbidden));
}

#[test]
fn neither_key_nor_token_shows_itself() {
    let token = AccessToken {
        text: "secret".to_owned(),
        expires_at: time(0),
    };
    let shown = format!("{token:?} {:?}", TokenKey::hs256(SECRET));
    assert_eq!(
        shown,
        "AccessToken(.., expires 2027-01-15T08:00:00.000Z) TokenKey(HS256)"
    );
}
