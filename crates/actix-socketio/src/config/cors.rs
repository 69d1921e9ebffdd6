//! Which pages of other origins may use long-polling. Part of [`super`]; the transport writes its headers.

/// Which web pages of other origins may use long-polling. Without it only pages of the same origin can.
#[derive(Clone, Debug)]
pub struct Cors {
    origins: Option<Vec<String>>,
    credentials: bool,
}

impl Cors {
    /// Any origin.
    pub const fn any() -> Self {
        Self {
            origins: None,
            credentials: false,
        }
    }

    /// These origins, each like `https://app.example.com`.
    pub fn origins<I: IntoIterator<Item: Into<String>>>(origins: I) -> Self {
        Self {
            origins: Some(origins.into_iter().map(Into::into).collect()),
            credentials: false,
        }
    }

    /// Lets pages send cookies along.
    #[must_use]
    pub const fn credentials(mut self) -> Self {
        self.credentials = true;
        self
    }

    pub(crate) const fn allows_credentials(&self) -> bool {
        self.credentials
    }

    /// The value of `Access-Control-Allow-Origin` for a request of this origin, if it may be told one.
    pub(crate) fn allowed<'a>(&self, origin: Option<&'a str>) -> Option<&'a str> {
        match (&self.origins, origin) {
            (None, _) if !self.credentials => Some("*"),
            (None, origin) => origin,
            (Some(origins), Some(origin)) => origins
                .iter()
                .any(|known| known == origin)
                .then_some(origin),
            (Some(_), None) => None,
        }
    }

    /// The answer depends on who asks, so that caches must keep them apart.
    pub(crate) const fn varies(&self) -> bool {
        self.origins.is_some() || self.credentials
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_told_what_they_may() {
        let list = || Cors::origins(["http://ok.test"]);
        for (cors, origin, allowed) in [
            (Cors::any(), Some("http://a.test"), Some("*")),
            (Cors::any(), None, Some("*")),
            (
                Cors::any().credentials(),
                Some("http://a.test"),
                Some("http://a.test"),
            ),
            (Cors::any().credentials(), None, None),
            (list(), Some("http://ok.test"), Some("http://ok.test")),
            (list(), Some("http://ok.test.evil"), None),
            (list().credentials(), None, None),
        ] {
            assert_eq!(cors.allowed(origin), allowed, "{cors:?} {origin:?}");
        }
    }
}
