//! Whose web pages may open a connection. Browsers send WebSockets to any host, with no question asked before:
//! only the server can refuse them.

use thiserror::Error;

use crate::config::AllowedOrigins;

/// A page of an origin that is not allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("origin not allowed")]
pub struct ForeignOrigin;

/// The server's own origin, and those that the operator listed.
#[derive(Debug, Clone)]
pub struct OriginPolicy {
    allowed: AllowedOrigins,
}

impl OriginPolicy {
    /// With these beside the server's own.
    #[must_use]
    pub const fn new(allowed: AllowedOrigins) -> Self {
        Self { allowed }
    }

    /// Judges a request by its headers `Origin` and `Host`. Without `Origin` it comes from no page. The scheme is
    /// not compared with our own: a proxy may have taken TLS off.
    ///
    /// # Errors
    /// [`ForeignOrigin`]
    pub fn admits(&self, origin: Option<&[u8]>, host: Option<&[u8]>) -> Result<(), ForeignOrigin> {
        let Some(origin) = origin else {
            return Ok(());
        };
        let origin = std::str::from_utf8(origin).map_err(|_| ForeignOrigin)?;
        let own = origin.split_once("://").is_some_and(|(_, page)| {
            host.is_some_and(|host| page.as_bytes().eq_ignore_ascii_case(host))
        });
        if own || self.allowed.allows(origin) {
            Ok(())
        } else {
            Err(ForeignOrigin)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_this_server_and_of_listed_origins_are_admitted() {
        let listed = OriginPolicy::new(AllowedOrigins::Listed(vec![
            "https://app.example.com".to_owned(),
        ]));
        let any = OriginPolicy::new(AllowedOrigins::Any);
        for (policy, origin, host, admitted) in [
            (&listed, None, Some("fresh.test"), true),
            (&listed, None, None, true),
            (&listed, Some("http://fresh.test"), Some("fresh.test"), true),
            (
                &listed,
                Some("https://Fresh.test"),
                Some("fresh.test"),
                true,
            ),
            (&listed, Some("http://[::1]:3000"), Some("[::1]:3000"), true),
            (
                &listed,
                Some("http://fresh.test:81"),
                Some("fresh.test"),
                false,
            ),
            (
                &listed,
                Some("http://fresh.test.evil"),
                Some("fresh.test"),
                false,
            ),
            (&listed, Some("http://fresh.test"), None, false),
            (&listed, Some("fresh.test"), Some("fresh.test"), false),
            (
                &listed,
                Some("https://app.example.com"),
                Some("fresh.test"),
                true,
            ),
            (
                &listed,
                Some("http://app.example.com"),
                Some("fresh.test"),
                false,
            ),
            (&listed, Some("null"), Some("fresh.test"), false),
            (
                &any,
                Some("https://elsewhere.test"),
                Some("fresh.test"),
                true,
            ),
        ] {
            let judged = policy.admits(origin.map(str::as_bytes), host.map(str::as_bytes));
            assert_eq!(judged.is_ok(), admitted, "{origin:?} at {host:?}");
        }
        assert_eq!(
            any.admits(Some(b"http://\xff"), Some(b"\xff")),
            Err(ForeignOrigin)
        );
    }
}
