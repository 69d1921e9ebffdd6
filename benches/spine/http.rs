//! HTTP/1.1 on one connection that is kept open, with as little work as possible: the client shares the cores with
//! the server that is measured.
//!
//! Reads answers that have a length; one over 1 MiB is a failure.

use std::net::SocketAddr;

use actix_web::rt::net::TcpStream;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::failure::Failure;
use crate::uplink::Uplink;

/// Longest answer, head included, in bytes.
const MAX_ANSWER: usize = 1 << 20;

const HEAD_END: &[u8] = b"\r\n\r\n";
const LOGIN: &str = "/api/v1/auth/login";
const WEBHOOK: &str = "/webhooks/ttn/up";

/// One caller's connection.
pub(crate) struct Connection {
    stream: TcpStream,
    address: SocketAddr,
    received: Vec<u8>,
}

impl Connection {
    /// Connects.
    ///
    /// # Errors
    /// If nobody listens.
    pub(crate) async fn open(address: SocketAddr) -> Result<Self, Failure> {
        let connected = TcpStream::connect(address).await;
        let stream = connected.map_err(Failure::io("a connection"))?;
        stream
            .set_nodelay(true)
            .map_err(Failure::io("TCP_NODELAY"))?;
        Ok(Self {
            stream,
            address,
            received: Vec::with_capacity(4096),
        })
    }

    /// The body of a 200.
    ///
    /// # Errors
    /// Any other answer, or none.
    pub(crate) async fn get(&mut self, path: &'static str) -> Result<Value, Failure> {
        let request = format!("GET {path} HTTP/1.1\r\nhost: {}\r\n\r\n", self.address);
        self.call(path, request.as_bytes()).await
    }

    /// An access token.
    ///
    /// # Errors
    /// If the login is refused.
    pub(crate) async fn login(&mut self, email: &str, password: &str) -> Result<String, Failure> {
        let body = serde_json::json!({ "email": email, "password": password }).to_string();
        let request = self.post_request(LOGIN, "", &body);
        let answer = self.call(LOGIN, request.as_bytes()).await?;
        match answer["accessToken"].as_str() {
            Some(token) => Ok(token.to_owned()),
            None => Err(Failure::protocol(LOGIN, &answer.to_string())),
        }
    }

    /// What [`Self::post_uplink`] sends: made apart, so that it is not part of what is timed.
    pub(crate) fn uplink_request(&self, uplink: &Uplink) -> String {
        let secret = format!("x-webhook-secret: {}\r\n", uplink.webhook_secret());
        self.post_request(WEBHOOK, &secret, &uplink.body())
    }

    /// Posts an uplink that the server stores.
    ///
    /// # Errors
    /// If it answers anything but a 200 with one reading stored.
    pub(crate) async fn post_uplink(&mut self, request: &str) -> Result<(), Failure> {
        let answer = self.call(WEBHOOK, request.as_bytes()).await?;
        if answer["stored"] == 1 {
            return Ok(());
        }
        Err(Failure::protocol(WEBHOOK, &answer.to_string()))
    }

    /// `headers` are whole lines.
    fn post_request(&self, path: &str, headers: &str, body: &str) -> String {
        format!(
            "POST {path} HTTP/1.1\r\nhost: {}\r\n{headers}content-type: application/json\r\n\
             content-length: {}\r\n\r\n{body}",
            self.address,
            body.len(),
        )
    }

    async fn call(&mut self, path: &'static str, request: &[u8]) -> Result<Value, Failure> {
        let sent = self.stream.write_all(request).await;
        sent.map_err(Failure::io("a request"))?;
        self.received.clear();
        let (status, body) = self.answer().await?;
        if status != 200 {
            let body = String::from_utf8_lossy(body).into_owned();
            return Err(Failure::Answered { path, status, body });
        }
        serde_json::from_slice(body)
            .map_err(|_| Failure::protocol(path, &String::from_utf8_lossy(body)))
    }

    async fn answer(&mut self) -> Result<(u16, &[u8]), Failure> {
        let head_length = loop {
            if let Some(at) = find(&self.received, HEAD_END) {
                break at + HEAD_END.len();
            }
            self.receive().await?;
        };
        let head = String::from_utf8_lossy(&self.received[..head_length]);
        let (status, length) = status_and_length(&head)
            .ok_or_else(|| Failure::protocol("the head of an answer", &head))?;
        while self.received.len() < head_length + length {
            self.receive().await?;
        }
        Ok((status, &self.received[head_length..head_length + length]))
    }

    async fn receive(&mut self) -> Result<(), Failure> {
        let read = self.stream.read_buf(&mut self.received).await;
        let count = read.map_err(Failure::io("an answer"))?;
        if count == 0 || self.received.len() > MAX_ANSWER {
            let got = String::from_utf8_lossy(&self.received);
            return Err(Failure::protocol("a whole answer", &got));
        }
        Ok(())
    }
}

fn find(text: &[u8], pattern: &[u8]) -> Option<usize> {
    text.windows(pattern.len())
        .position(|window| window == pattern)
}

fn status_and_length(head: &str) -> Option<(u16, usize)> {
    let (first, headers) = head.split_once("\r\n")?;
    let status = first.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()?;
    let length = headers.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse().ok())?
    })?;
    Some((status, length))
}
