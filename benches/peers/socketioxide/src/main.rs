//! socketioxide behind axum: tokens in a middleware, a room per organization.
//! `PORT=3100 SECRET=.. fanout-socketioxide`

use std::env;
use std::error::Error;

use axum::Router;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde::Deserialize;
use serde_json::Value;
use socketioxide::SocketIo;
use socketioxide::extract::{Data, Extension, SocketRef};
use socketioxide::handler::ConnectHandler as _;
use tokio::net::TcpListener;

#[derive(Deserialize)]
struct Auth {
    token: String,
}

#[derive(Clone, Deserialize)]
struct Claims {
    org: String,
}

#[derive(Deserialize)]
struct Publication {
    room: String,
    data: Value,
}

async fn connected(socket: SocketRef, Extension(claims): Extension<Claims>) {
    socket.join(format!("org:{}", claims.org));
    socket.on("publish", published);
}

async fn published(io: SocketIo, Data(Publication { room, data }): Data<Publication>) {
    if let Err(error) = io.to(room).emit("sensor:reading", &data).await {
        eprintln!("{error}");
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let port = env::var("PORT")?.parse()?;
    let key = DecodingKey::from_secret(env::var("SECRET")?.as_bytes());
    let validation = Validation::new(Algorithm::HS256);
    let authenticated = move |socket: SocketRef, Data(auth): Data<Auth>| {
        let claims = decode::<Claims>(&auth.token, &key, &validation);
        async move {
            socket.extensions.insert(claims?.claims);
            Ok::<_, jsonwebtoken::errors::Error>(())
        }
    };
    let (layer, io) = SocketIo::new_layer();
    io.ns("/", connected.with(authenticated));
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    axum::serve(listener, Router::new().layer(layer)).await?;
    Ok(())
}
