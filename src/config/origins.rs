//! Which web pages may call this server: what a browser's `Origin` header is compared with.

use super::check::Checker;

/// Origins whose pages may call, beside the server's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AllowedOrigins {
    /// Every page; nothing here depends on cookies.
    Any,
    /// These, each as a browser writes it: `https://app.example.com:8443`.
    Listed(Vec<String>),
}

impl AllowedOrigins {
    /// Whether a page of `origin` (the header's value) may call. The server's own origin is not asked here.
    #[must_use]
    pub fn allows(&self, origin: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Listed(origins) => origins.iter().any(|known| known == origin),
        }
    }

    pub(super) fn check(checker: &mut Checker<'_>, key: &str) -> Option<Self> {
        let texts = checker.list(key)?;
        if texts.iter().any(|text| text == "*") {
            return Some(Self::Any);
        }
        match texts.iter().find(|text| !is_origin(text)) {
            None => Some(Self::Listed(texts)),
            Some(wrong) => {
                checker.refuse(
                    key,
                    format!("`{wrong}` must be http:// or https:// with a host in lower case and perhaps a port, nothing after it; or *"),
                );
                None
            }
        }
    }
}

fn is_origin(text: &str) -> bool {
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-:[]_".contains(c);
    rest.is_some_and(|host| !host.is_empty() && !host.ends_with(':') && host.chars().all(fits))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_browser_would_send_is_an_origin() {
        for (text, expected) in [
            ("https://app.example.com", true),
            ("http://localhost:5173", true),
            ("http://[::1]:5173", true),
            ("app.example.com", false),
            ("https://app.example.com/", false),
            ("https://App.example.com", false),
            ("https://", false),
            ("https://a:", false),
        ] {
            assert_eq!(is_origin(text), expected, "{text}");
        }
    }

    #[test]
    fn origins_are_compared_whole() {
        let listed = AllowedOrigins::Listed(vec!["https://app.example.com".to_owned()]);
        assert!(listed.allows("https://app.example.com"));
        assert!(!listed.allows("https://app.example.com.evil.example"));
        assert!(!listed.allows("http://app.example.com"));
        assert!(!listed.allows("null"));
        assert!(AllowedOrigins::Any.allows("null"));
    }
}
