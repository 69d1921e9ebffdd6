//! A small HTTP client: a call, an answer, and what a test expects of it.

use awc::http::Method;
use futures_util::StreamExt as _;
use serde_json::Value;

use super::DEADLINE;

/// Largest answer that a test reads, in bytes.
const BODY_LIMIT: usize = 16 << 20;

/// Calls one server.
#[derive(Clone)]
pub(crate) struct Http {
    client: awc::Client,
    base: String,
}

/// What a login gave.
pub(crate) struct SignedIn {
    /// For requests and the handshake.
    pub(crate) access: String,
    /// Works once.
    pub(crate) refresh: String,
}

/// A call that is being put together.
#[must_use]
pub(crate) struct Call {
    request: awc::ClientRequest,
    body: Vec<u8>,
}

/// What the server said.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The status, as a number.
    pub(crate) status: u16,
    /// The body as JSON; `null` if it is empty or no JSON.
    pub(crate) body: Value,
    /// The body as text.
    pub(crate) text: String,
    /// Header names in lower case, with their values.
    pub(crate) headers: Vec<(String, String)>,
}

impl Http {
    /// Calls the server at `base`, `http://127.0.0.1:3000`.
    pub(crate) fn new(base: impl Into<String>) -> Self {
        let client = awc::Client::builder()
            .timeout(DEADLINE)
            .disable_redirects()
            .finish();
        Self {
            client,
            base: base.into(),
        }
    }

    /// The URL of `path` on this server.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    pub(crate) fn get(&self, path: &str) -> Call {
        self.call(Method::GET, path)
    }

    pub(crate) fn post(&self, path: &str) -> Call {
        self.call(Method::POST, path)
    }

    pub(crate) fn patch(&self, path: &str) -> Call {
        self.call(Method::PATCH, path)
    }

    pub(crate) fn call(&self, method: Method, path: &str) -> Call {
        Call {
            request: self.client.request(method, self.url(path)),
            body: Vec::new(),
        }
    }

    /// Gets `path` and throws its body away, telling `each` the length of every piece as it comes; the whole length.
    pub(crate) async fn drain(
        &self,
        path: &str,
        token: &str,
        mut each: impl AsyncFnMut(),
    ) -> usize {
        let call = self.get(path).bearer(token).patient();
        let mut response = call.request.send().await.unwrap();
        assert_eq!(response.status(), 200);
        let mut length = 0;
        while let Some(piece) = response.next().await {
            length += piece.unwrap().len();
            each().await;
        }
        length
    }

    /// The access token of a login.
    pub(crate) async fn login(&self, email: &str, password: &str) -> String {
        self.sign_in(email, password).await.access
    }

    /// Both tokens of a login.
    pub(crate) async fn sign_in(&self, email: &str, password: &str) -> SignedIn {
        let credentials = serde_json::json!({ "email": email, "password": password });
        let call = self.post("/api/v1/auth/login").json(&credentials);
        let answer = call.send().await.expect(200);
        let token = |name: &str| match answer[name].as_str() {
            Some(token) => token.to_owned(),
            None => panic!("the login of {email} gave no {name}"),
        };
        SignedIn {
            access: token("accessToken"),
            refresh: token("refreshToken"),
        }
    }

    /// Hands a refresh token to `/auth/{route}`.
    pub(crate) async fn present(&self, route: &str, refresh: &str) -> Answer {
        let call = self.post(&format!("/api/v1/auth/{route}"));
        let body = serde_json::json!({ "refreshToken": refresh });
        call.json(&body).send().await
    }
}

impl Call {
    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.request = self.request.insert_header((name, value));
        self
    }

    pub(crate) fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.raw("application/json", body.to_string())
    }

    pub(crate) fn raw(mut self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self.header("content-type", content_type)
    }

    /// Waits for an answer that the server holds back, as long as a heartbeat takes.
    pub(crate) fn patient(mut self) -> Self {
        self.request = self.request.timeout(3 * DEADLINE);
        self
    }

    /// The answer; panics when there is none within the deadline.
    pub(crate) async fn send(self) -> Answer {
        match self.try_send().await {
            Ok(answer) => answer,
            Err(error) => panic!("no answer: {error}"),
        }
    }

    /// The answer, or why there is none: for servers that a test kills.
    pub(crate) async fn try_send(self) -> Result<Answer, String> {
        let sent = self.request.send_body(self.body).await;
        let mut response = sent.map_err(|e| e.to_string())?;
        let body = response.body().limit(BODY_LIMIT).await;
        let body = body.map_err(|e| e.to_string())?;
        let text = |value: &awc::http::header::HeaderValue| {
            String::from_utf8_lossy(value.as_bytes()).into_owned()
        };
        Ok(Answer {
            status: response.status().as_u16(),
            body: serde_json::from_slice(&body).unwrap_or(Value::Null),
            text: String::from_utf8_lossy(&body).into_owned(),
            headers: response
                .headers()
                .iter()
                .map(|(name, value)| (name.as_str().to_owned(), text(value)))
                .collect(),
        })
    }
}

impl Answer {
    /// The body, of an answer with this status and no other.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.body);
        self.body
    }

    /// The webhook took the uplink and stored this many readings of it.
    #[track_caller]
    pub(crate) fn expect_stored(self, stored: u64) {
        let body = self.expect(200);
        assert_eq!(body["stored"], stored, "{body}");
    }

    /// A problem of RFC 9457 with this status and code.
    #[track_caller]
    pub(crate) fn expect_problem(self, status: u16, code: &str) {
        let kind = self.header("content-type").map(str::to_owned);
        let body = self.expect(status);
        assert_eq!(body["code"], code, "{body}");
        assert_eq!(kind.as_deref(), Some("application/problem+json"));
    }

    /// The value of a header; `name` in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }
}
