//! The secret that a webhook comes with: `X-Webhook-Secret`, else `Authorization: Bearer`, else the password
//! of `Authorization: Basic`, whatever the user name.

use actix_web::http::header::HeaderMap;
use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::who::credentials;

/// The secret presented, if there is one that can be text.
pub(super) fn presented(headers: &HeaderMap) -> Option<String> {
    own_header(headers)
        .or_else(|| credentials(headers, "bearer").map(str::to_owned))
        .or_else(|| basic_password(headers))
        .filter(|secret| !secret.is_empty())
}

fn own_header(headers: &HeaderMap) -> Option<String> {
    let value = headers.get("x-webhook-secret")?;
    let text = std::str::from_utf8(value.as_bytes()).ok()?;
    Some(text.to_owned()).filter(|text| !text.is_empty())
}

/// RFC 7617: base64 of `user:password`; the password may hold further colons.
fn basic_password(headers: &HeaderMap) -> Option<String> {
    let decoded = STANDARD.decode(credentials(headers, "basic")?).ok()?;
    let text = String::from_utf8(decoded).ok()?;
    text.split_once(':')
        .map(|(_, password)| password.to_owned())
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    #[test]
    fn the_first_place_that_holds_a_secret_counts() {
        let basic = |text: &str| format!("Basic {}", STANDARD.encode(text));
        let (own, authorization) = ("x-webhook-secret", "authorization");
        for (name, headers, expected) in [
            ("none", vec![], None),
            ("our own", vec![(own, "s1".to_owned())], Some("s1")),
            (
                "our own first",
                vec![
                    (own, "s1".to_owned()),
                    (authorization, "Bearer s2".to_owned()),
                ],
                Some("s1"),
            ),
            (
                "empty, then the next",
                vec![
                    (own, String::new()),
                    (authorization, "Bearer s2".to_owned()),
                ],
                Some("s2"),
            ),
            (
                "bearer in other letters",
                vec![(authorization, "bEARER s2".to_owned())],
                Some("s2"),
            ),
            (
                "bearer of nothing",
                vec![(authorization, "Bearer ".to_owned())],
                None,
            ),
            (
                "password",
                vec![(authorization, basic("ttn:s3"))],
                Some("s3"),
            ),
            (
                "password with colons",
                vec![(authorization, basic(":s:3"))],
                Some("s:3"),
            ),
            ("no password", vec![(authorization, basic("ttn"))], None),
            (
                "not base64",
                vec![(authorization, "Basic !".to_owned())],
                None,
            ),
            (
                "another scheme",
                vec![(authorization, "Digest s4".to_owned())],
                None,
            ),
            ("no scheme", vec![(authorization, "s5".to_owned())], None),
        ] {
            let mut map = HeaderMap::new();
            for (key, value) in headers {
                let value = HeaderValue::from_str(&value).expect("a header");
                map.insert(HeaderName::from_static(key), value);
            }
            assert_eq!(presented(&map).as_deref(), expected, "{name}");
        }
    }
}
