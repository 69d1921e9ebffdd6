//! Entity tags (RFC 9110, 8.8.3) and `If-Match` (13.1.1): a resource's tag is the digest of its JSON.

use actix_web::{
    HttpRequest,
    http::header::{self, EntityTag, Header as _},
};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::answer;

/// The strong tag of a representation: 128 bits of its SHA-256.
pub(super) fn of(body: &[u8]) -> EntityTag {
    let digest = Sha256::digest(body);
    EntityTag::new_strong(hex::encode(&digest[..16]))
}

/// What a request wants the resource to be before it is changed.
#[derive(Debug)]
pub(super) enum Precondition {
    /// Whatever it is.
    None,
    /// One of these, by strong comparison.
    OneOf(Vec<EntityTag>),
}

impl Precondition {
    /// By the header `If-Match`; one that cannot be read matches nothing.
    pub(super) fn of(request: &HttpRequest) -> Self {
        if !request.headers().contains_key(header::IF_MATCH) {
            return Self::None;
        }
        match header::IfMatch::parse(request) {
            Ok(header::IfMatch::Any) => Self::None,
            Ok(header::IfMatch::Items(tags)) => Self::OneOf(tags),
            Err(_) => Self::OneOf(Vec::new()),
        }
    }

    /// Whether the resource is as wanted.
    pub(super) fn holds_for(&self, resource: &impl Serialize) -> bool {
        match self {
            Self::None => true,
            Self::OneOf(tags) => answer::encode(resource).is_ok_and(|body| {
                let current = of(&body);
                tags.iter().any(|tag| tag.strong_eq(&current))
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn a_change_needs_a_strong_match_if_it_asks_for_one() {
        let current = of(br#"{"a":1}"#).to_string();
        let other = of(br#"{"a":2}"#).to_string();
        assert_eq!(current.len(), 34);
        for (name, header, expected) in [
            ("the same", current.clone(), true),
            ("another", other.clone(), false),
            ("one of them", format!("{other}, {current}"), true),
            ("weak", format!("W/{current}"), false),
            ("any", "*".to_owned(), true),
            ("no tag", "abc".to_owned(), false),
            ("nothing", String::new(), false),
        ] {
            let request = TestRequest::default()
                .insert_header(("If-Match", header))
                .to_http_request();
            let precondition = Precondition::of(&request);
            let holds = precondition.holds_for(&serde_json::json!({"a": 1}));
            assert_eq!(holds, expected, "{name}");
        }
        let without = TestRequest::default().to_http_request();
        assert!(Precondition::of(&without).holds_for(&1));
    }
}
