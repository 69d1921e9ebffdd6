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

/// Where it is looked for first.
pub(super) const HEADER: &str = "x-webhook-secret";

fn own_header(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(HEADER)?;
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

    fn basic(text: &str) -> String {
        format!("Basic {}", STANDARD.encode(text))
    }

    /// With these values of `X-Webhook-Secret` and `Authorization`, empty for none.
    fn presented_by(own: &str, authorization: &str) -> Option<String> {
        let mut headers = HeaderMap::new();
        for (name, value) in [("x-webhook-secret", own), ("authorization", authorization)] {
            let value = HeaderValue::from_str(value).expect("a header");
            headers.insert(HeaderName::from_static(name), value);
        }
        presented(&headers)
    }

    #[test]
    fn the_first_place_that_holds_a_secret_counts() {
        for (own, authorization, expected) in [
            ("", String::new(), None),
            ("s1", String::new(), Some("s1")),
            ("s1", "Bearer s2".to_owned(), Some("s1")),
            ("", "Bearer s2".to_owned(), Some("s2")),
            ("", "bEARER s2".to_owned(), Some("s2")),
            ("", "Bearer ".to_owned(), None),
            ("", basic("ttn:s3"), Some("s3")),
            ("", basic(":s:3"), Some("s:3")),
            ("", basic("ttn:"), None),
            ("", basic("ttn"), None),
            ("", "Basic !".to_owned(), None),
            ("", "Digest s4".to_owned(), None),
            ("", "s5".to_owned(), None),
        ] {
            let secret = presented_by(own, &authorization);
            assert_eq!(secret.as_deref(), expected, "{own}, {authorization}");
        }
    }

    #[test]
    fn without_headers_there_is_no_secret() {
        assert_eq!(presented(&HeaderMap::new()), None);
    }
}
