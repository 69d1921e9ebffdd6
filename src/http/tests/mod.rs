//! The routes as a client sees them, over a real database.

mod alerts;
mod auth;
mod cors;
mod crud;
mod dashboard;
mod document;
mod health;
mod history;
mod lists;
mod problems;
mod quarantine;
mod rules;
mod tree;
mod webhook;

use std::{pin::Pin, sync::Arc, time::Duration};

use actix_web::{
    App,
    dev::Payload,
    error::PayloadError,
    http::{Method, StatusCode},
    test::{self, TestRequest},
    web::Bytes,
};
use futures_util::{Stream, stream};
use serde_json::Value;

use crate::{
    config::{Config, Demo, Source},
    domain::Role,
    ingest::{Ingest, Limits},
    operations::fixture::{Fixture, PASSWORD},
};

use super::{Check, Draining, Probes, State, configure, node_header};

/// The routes over a database of their own.
pub(super) struct Server {
    pub(super) fixture: Fixture,
    pub(super) state: State,
}

/// What came back.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    headers: Vec<(String, String)>,
    /// Null if there was none.
    pub(super) body: Value,
    /// The body as it came.
    pub(super) text: String,
}

impl Server {
    /// Pages of `https://app.example` may call.
    pub(super) async fn open() -> Self {
        let fixture = Fixture::open().await;
        let source = Source {
            file: None,
            environment: [
                ("SERVER__NODE_ID", "node-1"),
                ("SERVER__ALLOWED_ORIGINS", "https://app.example"),
            ]
            .map(|(key, value)| (format!("FRESHTRACK__{key}"), value.to_owned()))
            .to_vec(),
            demo: Demo::Off,
        };
        let config = Config::load(&source).expect("a configuration");
        let limits = Limits {
            organization_rate: 2000,
            quarantine_rows: 100,
        };
        let state = State {
            operations: fixture.operations.clone(),
            ingest: Ingest::new(fixture.database.clone(), fixture.clock.clone(), limits),
            database: fixture.database.clone(),
            clock: fixture.clock.clone(),
            node_id: config.server.node_id,
            allowed_origins: config.server.allowed_origins,
            demo: config.demo,
            draining: Arc::new(Draining::new(fixture.clock.clone(), Duration::from_secs(2))),
            probes: Probes {
                socket_connections: Arc::new(|| 3),
                bus: Arc::new(|| Check::Ok),
            },
        };
        Self { fixture, state }
    }

    pub(super) async fn call(&self, request: TestRequest) -> Answer {
        self.call_with(request, None).await
    }

    /// `payload` stands for a body that arrives over time.
    pub(super) async fn call_with(&self, request: TestRequest, payload: Option<Payload>) -> Answer {
        let app = test::init_service(
            App::new()
                .wrap(node_header(&self.state))
                .configure(|config| configure(config, &self.state)),
        )
        .await;
        let request = match payload {
            Some(payload) => request.to_request().replace_payload(payload).0,
            None => request.to_request(),
        };
        let response = test::call_service(&app, request).await;
        let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
        let headers = response.headers().iter();
        let headers = headers
            .map(|(name, value)| (name.to_string(), text(value.as_bytes())))
            .collect();
        let status = response.status();
        let body = test::read_body(response).await;
        Answer {
            status,
            headers,
            body: serde_json::from_slice(&body).unwrap_or_default(),
            text: text(&body),
        }
    }

    /// An access token of Demo's member of this role.
    pub(super) async fn token(&self, role: Role) -> String {
        self.token_of(&format!("{role}@demo.example")).await
    }

    pub(super) async fn token_of(&self, email: &str) -> String {
        let home = std::net::Ipv4Addr::LOCALHOST.into();
        let login = self
            .fixture
            .operations
            .login(email, PASSWORD.to_owned(), home);
        login.await.expect("logged in").access.text
    }

    pub(super) async fn get(&self, path: &str, role: Role) -> Answer {
        self.call(authorized(Method::GET, path, &self.token(role).await))
            .await
    }

    pub(super) async fn send(&self, method: Method, path: &str, role: Role, body: Value) -> Answer {
        let request = authorized(method, path, &self.token(role).await);
        self.call(request.set_json(body)).await
    }
}

impl Answer {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The status, and the problem's code if it is one.
    pub(super) fn outcome(&self) -> (u16, &str) {
        let code = self.body["code"].as_str().unwrap_or_default();
        if !code.is_empty() {
            assert_eq!(
                self.header("content-type"),
                Some("application/problem+json")
            );
            assert_eq!(self.body["status"], self.status.as_u16());
        }
        (self.status.as_u16(), code)
    }
}

pub(super) fn authorized(method: Method, path: &str, token: &str) -> TestRequest {
    TestRequest::with_uri(path)
        .method(method)
        .insert_header(("Authorization", format!("Bearer {token}")))
}

type Chunks = Pin<Box<dyn Stream<Item = Result<Bytes, PayloadError>>>>;

/// A body that nobody may read.
pub(super) fn untouchable() -> Payload {
    let never = stream::poll_fn(|_| panic!("the body was read"));
    Payload::from(Box::pin(never) as Chunks)
}

/// A body in pieces of 64 KiB, one more than may be read.
pub(super) fn pieces(readable: usize) -> Payload {
    let pieces = (0_usize..).map(move |number| {
        assert!(number < readable, "read on beyond the limit");
        Ok(Bytes::from(vec![b' '; 64 * 1024]))
    });
    Payload::from(Box::pin(stream::iter(pieces)) as Chunks)
}
