//! The way back to a sensor: where its network takes what is to be sent to it, and the key for that.

use std::fmt;

/// Longest address, bytes.
const LONGEST_URL: usize = 2_048;
/// Longest key, bytes.
const LONGEST_KEY: usize = 512;

/// Where a device's downlinks are posted. The Things Stack tells it with each message of a webhook that has a
/// downlink API key: `X-Downlink-Push`, `X-Downlink-Replace`, `X-Downlink-Apikey`.
#[derive(Clone, PartialEq, Eq)]
pub struct DownlinkRoute {
    push: String,
    replace: String,
    key: String,
}

impl DownlinkRoute {
    /// A route of these three, if both addresses are `http` or `https` (at most 2,048 bytes) and the key is 1 to 512
    /// visible ASCII characters, as a header can carry them.
    #[must_use]
    pub fn new(push: &str, replace: &str, key: &str) -> Option<Self> {
        let is_good = is_address(push) && is_address(replace) && is_key(key);
        is_good.then(|| Self {
            push: push.to_owned(),
            replace: replace.to_owned(),
            key: key.to_owned(),
        })
    }

    /// Adds to the device's queue.
    #[must_use]
    pub fn push(&self) -> &str {
        &self.push
    }

    /// Replaces the device's queue.
    #[must_use]
    pub fn replace(&self) -> &str {
        &self.replace
    }

    /// Sent as `Authorization: Bearer`. A secret.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }
}

impl fmt::Debug for DownlinkRoute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DownlinkRoute")
            .field("push", &self.push)
            .field("replace", &self.replace)
            .finish_non_exhaustive()
    }
}

fn is_address(text: &str) -> bool {
    let host = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    text.len() <= LONGEST_URL
        && text.bytes().all(|byte| byte.is_ascii_graphic())
        && host.is_some_and(|host| !host.is_empty() && !host.starts_with('/'))
}

fn is_key(text: &str) -> bool {
    (1..=LONGEST_KEY).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PUSH: &str =
        "https://eu1.example/api/v3/as/applications/a/webhooks/w/devices/d/down/push";

    #[test]
    fn only_what_can_be_called_is_a_route() {
        let long = format!("https://{}", "a".repeat(LONGEST_URL));
        for (push, key, good) in [
            (PUSH, "NNSXS.KEY", true),
            ("http://localhost:1885/push", "k", true),
            ("", "k", false),
            ("ftp://host/push", "k", false),
            ("https://", "k", false),
            ("https:///push", "k", false),
            ("https://host/with space", "k", false),
            (long.as_str(), "k", false),
            (PUSH, "", false),
            (PUSH, "two words", false),
            (PUSH, &"k".repeat(LONGEST_KEY + 1), false),
        ] {
            let there = DownlinkRoute::new(push, PUSH, key);
            let back = DownlinkRoute::new(PUSH, push, key);
            assert_eq!(there.is_some(), good, "{push}, {key}");
            assert_eq!(back.is_some(), good, "{push}, {key}");
        }
    }

    #[test]
    fn the_key_is_not_shown() {
        let route = DownlinkRoute::new(PUSH, PUSH, "NNSXS.KEY").expect("a route");
        assert!(!format!("{route:?}").contains("NNSXS"));
    }
}
