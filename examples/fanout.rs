//! One event to many clients: `PORT=3100 cargo run --example fanout`.
//!
//! A client joins room `org:<n>` by its CONNECT auth `{"org":"<n>"}`. `POST /emit` with
//! `{"room":"org:7","data":{..}}` emits `sensor:reading` with the data to that room and answers 204; the event
//! `publish` with the same object does so too. With `SECRET` in the environment the auth is `{"token":".."}`, signed
//! with it by HS256, and the organization its claim `org`.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use actix_socketio::{
    Cors, DeliverOutcome, Delivery, DisconnectReason, Emitter, Event, Frame, Handler, Refusal,
    Socket, SocketIo, WhenFull,
};
use actix_web::web::ServiceConfig;
use actix_web::{HttpResponse, web};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde::Deserialize;
use serde_json::Value;

#[path = "support/port.rs"]
mod port;
#[path = "support/serve.rs"]
mod serve;

use serve::serve;

/// What is sent to whom.
#[derive(Deserialize)]
struct Publication {
    room: String,
    data: Value,
}

/// What a token says.
#[derive(Deserialize)]
struct Claims {
    org: String,
}

/// Joins each client to its organization's room.
struct Organizations {
    emitter: Arc<OnceLock<Emitter>>,
    /// Who has none believes what the client says.
    secret: Option<DecodingKey>,
}

impl Organizations {
    /// Who only publishes needs none.
    fn of(&self, auth: &Value) -> Result<Option<String>, Refusal> {
        let text = |name| auth.get(name).and_then(Value::as_str);
        let Some(secret) = &self.secret else {
            return Ok(text("org").map(str::to_owned));
        };
        let token = text("token").unwrap_or_default();
        let token = decode::<Claims>(token, secret, &Validation::new(Algorithm::HS256));
        let claims = token.map_err(|_| Refusal::message("unauthorized"))?.claims;
        Ok(Some(claims.org))
    }
}

impl Handler for Organizations {
    type Data = ();

    async fn connect(&self, socket: &Socket, auth: Value) -> Result<(), Refusal> {
        let Some(organization) = self.of(&auth)? else {
            return Ok(());
        };
        socket
            .join([format!("org:{organization}")])
            .await
            .map_err(|_| Refusal::CloseTransport)
    }

    async fn event(&self, _: &Socket, event: Event) {
        let Some(emitter) = self.emitter.get().filter(|_| event.name == "publish") else {
            return;
        };
        let publication = event.args.into_iter().next().map(serde_json::from_value);
        if let Some(Ok(publication)) = publication {
            publish(emitter, publication).await;
        }
        if let Some(ack) = event.ack {
            let _gone = ack.send(&true);
        }
    }

    fn disconnect(&self, _: &Socket, _: DisconnectReason) {}
}

/// A hub that is full takes nothing: what it refused is tried again until it has room.
async fn publish(emitter: &Emitter, Publication { room, data }: Publication) {
    let Ok(frame) = Frame::event("sensor:reading", &data) else {
        return;
    };
    let delivery = Delivery {
        rooms: vec![room.into()],
        except: Vec::new(),
        frame,
        when_full: WhenFull::Disconnect,
    };
    let mut refused = emitter.deliver(vec![delivery.clone()]);
    while !refused.is_empty() {
        tokio::time::sleep(Duration::from_millis(1)).await;
        refused.retain(|hub| {
            emitter.deliver_to(*hub, vec![delivery.clone()]) == DeliverOutcome::Refused
        });
    }
}

/// Takes the JSON whatever its content type says.
async fn emit(emitter: web::Data<Emitter>, body: web::Bytes) -> HttpResponse {
    match serde_json::from_slice(&body) {
        Ok(publication) => {
            publish(&emitter, publication).await;
            HttpResponse::NoContent().finish()
        }
        Err(error) => HttpResponse::BadRequest().body(error.to_string()),
    }
}

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let port = port::from_environment()?;
    let secret = std::env::var_os("SECRET");
    let organizations = Organizations {
        emitter: Arc::default(),
        secret: secret.map(|secret| DecodingKey::from_secret(secret.as_encoded_bytes())),
    };
    let emitter = Arc::clone(&organizations.emitter);
    let socketio = SocketIo::builder()
        .cors(Cors::any())
        .handler(organizations)
        .build();
    let emitter = web::Data::new(emitter.get_or_init(|| socketio.emitter()).clone());
    let routes = move |routes: &mut ServiceConfig| {
        routes
            .app_data(emitter.clone())
            .service(socketio.service())
            .route("/emit", web::post().to(emit));
    };
    serve(port, routes)?.await
}
