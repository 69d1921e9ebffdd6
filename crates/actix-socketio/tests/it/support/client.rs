//! Clients that send exactly what they are told.

use std::net::SocketAddr;

use awc::http::{Method, StatusCode};
use awc::ws;
use bytes::Bytes;
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::sync::mpsc;

use super::within;

/// Splits a payload.
pub(crate) fn packets(payload: &str) -> Vec<&str> {
    payload.split('\u{1e}').collect()
}

/// One session over HTTP long-polling.
pub(crate) struct Polling {
    http: awc::Client,
    pub(crate) address: SocketAddr,
    base: &'static str,
    pub(crate) sid: String,
}

impl Polling {
    pub(crate) async fn open(address: SocketAddr) -> Self {
        Self::open_at(address, "/socket.io/").await
    }

    pub(crate) async fn open_at(address: SocketAddr, base: &'static str) -> Self {
        let http = awc::Client::default();
        let url = format!("http://{address}{base}?EIO=4&transport=polling");
        let mut response = http.get(url).send().await.expect("an answer");
        let body = response.body().await.expect("a body");
        let open: serde_json::Value = serde_json::from_slice(&body[1..]).expect("an open packet");
        let sid = open["sid"].as_str().expect("a sid").to_owned();
        Self {
            http,
            address,
            base,
            sid,
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}{}", self.address, self.path())
    }

    pub(crate) fn path(&self) -> String {
        format!("{}?EIO=4&transport=polling&sid={}", self.base, self.sid)
    }

    /// The body of a GET that must be 200.
    pub(crate) async fn poll(&self) -> String {
        let (status, body) = self.request(Method::GET, "").await;
        assert_eq!(status, StatusCode::OK, "{body}");
        body
    }

    /// A POST that must be accepted.
    pub(crate) async fn post(&self, body: &str) {
        assert_eq!(
            self.request(Method::POST, body).await,
            (StatusCode::OK, "ok".to_owned())
        );
    }

    pub(crate) async fn request(&self, method: Method, body: &str) -> (StatusCode, String) {
        let request = self
            .http
            .request(method, self.url())
            .content_type("text/plain;charset=UTF-8");
        let mut response = within("answer", request.send_body(body.to_owned()))
            .await
            .expect("an answer");
        let body = within("body", response.body().limit(4_000_000))
            .await
            .expect("a body");
        (
            response.status(),
            String::from_utf8(body.to_vec()).expect("text"),
        )
    }
}

/// One WebSocket. A task carries its frames, so that it can be read and written in any order.
pub(crate) struct Wire {
    outgoing: mpsc::UnboundedSender<ws::Message>,
    incoming: mpsc::UnboundedReceiver<ws::Frame>,
}

impl Wire {
    pub(crate) async fn open(address: SocketAddr, query: &str) -> Self {
        Self::open_at(address, "/socket.io/", query).await
    }

    pub(crate) async fn open_at(address: SocketAddr, base: &str, query: &str) -> Self {
        let url = format!("http://{address}{base}?{query}");
        let connect = awc::Client::default()
            .ws(url)
            .max_frame_size(4_000_000)
            .connect();
        let (_, mut framed) = within("WebSocket", connect).await.expect("an upgrade");
        let (outgoing, mut to_send) = mpsc::unbounded_channel();
        let (received, incoming) = mpsc::unbounded_channel();
        actix_web::rt::spawn(async move {
            loop {
                tokio::select! {
                    message = to_send.recv() => match message {
                        Some(message) => drop(framed.send(message).await),
                        // The test let go of it: so does the connection, without a close frame.
                        None => return,
                    },
                    frame = framed.next() => match frame {
                        Some(Ok(frame)) => drop(received.send(frame)),
                        Some(Err(_)) | None => return,
                    },
                }
            }
        });
        Self { outgoing, incoming }
    }

    pub(crate) fn send(&self, text: &str) {
        self.message(ws::Message::Text(text.into()));
    }

    pub(crate) fn message(&self, message: ws::Message) {
        self.outgoing
            .send(message)
            .expect("the connection is there");
    }

    /// The next frame; None when the connection has ended.
    pub(crate) async fn frame(&mut self) -> Option<ws::Frame> {
        within("frame", self.incoming.recv()).await
    }

    pub(crate) async fn text(&mut self) -> String {
        match self.frame().await {
            Some(ws::Frame::Text(text)) => String::from_utf8(text.to_vec()).expect("text"),
            other => panic!("no text but {other:?}"),
        }
    }

    pub(crate) async fn binary(&mut self) -> Bytes {
        match self.frame().await {
            Some(ws::Frame::Binary(bytes)) => bytes,
            other => panic!("no binary but {other:?}"),
        }
    }

    /// The connection ends with this close code.
    pub(crate) async fn closed(&mut self) -> ws::CloseCode {
        loop {
            match self.frame().await {
                Some(ws::Frame::Close(Some(reason))) => return reason.code,
                Some(_) => {}
                None => panic!("ended without a close frame"),
            }
        }
    }
}
