//! Cursors: opaque to the client, and good for the one query they came from.
//!
//! base64url of 8 bytes that bind it, and the last item's key as JSON. Not signed: a key only says where to
//! go on among what the query may see anyway.

use actix_web::HttpRequest;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest as _, Sha256};

use crate::domain::OrganizationId;

use super::query::Query;

const BINDING_BYTES: usize = 8;

/// The query that a cursor belongs to: path, parameters and organization, not how many items a page has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Binding([u8; BINDING_BYTES]);

impl Binding {
    pub(super) fn of(request: &HttpRequest, query: &Query, organization: OrganizationId) -> Self {
        let mut hash = Sha256::new();
        hash.update(organization.0.as_bytes());
        let mut field = |text: &str| {
            hash.update(text.len().to_be_bytes());
            hash.update(text);
        };
        field(request.path());
        for (name, value) in query.without(&["cursor", "limit"]) {
            field(name);
            field(value);
        }
        let digest = hash.finalize();
        Self(std::array::from_fn(|index| digest[index]))
    }

    /// The cursor of the page that begins after `key`.
    pub(super) fn cursor(self, key: &impl Serialize) -> Option<String> {
        let mut bytes = self.0.to_vec();
        serde_json::to_writer(&mut bytes, key).ok()?;
        Some(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// The key in a cursor of this query.
    pub(super) fn key<T: DeserializeOwned>(self, cursor: &str) -> Option<T> {
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let key = bytes.strip_prefix(&self.0)?;
        serde_json::from_slice(key).ok()
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;
    use uuid::Uuid;

    use super::*;

    fn binding(uri: &str, organization: u128) -> Binding {
        let request = TestRequest::with_uri(uri).to_http_request();
        let query = Query::of(&request).expect("readable");
        let organization = OrganizationId(Uuid::from_u128(organization));
        Binding::of(&request, &query, organization)
    }

    #[test]
    fn a_cursor_is_good_for_its_query_and_no_other() {
        let bound = binding("/alerts?status=active&kind=x", 1);
        let cursor = bound.cursor(&(5, "key")).expect("encoded");
        for (name, uri, organization, good) in [
            ("the same", "/alerts?status=active&kind=x", 1, true),
            ("in another order", "/alerts?kind=x&status=active", 1, true),
            (
                "another page size",
                "/alerts?status=active&kind=x&limit=5&cursor=abc",
                1,
                true,
            ),
            ("another filter", "/alerts?status=resolved&kind=x", 1, false),
            ("no filter", "/alerts", 1, false),
            ("another list", "/units?status=active&kind=x", 1, false),
            (
                "another organization",
                "/alerts?status=active&kind=x",
                2,
                false,
            ),
        ] {
            let key: Option<(i64, String)> = binding(uri, organization).key(&cursor);
            assert_eq!(key.is_some(), good, "{name}");
        }
        assert_eq!(bound.key(&cursor), Some((5, "key".to_owned())));
    }

    #[test]
    fn what_is_no_cursor_is_refused() {
        let bound = binding("/units", 1);
        let cut = bound.cursor(&"key").map(|cursor| cursor[..8].to_owned());
        for text in ["", "!", "AAAA", cut.as_deref().unwrap_or_default()] {
            assert_eq!(bound.key::<String>(text), None, "{text}");
        }
    }
}
