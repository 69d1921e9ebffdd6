//! Lists, page by page: `{"items":[…],"nextCursor":"…"|null}`.

use actix_web::{HttpRequest, HttpResponse};
use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};

use crate::domain::{Code, OrganizationId};

use super::{answer, cursor::Binding, problem::Problem, query::Query};

/// Items of a page where nobody says otherwise.
pub(super) const DEFAULT_LIMIT: usize = 100;
/// Items of a page at most.
pub(super) const MAX_LIMIT: usize = 1000;

/// Which page is wanted.
#[derive(Debug)]
pub(super) struct Page<Key> {
    binding: Binding,
    limit: usize,
    /// Begin after this item.
    pub(super) after: Option<Key>,
}

impl<Key: Serialize + DeserializeOwned> Page<Key> {
    /// By `limit` and `cursor`; the query must be whole still: the cursor is bound to all of it.
    pub(super) fn of(
        request: &HttpRequest,
        query: &mut Query,
        organization: OrganizationId,
    ) -> Self {
        let binding = Binding::of(request, query, organization);
        let within = |text: &str| {
            let limit = text.parse().ok()?;
            (1..=MAX_LIMIT).contains(&limit).then_some(limit)
        };
        let limit = query
            .parsed_by("limit", "must be 1 to 1000", within)
            .unwrap_or(DEFAULT_LIMIT);
        let after = query.parsed_by("cursor", "is not of this query", |text| binding.key(text));
        Self {
            binding,
            limit,
            after,
        }
    }

    /// Items that it may hold.
    pub(super) const fn limit(&self) -> usize {
        self.limit
    }

    /// Rows to ask for: one more than the page has tells whether there is another.
    pub(super) fn rows(&self) -> i64 {
        i64::try_from(self.limit + 1).unwrap_or(i64::MAX)
    }

    /// The page out of at most [`Self::rows`] items; `key` is where the page after an item begins.
    pub(super) fn answer<T: Serialize>(
        &self,
        items: Vec<T>,
        key: impl Fn(&T) -> Key,
    ) -> Result<HttpResponse, Problem> {
        let more = items.len() > self.limit;
        self.answer_cut(items, more, key)
    }

    /// Likewise, where the caller knows whether there may be `more` than the page.
    pub(super) fn answer_cut<T: Serialize>(
        &self,
        mut items: Vec<T>,
        more: bool,
        key: impl Fn(&T) -> Key,
    ) -> Result<HttpResponse, Problem> {
        items.truncate(self.limit);
        let unwritten = || Problem::new(Code::Internal, "the cursor could not be written");
        let next_cursor = match items.last().filter(|_| more) {
            None => None,
            Some(last) => Some(self.binding.cursor(&key(last)).ok_or_else(unwritten)?),
        };
        answer::json(&List { items, next_cursor })
    }
}

/// A page.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "{T}Page")]
pub(super) struct List<T> {
    items: Vec<T>,
    /// Where the next page begins; null: this is the last.
    next_cursor: Option<String>,
}
