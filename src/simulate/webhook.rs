//! The webhook that uplinks are posted to, as The Things Stack would post them: once each, by HTTP or HTTPS.
//!
//! Bounds: a connection for each call in flight, up to those that `player` allows; five seconds for an answer, as the
//! stack gives; 64 KiB of it.

use std::{fmt, str::FromStr, time::Duration};

use awc::http::{StatusCode, Uri, Version, uri::PathAndQuery};
use serde::Deserialize;

use super::player::IN_FLIGHT;

/// Time for a call with its answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);

/// Largest answer that is read, bytes.
const ANSWER_BYTES: usize = 64 * 1024;

/// Where uplinks go. A server's address alone means its `/webhooks/ttn`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookUrl(String);

/// Why a text is no such address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be an http:// or https:// URL, as http://127.0.0.1:3000")]
pub struct InvalidUrl;

impl FromStr for WebhookUrl {
    type Err = InvalidUrl;

    fn from_str(text: &str) -> Result<Self, InvalidUrl> {
        let url: Uri = text.parse().map_err(|_| InvalidUrl)?;
        if !matches!(url.scheme_str(), Some("http" | "https"))
            || url.host().is_none_or(str::is_empty)
        {
            return Err(InvalidUrl);
        }
        match url.path_and_query().map(PathAndQuery::as_str) {
            None | Some("/") => Ok(Self(format!("{}/webhooks/ttn", text.trim_end_matches('/')))),
            Some(_) => Ok(Self(text.to_owned())),
        }
    }
}

impl fmt::Display for WebhookUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What became of one uplink.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The server has it.
    Taken {
        /// New readings.
        stored: u64,
        /// Whether it had them all before.
        duplicate: bool,
    },
    /// The server does not have it, as far as we know; and why.
    Failed(String),
}

/// `{"accepted":true,"stored":1,"duplicate":false}`
#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    stored: u64,
    #[serde(default)]
    duplicate: bool,
}

/// A webhook with its secret. Lives on one thread.
#[derive(Clone)]
pub struct Webhook {
    client: awc::Client,
    url: WebhookUrl,
    secret: String,
}

impl Webhook {
    /// Calls nobody yet.
    #[must_use]
    pub fn new(url: WebhookUrl, secret: String) -> Self {
        let connector = awc::Connector::new()
            .limit(IN_FLIGHT)
            .max_http_version(Version::HTTP_11);
        let client = awc::Client::builder()
            .connector(connector)
            .timeout(ANSWER_WITHIN)
            .disable_redirects()
            .finish();
        Self {
            client,
            url,
            secret,
        }
    }

    /// Posts one message.
    pub(super) async fn post(&self, body: String) -> Outcome {
        let call = self
            .client
            .post(&self.url.0)
            .insert_header(("X-Webhook-Secret", self.secret.as_str()))
            .content_type("application/json");
        let mut answer = match call.send_body(body).await {
            Ok(answer) => answer,
            Err(error) => return Outcome::Failed(error.to_string()),
        };
        // Read in any case: the connection is used again only then.
        let body = answer.body().limit(ANSWER_BYTES).await;
        match answer.status() {
            StatusCode::OK | StatusCode::ACCEPTED => {
                match body.as_deref().map(serde_json::from_slice) {
                    Ok(Ok(Answer { stored, duplicate })) => Outcome::Taken { stored, duplicate },
                    Ok(Err(_)) | Err(_) => {
                        Outcome::Failed("an answer that is not of this webhook".to_owned())
                    }
                }
            }
            status => Outcome::Failed(status.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_alone_means_its_webhook() {
        for (text, url) in [
            (
                "http://127.0.0.1:3000",
                Some("http://127.0.0.1:3000/webhooks/ttn"),
            ),
            (
                "http://127.0.0.1:3000/",
                Some("http://127.0.0.1:3000/webhooks/ttn"),
            ),
            (
                "https://[::1]:3000",
                Some("https://[::1]:3000/webhooks/ttn"),
            ),
            (
                "https://fresh.example/in/up?x=1",
                Some("https://fresh.example/in/up?x=1"),
            ),
            ("127.0.0.1:3000", None),
            ("ftp://fresh.example", None),
            ("http://", None),
            ("/webhooks/ttn", None),
            ("", None),
        ] {
            let read = text.parse::<WebhookUrl>().ok().map(|url| url.to_string());
            assert_eq!(read.as_deref(), url, "{text}");
        }
    }
}
